from django.core import mail

from tests.apps.conftest import NOW
from trialogue.accounts import services

CONSOLE = "trialogue.accounts.mail.Console"
INVITED = {
    "letter": "G",
    "subject": "EC-1: registered",
    "body": "The plan is fixed and public.",
    "link": "/trials/EC-1/",
    "key": "registered EC-1",
}


def test_without_a_mail_server_each_message_is_one_line_on_the_console(settings, person, capfd):
    settings.EMAIL_BACKEND = CONSOLE
    settings.SITE_URL = "http://127.0.0.1:8000"
    services.notify([person], **INVITED, at=NOW)

    services.send_messages(NOW)

    line = (
        'e-mail to priya@wrenmoor.example: "EC-1: registered" http://127.0.0.1:8000/trials/EC-1/'
    )
    assert capfd.readouterr().err.splitlines() == [line]


def test_what_is_kept_in_the_outbox_counts_as_sent_on_its_day_and_never_leaves(person):
    services.notify([person], **INVITED, at=NOW)

    services.keep_in_outbox()
    services.send_messages(NOW)

    assert person.notifications.get().sent_at == NOW
    assert mail.outbox == []
