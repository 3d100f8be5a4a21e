"""The e-mails that would have left: the demonstration sends none."""

from django.conf import settings
from django.db.models import QuerySet

from trialogue.accounts.models import Notification


def messages(*, to: str = "") -> QuerySet[Notification]:
    """Return the e-mails, the newest first; those to an address with `to` in it."""
    rows = Notification.objects.order_by("-created_at", "-pk")
    return rows.filter(to_email__icontains=to) if to else rows


def message(number: int) -> Notification | None:
    """Return one e-mail."""
    return Notification.objects.filter(pk=number).first()


def count() -> int:
    """Return how many e-mails there are."""
    return Notification.objects.count()


def path_of(row: Notification) -> str:
    """Return where its link leads, on this site whatever its address."""
    return row.link.removeprefix(settings.PUBLIC_URL)
