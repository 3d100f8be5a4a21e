"""The council's clocks and its working days."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from trialogue.accounts import permissions, queries, services
from trialogue.accounts.forms import DayClosed, Days
from trialogue.accounts.periods import CLOCKS
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.methods.verdicts import long_date


@permissions.page("change settings")
def clocks(request: HttpRequest) -> HttpResponse:
    """Change how many working days an answer, its reminder and a check have."""
    data = request.POST if request.method == "POST" else None
    form = Days(data, group=CLOCKS, council=queries.council())
    if form.is_valid():
        try:
            services.set_days(CLOCKS, form.cleaned_data, by=person_of(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The clocks are set")
            return redirect("accounts:settings")
    return render(request, "accounts/clocks.html", {"section": "settings", "form": form})


@permissions.page("change settings")
def working_days(request: HttpRequest) -> HttpResponse:
    """Bank holidays and the council's own days off, from today on."""
    today = timezone.localdate()
    form = DayClosed(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.close_on(**form.cleaned_data, by=person_of(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The day is added")
            return redirect("accounts:working_days")
    calendar = queries.calendar()
    context = {
        "section": "settings",
        "form": form,
        "off": calendar.days_off(first=today),
        "worked": [
            (day, calendar.bank_holidays.get(day, "Bank holiday"))
            for day in sorted(calendar.worked)
            if day >= today
        ],
        "nation": calendar.nation.words,
        "known_until": max(calendar.bank_holidays).year,
    }
    return render(request, "accounts/working_days.html", context)


@permissions.page("change settings")
@require_POST
def change_day(request: HttpRequest) -> HttpResponse:
    """Work on a day off, or have a bank holiday again."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Http404 from None
    person, now = person_of(request), timezone.now()
    if request.POST.get("do") == "close" and day in queries.calendar().worked:
        services.close_on(day, why="", by=person, at=now)
        messages.success(request, f"{long_date(day)} is a bank holiday again")
    elif request.POST.get("do") == "work":
        services.work_on(day, by=person, at=now)
        messages.success(request, f"{long_date(day)} is a working day")
    return redirect("accounts:working_days")
