"""Messages by GOV.UK Notify: once each, followed until they arrive, and told when they do not."""

from datetime import timedelta

import pytest

from tests.apps.accounts import notify_server
from tests.apps.conftest import NOW
from trialogue.accounts import services
from trialogue.accounts.models import Notification
from trialogue.accounts.notify import reference_of

LATER = NOW + timedelta(seconds=20)


@pytest.fixture
def notify(settings):
    """GOV.UK Notify as it answers, and this site set to send by it."""
    server = notify_server.Notify()
    settings.NOTIFY_API_KEY = notify_server.KEY
    settings.NOTIFY_TEXT, settings.NOTIFY_EMAIL = notify_server.TEXT, notify_server.EMAIL
    settings.NOTIFY_URL = server.address
    yield server
    server.stop()


@pytest.fixture
def text(person):
    """A text message that waits."""
    services.text_to(
        person,
        "07700 900123",
        letter="L",
        words="A red concern is waiting: C-1042. Sign in:",
        link="/visits/concerns/1042/",
        key="concern 42.1 red duty",
        at=NOW,
    )
    return Notification.objects.get()


def test_a_text_goes_once_with_our_reference_and_its_words(notify, text):
    assert services.send_urgent(NOW) == 1
    assert services.send_urgent(LATER) == 0

    (message,) = notify.messages
    assert message["to"] == "07700 900123"
    assert message["reference"] == reference_of(text.key)
    words = message["personalisation"]["words"]
    assert words.startswith("A red concern is waiting: C-1042. Sign in: http")
    text.refresh_from_db()
    assert (text.provider_id, text.delivery) == (message["id"], "sending")


def test_an_e_mail_goes_by_notify_where_it_has_a_template(notify, person):
    services.notify(
        [person], letter="L", subject="C-1042", body="Look.", link="/", key="k", at=NOW
    )

    services.send_urgent(NOW)

    (message,) = notify.messages
    assert message["to"] == person.email
    assert message["personalisation"]["subject"] == "C-1042"


def test_what_was_taken_before_its_answer_was_lost_is_not_sent_again(notify, text):
    """As when this site is killed between Notify's taking it and our writing that down."""
    notify.hang_up = True
    assert services.send_urgent(NOW) == 0
    notify.hang_up = False

    assert services.send_urgent(LATER) == 1

    (message,) = notify.messages
    text.refresh_from_db()
    assert (text.provider_id, text.problem) == (message["id"], "")


def test_a_first_try_asks_nothing_before_it_sends(notify, text):
    services.send_urgent(NOW)

    assert notify.asked == ["POST /v2/notifications/sms"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_does_not_go_is_tried_again_and_not_before_a_while(notify, text, status):
    notify.answer_with = status
    assert services.send_urgent(NOW) == 0
    text.refresh_from_db()
    assert str(status) in text.problem
    notify.answer_with = 0

    assert services.send_urgent(NOW + timedelta(seconds=5)) == 0
    assert services.send_urgent(LATER) == 1

    text.refresh_from_db()
    assert text.problem == ""


def test_a_number_that_is_none_is_refused_once_and_for_good(notify, text):
    Notification.objects.update(telephone="12")
    for seconds in (0, 20, 40):
        services.send_urgent(NOW + timedelta(seconds=seconds))

    text.refresh_from_db()
    assert "Not enough digits" in text.problem
    assert notify.asked == ["POST /v2/notifications/sms"]


@pytest.mark.parametrize(
    "key", ["no key at all", notify_server.KEY[:-1] + "x"], ids=["none", "other"]
)
def test_a_wrong_key_is_a_problem_of_the_message_and_not_of_the_worker(
    notify, text, settings, key
):
    settings.NOTIFY_API_KEY = key

    assert services.send_urgent(NOW) == 0

    text.refresh_from_db()
    assert "Notify" in text.problem


def test_what_arrived_and_what_did_not_is_asked_for(notify, text, person):
    services.text_to(
        person, "07700 900456", letter="L", words="w", link="/", key="another", at=NOW
    )
    services.send_urgent(NOW)
    services.follow_deliveries(NOW)
    assert set(Notification.objects.values_list("delivery", flat=True)) == {"sending"}
    for message in notify.messages:
        failed = message["to"] == "07700 900456"
        message["status"] = "permanent-failure" if failed else "delivered"

    services.follow_deliveries(LATER)

    text.refresh_from_db()
    other = Notification.objects.get(key__startswith="another")
    assert (text.delivery, text.problem) == ("delivered", "")
    assert (other.delivery, other.problem) == ("failed", "GOV.UK Notify: permanent-failure")
    asked = len(notify.asked)
    services.follow_deliveries(LATER)
    assert len(notify.asked) == asked  # both are settled


def test_a_provider_that_does_not_answer_is_asked_again_later(notify, text):
    services.send_urgent(NOW)
    notify.answer_with = 503
    services.follow_deliveries(NOW)
    notify.answer_with = 0
    notify.messages[0]["status"] = "delivered"

    services.follow_deliveries(LATER)

    text.refresh_from_db()
    assert text.delivery == "delivered"


def test_without_notify_a_text_is_said_on_the_console(text, capsys):
    services.send_urgent(NOW)

    said = capsys.readouterr().err
    assert said.startswith("text message to 07700 900123: A red concern is waiting: C-1042.")


def test_a_concern_leaves_before_everything_else_and_whatever_was_chosen(person):
    person.mail = "never"
    person.save()
    for letter in ("L", "P"):
        services.notify(
            [person], letter=letter, subject=letter, body="", link="/", key=letter, at=NOW
        )

    assert services.send_urgent(NOW) == 1
    assert Notification.objects.get(letter="L").sent_at == NOW
