"""A session that is used goes on: it ends 60 minutes after the last page, not the first."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from trialogue.accounts import services
from trialogue.accounts.models import Person

_EVERY = timedelta(minutes=5)


def stay_signed_in(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Renew the session of somebody who is here, at most every five minutes."""

    def renew(request: HttpRequest) -> HttpResponse:
        # No rule and no page: a door, so it may ask the clock.
        now = timezone.now()  # noqa: TID251
        person = request.user
        if isinstance(person, Person) and now - _renewed(request) > _EVERY:
            request.session["renewed"] = now.isoformat()
            services.note_seen(by=person, at=now)
        return get_response(request)

    return renew


def _renewed(request: HttpRequest) -> datetime:
    said = request.session.get("renewed", "2000-01-01T00:00:00+00:00")
    return datetime.fromisoformat(said)
