"""Calls for ideas."""

from django.db.models import Count, Q, QuerySet

from trialogue.ideas.models import Call


def calls() -> QuerySet[Call]:
    """Every call, newest first, with `sent`, the ideas it brought, and `answered`, of them."""
    shown = ~Q(ideas__status="draft") & Q(ideas__hidden_reason="")
    return Call.objects.annotate(
        sent=Count("ideas", filter=shown),
        answered=Count("ideas", filter=Q(ideas__status="answered", ideas__hidden_reason="")),
    ).order_by("-opens_on", "-pk")


def call(number: int) -> Call | None:
    """Return one call with its counts."""
    return calls().filter(pk=number).first()
