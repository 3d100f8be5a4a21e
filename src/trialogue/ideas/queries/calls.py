"""Calls for ideas."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from trialogue.ideas.models import Call


def calls() -> QuerySet[Call]:
    """Every call, newest first, with `sent`, the ideas it brought, and `answered`, of them."""
    shown = ~Q(ideas__status="draft") & Q(ideas__hidden_reason="", ideas__checked_at__isnull=False)
    answered = Q(ideas__status="answered", ideas__hidden_reason="")
    return Call.objects.annotate(
        sent=Count("ideas", filter=shown),
        answered=Count("ideas", filter=shown & answered),
    ).order_by("-opens_on", "-pk")


def open_calls(today: date) -> QuerySet[Call]:
    """Calls that take ideas on a day, the one that closes first on top."""
    return Call.objects.filter(
        opens_on__lte=today, closes_on__gte=today, what_happened=""
    ).order_by("closes_on", "pk")


def call(number: int) -> Call | None:
    """Return one call with its counts."""
    return calls().filter(pk=number).first()
