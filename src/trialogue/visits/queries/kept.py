"""Plans as they are kept: the one that stands, and a draft beside it."""

from django.db.models import Prefetch, QuerySet

from trialogue.visits.models import Plan, PlannedVisit, Scheme


def current_plan(scheme: Scheme) -> Plan | None:
    """Return the plan that stands, with its visits in order. Two queries."""
    return _with_visits(scheme.plans.filter(state=Plan.State.CURRENT)).first()


def draft_plan(scheme: Scheme) -> Plan | None:
    """Return the newest plan that is made or being made, and is not accepted."""
    drafts = scheme.plans.filter(state=Plan.State.DRAFT).select_related("work")
    return drafts.order_by("-pk").first()


def plans_of(scheme: Scheme) -> tuple[Plan | None, Plan | None]:
    """Return the plan that stands and the newest draft, with their visits. Two queries."""
    states = (Plan.State.CURRENT, Plan.State.DRAFT)
    found = _with_visits(scheme.plans.filter(state__in=states).select_related("work"))
    newest = {plan.state: plan for plan in found.order_by("pk")}
    current, draft = (newest.get(state) for state in states)
    return current, draft


def _with_visits(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    joined = PlannedVisit.objects.select_related("round", "resident")
    return plans.prefetch_related(Prefetch("visits", joined))
