"""V2: visitors' phones, set up by a square code and taken off when one is lost."""

from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.visits.forms.phones import Phone
from trialogue.visits.queries import phones as queries
from trialogue.visits.services import phones as services
from trialogue.visits.views import posted, show


@permissions.page("manage phones")
def phones(request: HttpRequest) -> HttpResponse:
    """Every phone this person may manage, and a form for another."""
    person = person_of(request)
    owners = [
        (str(one.public_id), f"{one.person.name}, {one.partner.name}")
        for one in queries.owners(person)
    ]
    form = Phone(owners, posted(request))
    if form.is_valid():
        typed = form.cleaned_data
        try:
            made = services.add_phone(
                visitor=UUID(typed["visitor"]),
                label=typed["label"],
                by=person,
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            return redirect("visits:phone", made.public_id)
    listed = queries.with_counts(queries.devices_of(person))
    desk = permissions.allows(person, "watch visits")
    return show(request, "phones", form=form, phones=listed, desk=desk, now=timezone.now())


@permissions.page("manage phones")
def one_phone(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One phone: its code while it waits to be set up, and what may be on it."""
    phone = _phone(request, public_id)
    if request.method == "POST":
        services.renew_code(public_id, by=person_of(request), at=timezone.now())
        return redirect("visits:phone", public_id)
    device, now = phone.device, timezone.now()
    waits = not device.public_key and not device.revoked_at
    open_ = waits and device.set_up_until is not None and device.set_up_until > now
    address = _address(request, services.token_of(device)) if open_ else ""
    response = show(
        request,
        "phone",
        phone=phone,
        waits=waits,
        address=address,
        code=_code(address) if address else "",
        list_on_it=_still_on_it(phone, now),
    )
    response["Cache-Control"] = "no-store"  # the code is a key
    return response


@permissions.page("manage phones")
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a phone off. It cannot be undone: the phone is set up again as a new one."""
    phone = _phone(request, public_id)
    if request.method == "POST":
        services.revoke(public_id, by=person_of(request), at=timezone.now())
        messages.success(request, f"{phone.device.label} is taken off")
        return redirect("visits:phone", public_id)
    return show(
        request, "revoke_phone", phone=phone, list_on_it=_still_on_it(phone, timezone.now())
    )


def _phone(request: HttpRequest, public_id: UUID) -> queries.Phone:
    found = queries.with_counts(queries.devices_of(person_of(request)).filter(public_id=public_id))
    if not found:
        raise Http404
    return found[0]


def _still_on_it(phone: queries.Phone, now: object) -> bool:
    return phone.listed_until is not None and phone.listed_until > now  # type: ignore[operator]


def _address(request: HttpRequest, token: str) -> str:
    site = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    # After the #, so that no server writes it into a log.
    return f"{site}{reverse('round:today')}#set-up={token}"


def _code(address: str) -> SafeString:
    drawn = segno.make(address, error="m").svg_inline(
        scale=5,
        svgclass="app-phone-code",
        lineclass=None,
        omitsize=True,
        title="Code for the phone",
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by segno, which escapes the title
