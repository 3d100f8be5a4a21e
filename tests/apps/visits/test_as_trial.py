"""A scheme that starts as a trial: areas wait for the draw; the trial hears what was done."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.apps.visits.conftest import NOW, TODAY
from trialogue.evidence import queries as evidence
from trialogue.evidence import schema
from trialogue.methods.problems import InputError
from trialogue.site.demonstration.plans import copied, dated
from trialogue.trials.models import Delivery, Trial, TrialMember
from trialogue.trials.protocol import Wave
from trialogue.trials.queries.starting import Begun
from trialogue.trials.queries.trials import draft_of, hash_of_draft
from trialogue.trials.services import allocation, planning, registration, units
from trialogue.visits import queries, services
from trialogue.visits.models import Area, Round, Scheme, Visit, VisitEvent
from trialogue.visits.queries import asking
from trialogue.visits.queries.residents import pseudonym
from trialogue.visits.services.trial_steps import stepped_answers


@pytest.fixture
def four_rounds(scheme, rounds, residents, cast):
    """Two more rounds, with the residents spread over the four."""
    for code in "CD":
        made = Round.objects.create(scheme=scheme, partner=cast.mail, code=code, created_at=NOW)
        given = rounds["A"].versions.get()
        given.pk, given.round = None, made
        given.save(force_insert=True)
    for resident in residents:
        resident.state, resident.area = "agreed", None
        resident.save()
    return residents


@pytest.fixture
def started(client, cast, scheme, four_rounds):
    client.force_login(cast.duty_manager)
    page = reverse("visits:as_trial")
    assert "No controlled result of such visits" in client.get(page).content.decode()
    began = client.post(page, {"unit": "round", "going_ahead": "nobody close"})
    scheme.refresh_from_db()
    assert began.url == f"/trials/{scheme.trial}/"
    return scheme


def test_two_clicks_make_every_area_wait_for_the_draw(started):
    assert Trial.objects.get().public_id == started.trial
    assert {area.starts_on for area in started.areas.all() if area.name != "Linney"} == {None}
    assert queries.this_week(started, day=TODAY).rounds == {}
    assert services.list_day(started, TODAY, at=NOW) == 0


def register(trial, cast, *, placed, strata):
    """Plan the rest, sign off and register, as the trial's own pages do."""
    by, at = cast.duty_manager, NOW
    plan = dated(
        copied("look-in-on-the-round", strata={"by": strata}, outcomes={"covariates": []}),
        start=TODAY + timedelta(days=7),
        end=TODAY + timedelta(days=100),
    )
    held = {answer.question: answer for answer in Trial.objects.get().answers.order_by("version")}
    for question, body in plan.items():
        if question == "unit":
            body = {**body, "placed": placed, "placed_plural": f"{placed}s"}
        planning.save_answer(
            public_id=trial,
            question=question,
            body=body,
            based_on=held[question].version if question in held else 0,
            by=by,
            at=at,
        )
    sign_off_and_register(trial, cast)


def sign_off_and_register(trial, cast):
    """Let a manager sign the plan as it stands, and register it."""
    by, at = cast.duty_manager, NOW
    planning.add_member(public_id=trial, email=cast.desk.email, role="analyst", by=by, at=at)
    cast.safeguarding.memberships.update(roles=["manager"])
    planning.ask_for_sign_off(public_id=trial, by=by, at=at, today=TODAY)
    planning.sign_off_plan(
        public_id=trial,
        document_hash=hash_of_draft(draft_of(Trial.objects.get())),
        agreed=True,
        note="",
        by=type(by).objects.get(pk=cast.safeguarding.pk),
        at=at,
    )
    registration.register_trial(public_id=trial, by=by, at=at, today=TODAY)


def draw(client, cast, trial):
    """Give the trial its list, load it and draw."""
    by = cast.duty_manager
    sent = client.post(reverse("visits:as_trial"), {"act": "list"})
    upload = sent.url.rstrip("/").rpartition("/")[2]
    units.load_units(upload_id=upload, leave_out=frozenset(), by=by, at=NOW)
    allocation.fix_list(public_id=trial, by=by, at=NOW)
    allocation.allocate(public_id=trial, by=by, at=NOW)


def test_the_list_goes_by_pseudonym_and_the_draw_says_who_starts_when(
    client, cast, started, four_rounds
):
    by, at, trial = cast.duty_manager, NOW, started.trial
    register(trial, cast, placed="round", strata=[])
    sent = client.post(reverse("visits:as_trial"), {"act": "list"})
    preview = client.get(sent.url)
    assert "6 rows, 6 can be loaded" in preview.content.decode()
    upload = sent.url.rstrip("/").rpartition("/")[2]
    units.load_units(upload_id=upload, leave_out=frozenset(), by=by, at=at)
    listed = Trial.objects.get().units.all()
    assert {unit.study_id for unit in listed} == {pseudonym(one) for one in four_rounds}
    assert not any(one.full_name in str(unit.__dict__) for unit in listed for one in four_rounds)
    services.read_draw(NOW)
    assert {area.starts_on for area in started.areas.all() if area.name != "Linney"} == {None}

    allocation.fix_list(public_id=trial, by=by, at=at)
    allocation.allocate(public_id=trial, by=by, at=at)
    services.read_draw(NOW)

    arms = dict(Trial.objects.get().assignments.values_list("unit__cluster", "arm"))
    days = {
        "now": TODAY + timedelta(days=7),
        "later": TODAY + timedelta(days=101),
    }
    for area in started.areas.filter(name__in=arms):
        assert area.starts_on == days[arms[area.name]]

    # What is done at a door arrives in the trial by itself, by pseudonym, once.
    ada, bill = four_rounds[:2]
    for resident, types in ((ada, ("visit_started", "visit_recorded")), (bill, ("declined",))):
        visit = Visit.objects.create(
            scheme=started,
            resident=resident,
            day=TODAY,
            expected_at=NOW,
            code=str(1000 + resident.pk),
            created_at=NOW,
        )
        for minute, type_ in enumerate(types):
            VisitEvent.objects.create(
                id=uuid4(),
                scheme=started,
                visit=visit,
                type=type_,
                at=NOW + timedelta(minutes=6 * minute),
                about_at=NOW + timedelta(minutes=6 * minute),
                quality="clock",
                received_at=NOW,
                schema=1,
                body={},
                sha256="0" * 64,
            )
    for _ in range(2):
        services.tell_trial(NOW + timedelta(days=1))
    told = {one.unit.study_id: (one.state, one.words) for one in Delivery.objects.all()}
    assert told == {pseudonym(ada): ("done", "6 minutes"), pseudonym(bill): ("refused", "")}


def test_a_scheme_with_visits_made_cannot_become_a_waiting_list(cast, scheme, visits):
    with pytest.raises(InputError, match="Visits are made already"):
        services.start_as_trial(
            scheme.pk,
            unit="area",
            going_ahead="nobody close",
            why="",
            by=cast.duty_manager,
            at=NOW,
        )
    assert not Trial.objects.exists()
    assert Visit.objects.exists()


def test_two_areas_are_too_few_to_draw(cast, scheme, rounds):
    with pytest.raises(InputError, match="a draw needs 4 or more"):
        services.start_as_trial(
            scheme.pk,
            unit="area",
            going_ahead="nobody close",
            why="",
            by=cast.duty_manager,
            at=NOW,
        )


@pytest.fixture
def two_areas(scheme, residents):
    """Six residents in two areas; the last two live together."""
    other = Area.objects.create(scheme=scheme, name="Staithe", starts_on=TODAY)
    for number, one in enumerate(residents):
        one.state, one.area = "agreed", one.area if number < 3 else other
        one.address, one.uprn = f"{min(number, 4) + 1}, Mill Lane", ""
        one.save()
    residents[5].address = "5 mill lane"
    residents[5].save()
    return residents


def test_homes_draw_their_day_within_areas_and_a_home_starts_together(
    client, cast, scheme, two_areas, django_assert_max_num_queries
):
    client.force_login(cast.duty_manager)
    client.post(
        reverse("visits:as_trial"), {"unit": "home", "going_ahead": "nobody close", "why": ""}
    )
    scheme.refresh_from_db()
    assert queries.this_week(scheme, day=TODAY).residents == {}  # all wait
    assert {area.starts_on for area in scheme.areas.all()} != {None}  # their areas do not
    register(scheme.trial, cast, placed="household", strata=["area"])

    draw(client, cast, scheme.trial)
    services.read_draw(NOW)
    services.read_draw(NOW)

    listed = {unit.study_id: unit for unit in Trial.objects.get().units.all()}
    assert set(listed) == {pseudonym(one) for one in two_areas}
    assert len({unit.cluster for unit in listed.values()}) == 5
    for one in two_areas:
        one.refresh_from_db()
    first, later = TODAY + timedelta(days=7), TODAY + timedelta(days=101)
    arms = dict(Trial.objects.get().assignments.values_list("unit__study_id", "arm"))
    days = {"now": first, "later": later}
    assert [one.starts_on for one in two_areas] == [
        days[arms[pseudonym(one)]] for one in two_areas
    ]
    assert two_areas[4].starts_on == two_areas[5].starts_on
    called = queries.this_week(scheme, day=first).residents
    assert set(called) == {str(one.public_id) for one in two_areas if one.starts_on == first}
    client.get("/about/")  # the first page of a session notes that the person was here
    with django_assert_max_num_queries(12):
        page = client.get(reverse("visits:as_trial")).content.decode()
    assert "9 March 2027" in page
    assert "Everybody in one home starts together" in page


def test_the_trials_sheet_is_offered_to_its_team_alone(client, cast, started):
    register(started.trial, cast, placed="round", strata=[])
    page = reverse("visits:as_trial")
    sheet = reverse("trials:sheet", args=[started.trial])

    for opens in (True, False):
        assert (sheet in client.get(page).content.decode()) is opens
        assert (client.get(sheet).status_code == 200) is opens
        TrialMember.objects.filter(person=cast.duty_manager).delete()


def test_who_is_enrolled_after_homes_were_drawn_waits(client, cast, scheme, two_areas):
    scheme.trial, scheme.trial_unit = "EC-2027-0001", "home"
    scheme.save()

    late = services.propose(
        scheme.pk, services.ResidentGiven(full_name="Gus Rowe"), by=cast.desk, at=NOW
    )

    assert not queries.may_start(late, TODAY + timedelta(days=400))


def test_a_scheme_joins_a_trial_that_was_drawn_on_its_own_pages(
    client, cast, started, four_rounds
):
    register(started.trial, cast, placed="round", strata=[])
    draw(client, cast, started.trial)
    trial = started.trial
    Round.objects.update(area=None)
    for one in four_rounds:
        one.area = None
        one.save()
    started.areas.all().delete()
    Scheme.objects.update(trial="", trial_unit="")
    page = reverse("visits:as_trial")
    said = client.post(page, {"act": "join", "public_id": "EC-1999-0001", "places": "round"})
    assert "No registered trial has the number" in said.content.decode()

    client.post(page, {"act": "join", "public_id": trial, "places": "round"})

    areas = Scheme.objects.get().areas.all()
    assert {area.name for area in areas} == {"Round A", "Round B"}
    assert {area.starts_on for area in areas} == {
        TODAY + timedelta(days=7),
        TODAY + timedelta(days=101),
    }


def test_the_page_says_what_is_asked_and_when_and_gives_the_sheets(
    client, cast, started, four_rounds
):
    page = reverse("visits:as_trial")
    assert "Once the plan is registered" in client.get(page).content.decode()
    register(started.trial, cast, placed="round", strata=[])
    draw(client, cast, started.trial)

    said = client.get(page).content.decode()

    assert "Loneliness, three questions (UCLA)" in said
    assert "ask it in the national wording" in said
    waves = queries.trial_of(started).waves
    assert waves
    assert all(f"{one.name}: " in said for one in waves)
    assert "De Jong Gierveld" not in said  # not in this plan
    asked = client.get(reverse("visits:whom_to_ask")).content.decode()
    assert all(f"{pseudonym(one)},{one.full_name}" in asked for one in four_rounds)
    assert "later" not in asked
    sheet = client.get(reverse("trials:sheet", args=[started.trial])).content.decode()
    assert "loneliness-score" in sheet
    assert not any(one.full_name in sheet for one in four_rounds)
    client.force_login(cast.commissioner)
    assert client.get(reverse("visits:whom_to_ask")).status_code == 403


@pytest.mark.parametrize(
    ("opens", "words"),
    [(5, "due from"), (0, "due now, until"), (-9, "closed on")],
)
def test_a_time_of_asking_says_how_near_it_is(opens, words):
    wave = Wave(1, "At 26 weeks", TODAY + timedelta(opens), TODAY + timedelta(opens + 3))
    trial = Begun("EC-1", "", True, True, None, None, {}, {}, waves=(wave,))

    (due,) = asking.due(trial, today=TODAY)

    assert due.words.startswith(words)


@pytest.fixture
def four_areas(scheme, residents):
    """Six residents who agreed, in four areas."""
    made = [*scheme.areas.all()]
    made += [
        Area.objects.create(scheme=scheme, name=name, starts_on=TODAY)
        for name in ("Staithe", "Mill", "Quay")
    ]
    for number, one in enumerate(residents):
        one.state, one.area = "agreed", made[number % 4]
        one.save()
    return residents


@pytest.mark.parametrize(("areas", "each", "steps"), [(4, 1, 4), (8, 1, 8), (9, 2, 4), (17, 3, 5)])
def test_a_plan_with_steps_counts_on_no_more_areas_than_there_are(areas, each, steps):
    starter = evidence.starter_plan("look-in-on-the-round")

    answers = stepped_answers(starter, areas=areas, agreed=100, today=TODAY)

    assert answers["size"]["clusters_per_arm"] == each
    assert len(answers["dates"]["steps"]) == steps
    assert each * steps <= areas
    assert "26 weeks" not in json.dumps(answers)  # that is how long two groups side by side take
    assert not schema.problems("dates", answers["dates"])


def test_areas_start_one_after_another_in_the_order_that_chance_drew(
    client, cast, scheme, four_areas
):
    client.force_login(cast.duty_manager)
    services.start_as_trial(
        scheme.pk,
        unit="steps",
        going_ahead="nobody close",
        why="",
        by=cast.duty_manager,
        at=NOW,
    )
    scheme.refresh_from_db()
    assert scheme.trial_unit == "area"
    plan = draft_of(Trial.objects.get())
    days = [date.fromisoformat(step["starts"]) for step in plan["dates"]["steps"]]
    assert len(days) == 4
    assert days[0].weekday() == 0
    assert len(plan["dates"]["waves"]) == 5
    planning.save_answer(
        public_id=scheme.trial,
        question="team",
        body={"owner_role": "Head of adult care", "contact": "adult.care@wrenmoor.example"},
        based_on=0,
        by=cast.duty_manager,
        at=NOW,
    )
    sign_off_and_register(scheme.trial, cast)

    draw(client, cast, scheme.trial)
    services.read_draw(NOW)

    areas = list(scheme.areas.all())
    assert sorted(area.starts_on for area in areas) == days
    drawn = dict(Trial.objects.get().assignments.values_list("unit__cluster", "arm"))
    assert {area.name: area.starts_on.isoformat() for area in areas} == drawn
    # Nobody is planned in an area before its own step.
    for day in (days[0] - timedelta(days=1), days[0], days[2]):
        called = queries.this_week(scheme, day=day).residents
        begun = {area.pk for area in areas if area.starts_on <= day}
        assert set(called) == {str(one.public_id) for one in four_areas if one.area_id in begun}
    page = client.get(reverse("visits:as_trial")).content.decode()
    assert "After step 4: due from" in page


def test_a_trial_that_had_its_list_before_finds_residents_by_their_reference(
    client, cast, started, four_rounds
):
    register(started.trial, cast, placed="round", strata=[])
    draw(client, cast, started.trial)
    ada, bill = four_rounds[:2]
    number = pseudonym(ada)
    for one in four_rounds:
        one.key = uuid4()
        one.save()
    ada.reference = number
    ada.save()
    for one in (ada, bill):
        Visit.objects.create(
            scheme=started,
            resident=one,
            day=TODAY,
            expected_at=NOW,
            code=str(1000 + one.pk),
            created_at=NOW,
        )

    asked = client.get(reverse("visits:whom_to_ask")).content.decode().splitlines()
    services.tell_trial(NOW + timedelta(days=1))

    assert [row.partition(",")[0] for row in asked[1:]] == [number]
    assert [one.unit.study_id for one in Delivery.objects.all()] == [number]
