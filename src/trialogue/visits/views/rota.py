"""The rota, and handing over a shift."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from trialogue.accounts import permissions
from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.visits import queries, services
from trialogue.visits.forms import rota as forms
from trialogue.visits.queries import rota as rotas
from trialogue.visits.views import number_of


@permissions.page("set up visits")
@never_cache
def rota(request: HttpRequest) -> HttpResponse:
    """Say who is on duty; show where nobody is."""
    scheme, now, person = queries.scheme(), timezone.now(), person_of(request)
    if scheme is None:
        raise Http404
    if request.method == "POST" and "take_off" in request.POST:
        if shift := number_of(request.POST["take_off"]):
            services.take_off(scheme, shift, by=person, at=now)
            messages.success(request, "The shift is off the rota")
        return redirect("visits:rota")
    form = forms.Shift(request.POST if request.method == "POST" else None)
    if form.is_valid():
        council = councils.council()
        zone = ZoneInfo(council.zone if council else "Europe/London")
        try:
            services.add_shift(scheme, form.shift(zone), by=person, at=now)
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The shift is on the rota")
            return redirect("visits:rota")
    shifts = rotas.shifts(scheme, now=now)
    context = {
        "section": "visits",
        "back": ("Set up", reverse("visits:setup")),
        "form": form,
        "shifts": shifts,
        "gaps": rotas.gaps(shifts, now=now),
        "texts": accounts.texts_leave(),
    }
    return render(request, "visits/rota.html", context)


@permissions.page("deal with concerns")
@never_cache
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand over everything that is open, and sign; take over, and sign."""
    scheme, now, person = queries.scheme(), timezone.now(), person_of(request)
    if scheme is None:
        raise Http404
    posted = request.POST if request.method == "POST" and "take" not in request.POST else None
    form = forms.GiveOver(posted, people=services.takers(person))
    if given := number_of(request.POST.get("take")):
        services.take_over(given, by=person, at=now)
        messages.success(request, "You have the desk")
        return redirect("visits:hand_over")
    if form.is_valid():
        try:
            services.give_over(scheme, **form.cleaned_data, by=person, at=now)
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "Signed. They sign too, and then it is theirs")
            return redirect("visits:hand_over")
    context = {
        "section": "visits",
        "back": ("Concerns", reverse("visits:concerns")),
        "form": form,
        "open": queries.open_concerns(person, now=now),
        "given": rotas.hand_overs(person),
        "person": person,
    }
    return render(request, "visits/hand_over.html", context)
