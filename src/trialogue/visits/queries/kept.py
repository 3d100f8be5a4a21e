"""Plans as they are kept: the one that stands, and a draft beside it."""

from django.db.models import Prefetch
from django.http import Http404

from trialogue.visits.models import Plan, PlannedVisit, Scheme
from trialogue.visits.states import identifier


def draft_plan(scheme: Scheme) -> Plan | None:
    """Return the newest plan that is made or being made, and is not accepted."""
    drafts = scheme.plans.filter(state=Plan.State.DRAFT).select_related("work")
    return drafts.order_by("-pk").first()


def plan_of_scheme(scheme: Scheme, public_id: str) -> Plan:
    """Return a plan as a page names it. Raises Http404 for one that is not there."""
    key = identifier(public_id)
    found = scheme.plans.filter(public_id=key).first() if key else None
    if found is None:
        raise Http404
    return found


def plans_of(scheme: Scheme) -> tuple[Plan | None, Plan | None]:
    """Return the plan that stands and the newest draft, with their visits. Two queries."""
    states = (Plan.State.CURRENT, Plan.State.DRAFT)
    visits = PlannedVisit.objects.select_related("round", "resident")
    found = scheme.plans.filter(state__in=states).select_related("work").order_by("pk")
    newest = {plan.state: plan for plan in found.prefetch_related(Prefetch("visits", visits))}
    current, draft = (newest.get(state) for state in states)
    return current, draft


def visits_in(plan: Plan | None) -> list[PlannedVisit]:
    """Return the visits of a plan, by round, weekday and place; none without a plan."""
    return list(plan.visits.all()) if plan else []
