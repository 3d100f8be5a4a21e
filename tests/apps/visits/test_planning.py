"""Planning the week: asked for, made in the worker, looked at, accepted; and places for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.happening import event
from trialogue.methods.problems import InputError
from trialogue.visits import queries, services
from trialogue.visits.models import (
    Agreement,
    Area,
    Backdrop,
    Plan,
    PlannedVisit,
    Round,
    TravelTimes,
    Visit,
    Walk,
)
from trialogue.visits.services.planning import plan_in_the_worker


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    """The day of the fixtures."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def draft(scheme, residents, cast):
    """A week as the worker plans it."""
    plan = services.ask_for_plan(scheme.pk, effort="quick", by=cast.desk, at=NOW)
    plan_in_the_worker.call(str(plan.public_id))
    plan.refresh_from_db()
    return plan


@pytest.mark.slow
def test_the_worker_plans_a_week_and_visitors_see_it_from_tomorrow(
    client, cast, scheme, plan, draft
):
    assert draft.work.finished_at
    assert (draft.state, draft.visits.count(), draft.report["unplaced"]) == ("draft", 12, [])
    assert 0 <= draft.bound <= draft.cost
    client.force_login(cast.desk)
    page = client.get(reverse("visits:plan")).content.decode()
    assert "12 of 12" in page
    for _ in range(2):
        client.post(reverse("visits:plan"), {"act": "accept", "plan": f"{draft.public_id}"})
    draft.refresh_from_db()
    plan.refresh_from_db()
    assert (draft.state, plan.state) == ("current", "past")
    assert {visit.plan for visit in Visit.objects.filter(day=TODAY)} == {plan}
    week = [TODAY + timedelta(days=days) for days in range(1, 8)]
    listed = sum(services.list_day(scheme, day, at=NOW) for day in week if day.weekday() < 6)
    assert listed == 12
    assert set(Visit.objects.filter(day__gt=TODAY).values_list("plan", flat=True)) == {draft.pk}


@pytest.mark.slow
def test_a_draft_is_refused_once_somebody_in_it_has_ended(cast, scheme, plan, draft, residents):
    services.end_visits(residents[0].public_id, why="moved", by=cast.desk, at=NOW)
    with pytest.raises(InputError, match="2 of its visits are to residents or rounds"):
        services.accept_plan(draft.public_id, by=cast.desk, at=NOW)
    plan.refresh_from_db()
    assert plan.state == "current"


@pytest.mark.slow
def test_asking_twice_plans_once_and_one_put_aside_changes_nothing(cast, scheme, plan, draft):
    services.discard_plan(draft.public_id, by=cast.desk, at=NOW)
    first = services.ask_for_plan(scheme.pk, effort="quick", by=cast.desk, at=NOW)
    again = services.ask_for_plan(scheme.pk, effort="quick", by=cast.deputy, at=NOW)
    assert first == again
    assert queries.this_week(scheme, day=TODAY).current == plan


@pytest.mark.slow
def test_a_draft_that_is_put_aside_while_it_is_made_stays_aside(
    cast, scheme, plan, residents, monkeypatch
):
    asked = services.ask_for_plan(scheme.pk, effort="quick", by=cast.desk, at=NOW)

    def this_week(*args, **kwargs):
        services.discard_plan(asked.public_id, by=cast.desk, at=NOW)
        return queries.this_week(*args, **kwargs)

    monkeypatch.setattr("trialogue.visits.services.planning.this_week", this_week)
    plan_in_the_worker.call(str(asked.public_id))
    asked.refresh_from_db()
    assert asked.cost is not None
    assert asked.state == "discarded"


@pytest.mark.slow
def test_only_the_plan_that_was_seen_is_accepted(client, cast, scheme, plan, draft):
    """Somebody planned again while another looked at the first draft."""
    newer = Plan.objects.create(
        scheme=scheme, week_from=TODAY, cost=1, by=cast.deputy, at=NOW, state="draft"
    )
    Plan.objects.filter(pk=draft.pk).update(state="discarded")
    client.force_login(cast.desk)
    sent = {"act": "accept", "plan": str(draft.public_id)}
    page = client.post(reverse("visits:plan"), sent, follow=True).content.decode()
    assert "This plan cannot be accepted" in page
    for nonsense in ("", "x", str(cast.desk.public_id)):
        answer = client.post(reverse("visits:plan"), {"act": "discard", "plan": nonsense})
        assert answer.status_code == 404
    newer.refresh_from_db()
    plan.refresh_from_db()
    assert (newer.state, plan.state) == ("draft", "current")


@pytest.mark.slow
def test_a_draft_is_refused_once_somebody_it_does_not_know_has_a_place(cast, scheme, plan, draft):
    ivy = newcomer(scheme, cast)
    services.agree(
        ivy.public_id, who="Ivy", how="in person", valid_from=TODAY, by=cast.desk, at=NOW
    )
    best = services.offers(ivy, at=NOW)[0][0].place
    services.choose_place(ivy.public_id, round_id=best.round, days=best.days, by=cast.desk, at=NOW)
    with pytest.raises(InputError, match="1 who got a place since would lose it"):
        services.accept_plan(draft.public_id, by=cast.desk, at=NOW)
    assert ivy.planned.get().plan == plan


def newcomer(scheme, cast, full_name="Ivy Rowe", **more):
    given = services.ResidentGiven(
        full_name=full_name,
        address="9 Mill Lane",
        x=400_250,
        y=300_010,
        visits_per_week=1,
        **more,
    )
    return services.propose(scheme.pk, given, by=cast.desk, at=NOW)


def test_a_newcomer_is_offered_places_and_choosing_one_moves_nobody(
    client, cast, scheme, plan, residents
):
    before = set(PlannedVisit.objects.values_list("resident", "round", "weekday"))
    ivy = newcomer(scheme, cast)
    found, week = services.offers(ivy, at=NOW)
    assert 1 <= len(found) <= 5
    assert [one.cost_s for one in found] == sorted(one.cost_s for one in found)
    best = found[0]
    with pytest.raises(InputError, match="has not agreed to visits"):
        services.choose_place(
            ivy.public_id,
            round_id=best.place.round,
            days=best.place.days,
            by=cast.desk,
            at=NOW,
        )
    services.agree(
        ivy.public_id, who="Ivy", how="in person", valid_from=TODAY, by=cast.desk, at=NOW
    )
    client.force_login(cast.desk)
    page = reverse("visits:places", args=[ivy.public_id])
    value = queries.in_words(found, week)[0].value
    assert client.post(page, {"place": value}).status_code == 302
    ivy.refresh_from_db()
    assert ivy.state == "active"
    after = set(PlannedVisit.objects.values_list("resident", "round", "weekday"))
    assert {one[0] for one in after - before} == {ivy.pk}
    assert before <= after
    assert (
        "and other places"
        in client.get(reverse("visits:resident", args=[ivy.public_id])).content.decode()
    )
    assert "As it is" in client.get(page).content.decode()


def test_where_no_round_has_room_the_page_says_why(client, cast, scheme, plan, rounds):
    ivy = newcomer(scheme, cast, minutes=60)
    services.agree(
        ivy.public_id, who="Ivy", how="in person", valid_from=TODAY, by=cast.desk, at=NOW
    )
    client.force_login(cast.desk)
    assert (
        "No round has room"
        in client.get(reverse("visits:places", args=[ivy.public_id])).content.decode()
    )
    page = client.get(reverse("visits:plan")).content.decode()
    assert "Without a place: 1" in page
    assert "60 minutes" in page


def test_an_area_or_household_that_waits_is_neither_planned_nor_placed(
    cast, scheme, plan, residents, rounds
):
    rounds["A"].area.starts_on = TODAY + timedelta(days=7)
    rounds["A"].area.save()
    week = queries.this_week(scheme, day=TODAY)
    assert (week.rounds, week.residents) == ({}, {})
    rounds["A"].area.starts_on = TODAY
    rounds["A"].area.save()
    residents[0].waits = True
    residents[0].save()
    assert len(queries.this_week(scheme, day=TODAY).residents) == 5


def test_a_remade_week_counts_the_present_round_and_days_as_liked(scheme, plan, residents):
    one = queries.this_week(scheme, day=TODAY).instance.residents[0]
    assert one.familiar == {str(plan.visits.first().round.public_id)}
    assert one.preferred_days == {1, 4}


def test_the_map_has_no_names_for_a_round_manager_and_numbers_its_list(
    client, cast, plan, rounds, residents
):
    client.force_login(cast.round_manager)
    page = client.get(reverse("visits:round_page", args=[rounds["A"].public_id])).content.decode()
    assert "1 round and 3 visits" in page
    assert not any(one.preferred_name in page for one in residents)
    client.force_login(cast.desk)
    assert "Mrs Kent" in client.get(f"{reverse('visits:plan')}?day=1").content.decode()


def test_a_withdrawal_after_the_plan_takes_effect_at_once(scheme, plan, residents):
    Agreement.objects.create(
        resident=residents[0],
        agrees=False,
        who="Ada",
        how="in person",
        valid_from=TODAY,
        at=NOW,
    )
    assert len(queries.this_week(scheme, day=TODAY).residents) == 5
    assert Plan.objects.count() == 1


def test_who_was_never_met_needs_room_for_a_first_meeting(scheme, cast, visits, residents):
    ivy = newcomer(scheme, cast)

    def minutes():
        week = queries.this_week(scheme, day=TODAY, also=ivy)
        return {one.id: one.service_s / 60 for one in week.instance.residents}

    ada = str(residents[0].public_id)
    assert (minutes()[str(ivy.public_id)], minutes()[ada]) == (15, 5)
    PlannedVisit.objects.filter(resident=residents[0]).delete()
    assert minutes()[ada] == 15
    event(visits[0], "visit_recorded")
    assert minutes()[ada] == 5


def test_a_map_draws_a_round_that_waits_and_round_7_before_round_11(client, cast, plan, rounds):
    Area.objects.update(starts_on=TODAY + timedelta(days=7))
    Round.objects.filter(code="A").update(code="11")
    Round.objects.filter(code="B").update(code="7")
    client.force_login(cast.desk)
    page = client.get(f"{reverse('visits:plan')}?day=1").content.decode()
    drawn = page[page.index("Rounds and visits") :]
    assert -1 < drawn.find(">7<") < drawn.find(">11<")


@pytest.fixture
def busy(scheme, cast, rounds, residents, plan, visits):
    """All that makes planning ask: changed rounds, days off, pauses, who waits or left, maps."""
    for one in rounds.values():
        version = one.versions.get()
        version.pk, version.number, version.valid_from = None, 2, TODAY
        version.save(force_insert=True)
    services.note_absence(rounds["A"].public_id, day=TODAY, by=cast.desk, at=NOW)
    away = {"first": TODAY, "last": None, "why": "hospital"}
    services.pause(residents[0].public_id, **away, by=cast.desk, at=NOW)
    services.end_visits(residents[5].public_id, why="moved", by=cast.desk, at=NOW)
    event(visits[1], "visit_recorded")
    for name, minutes in (("Gus Reed", 5), ("Hal Stone", 60)):
        one = newcomer(scheme, cast, name, minutes=minutes)
        services.agree(
            one.public_id, who=name, how="in person", valid_from=TODAY, by=cast.desk, at=NOW
        )
    kept = {"scheme": scheme, "by": cast.desk, "at": NOW}
    TravelTimes.objects.create(filename="times.csv", pairs=[["A/1", "R1", 500]], **kept)
    outline = [[[400_000, 300_000], [400_500, 301_000]]]
    Backdrop.objects.create(filename="map.geojson", outlines=outline, names=[], **kept)
    return newcomer(scheme, cast)  # who has not agreed yet


def more_rounds_and_residents(scheme, cast, rounds, plan):
    for number in range(5):
        area = Area.objects.create(scheme=scheme, name=f"Area {number}", starts_on=TODAY)
        one = Round.objects.create(
            scheme=scheme, partner=cast.mail, area=area, code=f"C{number}", created_at=NOW
        )
        version = rounds["A"].versions.first()
        version.pk, version.round = None, one
        version.save(force_insert=True)
        Walk.objects.create(round=one, weekday=1, visitor=rounds["B"].walks.first().visitor)
        for name in (f"Una {number}", f"Val {number}"):
            who = newcomer(scheme, cast, name)
            services.agree(
                who.public_id, who=name, how="in person", valid_from=TODAY, by=cast.desk, at=NOW
            )
        PlannedVisit.objects.create(
            plan=plan, resident=who, round=one, weekday=1, gap=1, order=0, arrives=NOW.time()
        )


def asked(client, residents):
    """How often each page of planning asks the database."""
    pages = [f"{reverse('visits:plan')}?day=1"]
    pages += [reverse("visits:places", args=[one.public_id]) for one in residents]
    many = {}
    for page in pages:
        with CaptureQueriesContext(connection) as queries_:
            assert client.get(page).status_code == 200
        many[page] = len(queries_)
    return many


def test_planning_asks_at_most_twelve_times_however_much_there_is(
    client, cast, scheme, rounds, residents, plan, busy
):
    client.force_login(cast.duty_manager)
    client.get("/about/")  # the first page of a session notes that the person was here
    few = asked(client, [*residents, busy])
    assert max(few.values()) <= 12
    more_rounds_and_residents(scheme, cast, rounds, plan)
    assert asked(client, [*residents, busy]) == few


@pytest.mark.slow
def test_a_draft_beside_the_plan_asks_no_more(
    client, cast, scheme, rounds, residents, plan, busy, draft
):
    client.force_login(cast.duty_manager)
    client.get("/about/")
    page = client.get(f"{reverse('visits:plan')}?day=1").content.decode()
    assert "Accept the new plan" in page
    assert "Hal Stone" in page
    assert max(asked(client, [*residents, busy]).values()) <= 12
