from django.core import mail

from tests.apps.conftest import NOW
from trialogue.accounts import services
from trialogue.accounts.models import Person

CONSOLE = "trialogue.accounts.mail.Console"
INVITED = {
    "letter": "P",
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


def tell(person, letter, subject):
    services.notify(
        [person], letter=letter, subject=subject, body="So.", link="/", key=subject, at=NOW
    )


def test_what_is_urgent_leaves_at_once_and_the_rest_in_one_e_mail_a_day(person):
    tell(person, "H", "Result due")
    tell(person, "K", "A result")
    tell(person, "C", "We have your idea")

    services.send_messages(NOW)
    assert [one.subject for one in mail.outbox] == ["Result due"]

    services.send_daily(NOW)
    services.send_daily(NOW)
    assert [one.subject for one in mail.outbox[1:]] == ["2 things to know"]
    assert "A result" in mail.outbox[1].body
    assert "We have your idea" in mail.outbox[1].body


def test_the_e_mail_of_the_day_waits_for_the_morning(person):
    tell(person, "K", "A result")

    assert services.send_daily(NOW.replace(hour=5)) == 0
    assert services.send_daily(NOW.replace(hour=7)) == 1


def test_each_leaves_at_once_for_whoever_wants_that(person):
    services.choose_mail(mail="at once", by=person, at=NOW)
    tell(Person.objects.get(), "K", "A result")

    services.send_messages(NOW)

    assert [one.subject for one in mail.outbox] == ["A result"]


def test_whoever_wants_none_has_it_in_their_list_and_hears_of_their_account(person):
    services.choose_mail(mail="never", by=person, at=NOW)
    wants_none = Person.objects.get()
    tell(wants_none, "K", "A result")
    tell(wants_none, "N", "New sign-in")

    services.send_messages(NOW)
    services.send_daily(NOW)

    assert [one.subject for one in mail.outbox] == ["New sign-in"]
    assert wants_none.notifications.count() == 2


def test_e_mails_are_chosen_on_a_page(client, person):
    client.force_login(person)

    client.post("/account/e-mails/", {"mail": "never"})

    assert "None but those about your account" in client.get("/account/").content.decode()
    assert "Choose which e-mails" in client.post("/account/e-mails/", {}).content.decode()
