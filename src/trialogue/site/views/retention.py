"""What is deleted, and when: in every step of the loop."""

from datetime import UTC, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions, queries, services
from trialogue.accounts.forms import Days
from trialogue.accounts.periods import RETENTION
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.site.clock import past_their_time


@permissions.page("change settings")
def retention(request: HttpRequest) -> HttpResponse:
    """Change how long things are kept; show what goes tonight."""
    data = request.POST if request.method == "POST" else None
    form = Days(data, group=RETENTION, council=queries.council())
    if form.is_valid():
        try:
            services.set_days(
                RETENTION, form.cleaned_data, by=person_of(request), at=timezone.now()
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "How long things are kept is set")
            return redirect("site:retention")
    tonight = _next_midnight(timezone.now())
    context = {
        "section": "settings",
        "form": form,
        "tonight": tonight,
        "going": [(words, str(many), "") for words, many in past_their_time(tonight) if many],
    }
    return render(request, "site/retention.html", context)


def _next_midnight(now: datetime) -> datetime:
    """Return when the clock next forgets: days begin at midnight, UTC."""
    return datetime.combine(now.astimezone(UTC) + timedelta(days=1), time(), UTC)
