"""GOV.UK Notify: text messages and e-mails by its API, and what became of them."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from trialogue.accounts.models import Notification

TIMEOUT = 10  # seconds, so that one that hangs does not keep the next waiting
NAMES = uuid.UUID("6d1f6b8e-4c1c-4b53-9c7a-2d2c3c1f0a55")  # ours: references are made in it
FAILED = frozenset(
    {"permanent-failure", "temporary-failure", "technical-failure", "validation-failed"}
)


class NotSentError(Exception):
    """It did not go. `for_good`: another try would be refused too."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


def send_text(telephone: str, words: str, *, key: str, again: bool) -> str:
    """Send a text message; return what Notify calls it. `key` and `again` as for `_once`."""

    def send(client: Any, reference: str) -> Any:
        personal = {"words": words}
        return client.send_sms_notification(telephone, settings.NOTIFY_TEXT, personal, reference)

    return _once(send, key=key, again=again)


def send_email(address: str, subject: str, words: str, *, key: str, again: bool) -> str:
    """Send an e-mail; return what Notify calls it. `key` and `again` as for `_once`."""

    def send(client: Any, reference: str) -> Any:
        personal = {"subject": subject, "words": words}
        return client.send_email_notification(address, settings.NOTIFY_EMAIL, personal, reference)

    return _once(send, key=key, again=again)


def _once(send: Callable[[Any, str], Any], *, key: str, again: bool) -> str:
    """Send what has this key, and not a second time.

    Our reference follows from the key. Notify takes a second message with the same reference, so
    one that may have gone before we could write it down (`again`) is looked up first.
    """
    client, reference = _client(), reference_of(key)
    try:
        if again and (gone := _sent_before(client, reference)):
            return gone
        return str(send(client, reference)["id"])
    except APIError as error:
        raise _not_sent(error) from error


def reference_of(key: str) -> str:
    """Return our name at Notify for the message with this key."""
    return str(uuid.uuid5(NAMES, key))


def became_of(provider_id: str) -> tuple[str, str]:
    """Return what became of a message, and Notify's own word for it."""
    try:
        status = str(_client().get_notification_by_id(provider_id)["status"])
    except APIError as error:
        raise _not_sent(error) from error
    if status in FAILED:
        return Notification.Delivery.FAILED, status
    arrived = status in ("delivered", "received")
    return (Notification.Delivery.DELIVERED if arrived else Notification.Delivery.SENDING), status


def _client() -> Any:
    try:
        return NotificationsAPIClient(  # type: ignore[no-untyped-call]
            settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_URL, timeout=TIMEOUT
        )
    except AssertionError:
        raise NotSentError("NOTIFY_API_KEY is not a key of GOV.UK Notify") from None


def _sent_before(client: Any, reference: str) -> str:
    found = client.get_all_notifications(reference=reference)["notifications"]
    return str(found[0]["id"]) if found else ""


def _not_sent(error: APIError) -> NotSentError:
    for_good = error.status_code in (400, 413)
    said = error.message
    if isinstance(said, list):
        said = "; ".join(str(one.get("message", one)) for one in said)
    return NotSentError(f"GOV.UK Notify: {error.status_code}, {said}", for_good=for_good)
