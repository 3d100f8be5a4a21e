"""T1 to T3: the list, the gate, one trial and its team."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.evidence import queries as register
from trialogue.ideas import queries as ideas
from trialogue.methods.problems import InputError
from trialogue.pages.forms import Form, choice
from trialogue.pages.lists import Column, as_csv, listing, wants_csv
from trialogue.trials.forms.planning import Gate, Member
from trialogue.trials.queries.copying import to_copy
from trialogue.trials.queries.lists import (
    next_step,
    next_thing,
    records_of_ended,
    tag_of,
    trials_seen_by,
    with_lead,
    with_stage,
)
from trialogue.trials.queries.tasks import tasks_of
from trialogue.trials.queries.trials import (
    members_of,
    trial_of,
)
from trialogue.trials.services import planning
from trialogue.trials.views import acting, roles_here, show, today, trial_page, whole

STAGES = [
    ("", "Any stage"),
    ("planning", "Being planned"),
    ("registered", "Registered"),
    ("running", "Running"),
    ("ended", "Ended"),
    ("reported", "Reported"),
    ("stopped", "Stopped or withdrawn"),
]


class Filters(Form):
    """Which trials to list."""

    stage = choice("Stage", STAGES)


@permissions.page("list trials")
def trials(request: HttpRequest) -> HttpResponse:
    filters = Filters(request.GET or None)
    stage = request.GET.get("stage", "")
    rows = with_lead(with_stage(trials_seen_by(acting(request)), stage, today=today()))
    now, due = today(), register.due_dates()
    ended = records_of_ended(rows, today=now)
    columns: list[Column[Any]] = [
        Column("Trial", lambda trial: trial.title, "title", lambda t: f"/trials/{t.public_id}/"),
        Column("Stage", lambda t: tag_of(t, ended.get(t.public_id), today=now)),
        Column("Lead", lambda trial: trial.lead or "Nobody", "lead"),
        Column("Next", lambda trial: next_thing(trial, now) or "Nothing: it is over"),
        Column("Ends", lambda trial: trial.ends_on or "Not known", "ends_on"),
        Column("Result due", lambda trial: due.get(trial.public_id) or "Not known"),
    ]
    if wants_csv(request):
        return as_csv(request, rows, columns, sort="-created_at", filename="trials.csv")
    table = listing(request, rows, columns, sort="-created_at", one="trial", many="trials")
    context = {
        "list": table,
        "filters": filters,
        "section": "trials",
        "starters": register.starter_plans(),
        "may_plan": permissions.allows(acting(request), "plan a trial"),
    }
    return render(request, "trials/trials.html", context)


@permissions.page("plan a trial")
def new(request: HttpRequest) -> HttpResponse:
    """Who tried it before? The gate before a plan."""
    data = request.POST if request.method == "POST" else None
    starter = to_copy(request.GET.get("starter", ""), today=today())
    idea = _idea_named((data or request.GET).get("idea", ""))
    begun = idea.title if idea else starter.title[:80] if starter else ""
    initial = {
        "title": request.GET.get("title", "") or begun,
        "starter": starter.code if starter else "",
        "idea": str(idea.number) if idea else "",
    }
    form = Gate(data, initial=initial)
    query = (data or request.GET).get("title", "") or initial["title"]
    if idea:
        query = ideas.text_of(query, idea.problem, idea.proposal)
    hits = register.similar(query) if query else ()
    searched = bool(data and data.get("step") == "decide")
    if data and not searched:
        # First the search, then the decision: the answer rests on what was seen.
        form = Gate(initial={**initial, **data.dict()})
        searched = bool(query.strip())
        if not searched:
            form = Gate(data)
            form.is_valid()
    elif data and form.is_valid():
        typed = form.cleaned_data
        try:
            trial = planning.begin_trial(
                title=typed["title"],
                query=query,
                going_ahead=typed["going_ahead"],
                why=typed["why"],
                starter=typed["starter"],
                idea=typed["idea"],
                by=acting(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            return redirect("trials:trial", trial.public_id)
    context = {
        "form": form,
        "hits": hits,
        "searched": searched or idea is not None,
        "idea": idea,
        "section": "trials",
    }
    return render(request, "trials/new.html", context)


def _idea_named(number: str | None) -> ideas.IdeaForTrial | None:
    """Return the idea that an address names, if it is to be tried."""
    if not number or not number.isdecimal() or len(number) > 15:
        return None
    return ideas.idea_for_trial(int(number))


@trial_page("list trials")
def trial(request: HttpRequest, public_id: str) -> HttpResponse:
    """The workspace; who has no part in the trial goes on to what the public reads."""
    if not permissions.allows(acting(request), "see a trial", also=roles_here(request)):
        return redirect("evidence:trial", public_id)
    found, record = trial_of(public_id), register.record(public_id)
    members = members_of(found)
    due = record.due_on if record else None
    return show(
        request,
        "trial",
        public_id,
        trial=found,
        tasks=tasks_of(found, today=today()),
        today=today(),
        step=next_step(found, members, due=due, today=today()),
        tag=tag_of(found, record, today=today()),
        members=members,
        going_ahead=planning.GOING_AHEAD.get(found.similar.get("answer", ""), ""),
    )


@trial_page("change the team")
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who has which part."""
    data = request.POST if request.method == "POST" else None
    form = Member(data if data and "email" in data else None)
    try:
        if data and "remove" in data:
            planning.remove_member(
                public_id=public_id,
                member_id=whole(data["remove"]),
                by=acting(request),
                at=timezone.now(),
            )
            return redirect("trials:team", public_id)
        if data and form.is_valid():
            planning.add_member(
                public_id=public_id,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                by=acting(request),
                at=timezone.now(),
            )
            return redirect("trials:team", public_id)
    except InputError as error:
        form = form if form.is_bound else Member({})
        form.errors.clear() if "remove" in (data or {}) else None
        form.show(error.problems)
    found = trial_of(public_id)
    return show(request, "team", public_id, trial=found, form=form, members=members_of(found))
