"""T13: one look for harm, and what the safety person decides on it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.methods.problems import InputError
from trialogue.trials.forms.harm import DecideOnLook
from trialogue.trials.queries.harm import look_of
from trialogue.trials.queries.trials import team_of
from trialogue.trials.services import harm
from trialogue.trials.views import acting, roles_here, show, trial_page


@trial_page("look for harm")
def look(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """What the rule answered, the figures where it opened them, the decision."""
    by, at = acting(request), timezone.now()
    form = DecideOnLook(request.POST or None)
    if form.is_valid():
        try:
            harm.decide_on_look(
                public_id=public_id, number=number, by=by, at=at, **form.cleaned_data
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The lead and the managers were told your decision")
            return redirect("trials:look", public_id, number)
    found = look_of(public_id, number)
    trial = found.trial
    return show(
        request,
        "look",
        public_id,
        trial=trial,
        form=form,
        look=found,
        seen=harm.read_look(public_id=public_id, number=number, by=by, at=at),
        is_running=not (trial.stopped_at or trial.locked_at or trial.reported_at),
        may_decide=permissions.allows(by, "decide on a look for harm", also=roles_here(request)),
        deciding=[person.name for person in team_of(trial, "safety person")],
    )
