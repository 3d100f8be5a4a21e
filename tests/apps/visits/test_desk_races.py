"""Threads on PostgreSQL, where rows are locked and not the whole database.

On the embedded database two people press at once at the served site: `tests/faults`.
"""

from datetime import timedelta

import pytest
from django.db import connection

from tests.apps.trials.test_races import at_once, refused
from tests.apps.visits.conftest import NOW
from tests.apps.visits.happening import concern, event
from trialogue.accounts.models import Notification
from trialogue.visits import services
from trialogue.visits.models import Acknowledgement, Concern, Escalation

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
    pytest.mark.django_db(transaction=True),
]
LATER = NOW + timedelta(hours=1)


def test_of_two_who_acknowledge_at_once_the_first_stands_and_the_second_is_told(visits, cast):
    for _ in range(10):
        one = concern(visits[0])

        def take(by, number=one.number):
            return lambda: services.acknowledge(
                number, will_do=f"{by.name} rings", look_again_at=LATER, by=by, at=NOW
            )

        came = at_once([take(cast.desk), take(cast.deputy)])

        (told,) = refused(came)
        first = Acknowledgement.objects.get(concern=one)
        one.refresh_from_db()
        assert one.owner == first.person
        assert f"{first.person.name} acknowledged {one.code}" in str(told)


def test_a_concern_is_acknowledged_or_goes_up_and_never_half_of_each(visits, cast):
    now = NOW + timedelta(minutes=5)
    for _ in range(10):
        one = concern(visits[0])

        def take(number=one.number):
            return services.acknowledge(
                number, will_do="Ring", look_again_at=LATER, by=cast.desk, at=now
            )

        at_once([take, lambda: services.look_at_timers(now)])

        climbed = Escalation.objects.filter(concern=one, rung="red deputy").count()
        told = Notification.objects.filter(key__startswith=f"concern {one.pk}.1 red deputy ")
        assert told.filter(channel="email").count() == 2 * climbed  # the duty person, the deputy
        assert Acknowledgement.objects.filter(concern=one).exists()


def test_four_workers_climb_each_rung_once(visits):
    ones = [concern(visits[number]) for number in range(4)]
    now = NOW + timedelta(minutes=16)

    came = at_once([lambda: services.look_at_timers(now)] * 4)

    assert refused(came) == []
    for one in ones:
        assert Escalation.objects.filter(concern=one).count() == 4


def test_two_phones_at_one_door_open_one_concern(visits):
    card = {"step": "card"}

    at_once([lambda: event(visits[0], "no_answer_step", card)] * 2)

    assert Concern.objects.count() == 1
