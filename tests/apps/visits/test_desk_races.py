"""Threads on PostgreSQL, where rows are locked and not the whole database.

On the embedded database two people press at once at the served site: `tests/faults`.
"""

from datetime import timedelta

import pytest
from django.db import connection

from tests.apps.trials.test_races import at_once, refused
from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.happening import concern, event
from tests.apps.visits.test_lists import HEAD, IVY, kept
from trialogue.accounts.models import Notification
from trialogue.visits import services
from trialogue.visits.models import (
    Acknowledgement,
    Concern,
    Escalation,
    ListFile,
    Resident,
    Visit,
    Visitor,
)
from trialogue.visits.services import phones

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


def test_two_who_join_each_to_the_other_join_them_once(visits, cast):
    for _ in range(10):
        one, other = concern(visits[0]), concern(visits[0])

        def join(number, to):
            return lambda: services.join(number, to=to, by=cast.desk, at=NOW)

        came = at_once([join(one.number, other.number), join(other.number, one.number)])

        assert len(refused(came)) == 1, came
        assert Concern.objects.filter(pk__in=(one.pk, other.pk), joined_to=None).count() == 1


def test_a_day_is_listed_once_by_whoever_asks_at_once(scheme, plan, cast, rounds):
    for week in range(3):
        day = TODAY + timedelta(days=7 * week)

        came = at_once([lambda: services.list_day(scheme, day, at=NOW)] * 3)  # noqa: B023

        assert sorted(came) == [0, 0, 6], came


def test_two_rounds_are_covered_at_once_and_no_visit_is_lost(scheme, plan, cast, rounds):
    for week in range(3):
        day = TODAY + timedelta(days=7 * week)

        def cover(one):
            return lambda: len(services.cover_day(one.public_id, day=day, by=cast.desk, at=NOW))  # noqa: B023

        came = at_once([cover(rounds["A"]), cover(rounds["B"]), cover(rounds["A"])])

        assert all(isinstance(many, int) for many in came), came
        assert Visit.objects.filter(day=day).count() == 6


def test_the_same_list_sent_twice_is_taken_in_once(scheme, cast):
    for number in range(3):
        text = HEAD + IVY.replace("A1", f"A{number}").replace("Ivy", f"Ivy{number}")
        lists = [kept(scheme, cast, text) for _ in range(2)]

        def take(one):
            return lambda: services.take_list(one.public_id, by=cast.desk, at=NOW)

        came = at_once([take(one) for one in lists])

        assert came == [None, None]
        taken = ListFile.objects.filter(pk__in=[one.pk for one in lists])
        assert sorted(one.taken["new"] for one in taken) == [0, 1]
        assert Resident.objects.count() == number + 1


def test_a_phone_that_is_added_twice_is_one(scheme, rounds, cast):
    visitor = Visitor.objects.get(person=cast.sam)
    for number in range(5):

        def add(label=f"phone {number}"):
            return phones.add_phone(visitor=visitor.public_id, label=label, by=cast.desk, at=NOW)

        assert len({device.pk for device in at_once([add, add])}) == 1
