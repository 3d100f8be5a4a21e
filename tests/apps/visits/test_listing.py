"""The visits of a day follow from the plan that stands, and nobody is listed who may not be."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from tests.apps.visits.conftest import NOW, TODAY
from trialogue.visits import queries, services
from trialogue.visits.models import Agreement, QuestionSet, Suspension, Visit, VisitEvent
from trialogue.visits.states import State


def test_a_day_is_listed_once_in_the_order_of_each_round(scheme, visits):
    assert [(visit.round.code, visit.resident.full_name) for visit in visits] == [
        ("A", "Ada Kent"),
        ("A", "Bill Moss"),
        ("A", "Clara Nunn"),
        ("B", "Dot Oakes"),
        ("B", "Ede Pike"),
        ("B", "Flo Quill"),
    ]
    assert len({visit.code for visit in visits}) == 6
    assert services.list_day(scheme, TODAY, at=NOW) == 0
    assert services.list_day(scheme, TODAY + timedelta(days=1), at=NOW) == 0  # a Wednesday


def test_what_was_listed_ahead_follows_the_plan_of_its_day(scheme, plan, rounds, residents, cast):
    """On Tuesday somebody says who is off on Friday; a resident then moves to another round."""
    friday = TODAY + timedelta(days=3)
    services.cover_day(rounds["A"].public_id, day=friday, by=cast.desk, at=NOW)
    moved = set(
        Visit.objects.filter(day=friday).exclude(moved="").values_list("resident", "moved")
    )
    assert len(moved) == 3
    plan.visits.filter(resident=residents[3]).update(round=rounds["A"])
    plan.visits.filter(resident=residents[4], weekday=4).delete()

    for hour in (0, 6):
        services.list_today(NOW + timedelta(days=3, hours=hour - 8))

    now = Visit.objects.filter(day=friday)
    assert set(now.exclude(moved="").values_list("resident", "moved")) == moved
    assert {(one.resident, one.round) for one in now.filter(moved="")} == {
        (residents[3], rounds["A"]),
        (residents[5], rounds["B"]),
    }


def test_what_came_from_another_day_or_was_recorded_stays_listed(scheme, visits, residents, cast):
    friday = TODAY + timedelta(days=3)
    services.list_day(scheme, friday, at=NOW)
    came, told = (Visit.objects.get(day=friday, resident=one) for one in residents[:2])
    Visit.objects.filter(day=TODAY, resident=came.resident).update(moved="day")
    VisitEvent.objects.create(
        id=told.public_id,
        scheme=scheme,
        visit=told,
        person=cast.desk,
        type="declined",
        at=NOW,
        about_at=NOW,
        quality="received",
        received_at=NOW,
        schema=1,
        body={},
        sha256="0" * 64,
    )
    services.list_today(NOW + timedelta(days=3))
    kept = set(Visit.objects.filter(day=friday).values_list("pk", flat=True))
    assert {came.pk, told.pk} <= kept
    assert len(kept) == 6


def test_nobody_is_listed_who_withdrew_or_waits_for_the_start(scheme, plan, residents, rounds):
    withdrawn, waiting, later = residents[:3]
    Agreement.objects.create(
        resident=withdrawn, agrees=False, who="Ada", how="in person", valid_from=TODAY, at=NOW
    )
    waiting.waits = True
    waiting.save()
    later.waits, later.starts_on = True, TODAY + timedelta(days=1)
    later.save()
    services.list_day(scheme, TODAY, at=NOW)
    assert {visit.resident.full_name for visit in Visit.objects.all()} == {
        "Dot Oakes",
        "Ede Pike",
        "Flo Quill",
    }
    rounds["A"].area.starts_on = None
    rounds["A"].area.save()
    assert services.list_day(scheme, TODAY + timedelta(days=3), at=NOW) == 0


def test_who_is_paused_is_listed_and_shown_as_paused(scheme, visits):
    Suspension.objects.create(resident=visits[0].resident, first=TODAY, why="hospital", at=NOW)
    shown = queries.of_day(scheme, TODAY, now=NOW)
    assert [one.state for one in shown] == [State.SUSPENDED] + [State.DUE] * 5
    assert not any(one.not_heard for one in shown)
    evening = queries.of_day(scheme, TODAY, now=NOW + timedelta(hours=10))
    assert [one.not_heard for one in evening] == [False] + [True] * 5


def test_the_wording_never_comes_twice_running(scheme, visits):
    services.list_day(scheme, TODAY + timedelta(days=3), at=NOW)
    services.list_day(scheme, TODAY + timedelta(days=7), at=NOW)
    first, second, third = Visit.objects.filter(resident=visits[0].resident).order_by("day")
    assert [ask["key"] for ask in first.asks] == ["self", "home", "company", "safe", "help"]
    assert [ask["key"] for ask in second.asks] == ["self", "home", "company"]
    assert [ask["variant"] for ask in second.asks] == [1, 1, 1]
    assert [ask["variant"] for ask in third.asks] == [2, 2, 2, 1, 1]


def test_the_database_refuses_to_change_what_was_recorded(scheme, visits, cast):
    """All but emptying a body whose time is over."""
    event = VisitEvent.objects.create(
        id="01890000-0000-7000-8000-000000000001",
        scheme=scheme,
        visit=visits[0],
        person=cast.desk,
        type="visit_recorded",
        at=NOW,
        about_at=NOW,
        quality="received",
        received_at=NOW,
        schema=1,
        body={"noticed": "Curtains drawn"},
        sha256="0" * 64,
    )
    for change in (
        {"type": "declined"},
        {"body": {"noticed": "Nothing"}},
        {"body": None, "sha256": "1" * 64},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            VisitEvent.objects.filter(pk=event.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        VisitEvent.objects.filter(pk=event.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        QuestionSet.objects.update(questions=[])

    VisitEvent.objects.filter(pk=event.pk).update(body=None)

    assert VisitEvent.objects.get().body is None
