"""A concern from the door to its end."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from tests.apps.visits.conftest import NOW
from tests.apps.visits.happening import concern, event
from trialogue.accounts.models import AuditEntry, Notification
from trialogue.methods.problems import InputError
from trialogue.visits import queries, services
from trialogue.visits.forms import concerns as forms
from trialogue.visits.models import (
    Acknowledgement,
    Agreement,
    Concern,
    Resident,
    VisitEvent,
)
from trialogue.visits.services.concerns import note_event

MINUTE = timedelta(minutes=1)
SOON = NOW + timedelta(hours=1)


def acknowledge(one, by, at=NOW, will_do="Ring her", look=SOON):
    return services.acknowledge(one.number, will_do=will_do, look_again_at=look, by=by, at=at)


def close(one, by, at=NOW, **said):
    answers = {"outcome": "advice given", "words": "Rang her", "whereabouts": "", **said}
    services.close(one.number, **answers, by=by, at=at)


def test_the_clock_starts_when_the_server_receives_it(visits):
    one = concern(visits[0], at=NOW, late=47 * MINUTE)

    assert (one.raised_at, one.received_at) == (NOW, NOW + 47 * MINUTE)
    assert one.deadline == one.received_at + 15 * MINUTE
    assert one.code == f"C-{1000 + one.pk}"


def test_its_first_notice_is_written_with_it_or_not_at_all(visits, cast):
    with transaction.atomic():
        concern(visits[0])
        transaction.set_rollback(True)
    assert not Concern.objects.exists()
    assert not Notification.objects.exists()

    one = concern(visits[0], words="She fell at 1 Mill Lane")

    notice = Notification.objects.get()
    assert notice.person == cast.desk
    assert notice.subject == f"A red concern is waiting: {one.code}"
    everything = f"{notice.subject} {notice.body} {notice.link}"
    for word in ("Ada", "Kent", "Mill", "fell", "health"):
        assert word not in everything


def test_the_same_event_twice_opens_one_concern(visits):
    one = concern(visits[0])

    note_event(VisitEvent.objects.get(), at=NOW + MINUTE)

    assert list(Concern.objects.all()) == [one]


def test_what_a_phone_says_wrongly_counts_as_the_worst(visits):
    one = concern(visits[0], level="puce", kind="ghosts")

    assert (one.level, one.kind) == ("red", "other")


def test_acknowledging_stops_the_clock_and_names_the_owner(visits, cast):
    one = concern(visits[0])

    acknowledge(one, cast.desk, at=NOW + MINUTE)

    one.refresh_from_db()
    assert (one.state, one.owner, one.look_again_at) == ("acknowledged", cast.desk, SOON)
    (timed,) = queries.open_concerns(cast.desk, now=NOW + 40 * MINUTE)
    assert not timed.waits
    assert timed.left == "20 minutes left"


def test_the_second_to_acknowledge_is_told_who_was_first(visits, cast):
    one = concern(visits[0])
    acknowledge(one, cast.desk, will_do="Ring her daughter")

    with pytest.raises(
        InputError, match=r"Jo Petrie acknowledged C-.* at 8am: “Ring her daughter”"
    ):
        acknowledge(one, cast.deputy)

    acknowledge(one, cast.desk)  # the same person twice is as once
    assert Acknowledgement.objects.get().person == cast.desk


@pytest.mark.parametrize(
    "wrong", [{"will_do": " "}, {"will_do": "x" * 301}, {"look": None}, {"look": NOW}]
)
def test_acknowledging_takes_what_one_will_do_and_a_next_look(visits, cast, wrong):
    one = concern(visits[0])

    with pytest.raises(InputError):
        acknowledge(one, cast.desk, **wrong)

    one.refresh_from_db()
    assert one.state == "raised"


@pytest.mark.parametrize("who", ["round_manager", "sam", "member", "commissioner"])
def test_others_do_not_learn_that_a_concern_exists(visits, cast, who):
    one = concern(visits[0])

    with pytest.raises(Http404):
        acknowledge(one, getattr(cast, who))


def test_a_raised_level_begins_a_clock_of_its_own_and_waits_again(visits, cast):
    one = concern(visits[0], level="amber")
    acknowledge(one, cast.desk)
    later = NOW + 30 * MINUTE

    services.change_level(one.number, level="red", why="", by=cast.deputy, at=later)

    one.refresh_from_db()
    assert (one.level, one.state, one.turn) == ("red", "raised", 2)
    assert one.deadline == later + 15 * MINUTE
    assert [step.rung for step in one.escalations.all()] == ["amber duty", "red duty"]
    acknowledge(one, cast.deputy, at=later, look=later + MINUTE)
    assert Acknowledgement.objects.count() == 2


def test_a_level_is_lowered_only_with_a_reason(visits, cast):
    one = concern(visits[0])

    with pytest.raises(InputError, match="presses less"):
        services.change_level(one.number, level="amber", why=" ", by=cast.desk, at=NOW)
    services.change_level(one.number, level="amber", why="Breathing well", by=cast.desk, at=NOW)

    one.refresh_from_db()
    assert (one.level, one.state) == ("amber", "raised")
    assert one.deadline == NOW + timedelta(hours=4)


def test_closing_takes_an_outcome_a_reason_and_an_acknowledgement(visits, cast):
    one = concern(visits[0])
    with pytest.raises(InputError, match="acknowledge it first"):
        close(one, cast.desk)
    acknowledge(one, cast.desk)
    for missing in ({"outcome": ""}, {"words": ""}):
        with pytest.raises(InputError):
            close(one, cast.desk, **missing)

    close(one, cast.desk)

    one.refresh_from_db()
    assert (one.state, one.outcome, one.closed_at) == ("closed", "advice given", NOW)


def test_the_visitor_hears_that_it_was_dealt_with_and_no_more(visits, cast):
    one = concern(visits[0], words="Her son shouts at her")
    acknowledge(one, cast.desk)

    close(one, cast.desk, words="Adult care visits on Friday")

    heard = Notification.objects.get(person=cast.sam)
    assert heard.subject == "Dealt with, thank you"
    assert "Friday" not in heard.body
    assert "son" not in heard.body


def test_the_database_refuses_to_close_without_outcome_or_whereabouts(visits):
    one = concern(visits[0])
    for wrong in (
        {"state": "closed", "closed_at": NOW},
        {"state": "closed", "closed_at": NOW, "outcome": "other", "kind": "no answer"},
        {"kind": "safeguarding", "released_at": NOW},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Concern.objects.filter(pk=one.pk).update(**wrong)


def test_what_is_opened_again_only_the_duty_manager_closes(visits, cast):
    one = concern(visits[0])
    acknowledge(one, cast.desk)
    close(one, cast.desk)
    services.reopen(one.number, why="She has not been rung", by=cast.deputy, at=NOW)

    with pytest.raises(PermissionDenied):
        close(one, cast.desk)
    close(one, cast.duty_manager)

    one.refresh_from_db()
    assert one.state == "closed"


def test_a_concern_passed_to_a_colleague_is_theirs_to_see_while_it_is(visits, cast):
    one = concern(visits[0])
    acknowledge(one, cast.desk)
    with pytest.raises(Http404):
        queries.concern(one.number, seen_by_person=cast.member)

    services.pass_on(
        one.number,
        to=str(cast.member.public_id),
        agency="",
        ground="agreed",
        words="Fit a ramp",
        look_again_at=SOON,
        by=cast.desk,
        at=NOW,
    )

    assert queries.concern(one.number, seen_by_person=cast.member).owner == cast.member
    assert Notification.objects.filter(person=cast.member, letter="L").exists()
    close(one, cast.member)
    with pytest.raises(Http404):
        queries.concern(one.number, seen_by_person=cast.member)


def test_passing_on_takes_somebody_and_a_ground(visits, cast):
    one = concern(visits[0])
    acknowledge(one, cast.desk)
    said = {"to": "", "agency": "Adult care", "ground": "law", "words": "Visit her"}
    said |= {"look_again_at": SOON, "by": cast.desk, "at": NOW}
    for wrong in ({"agency": ""}, {"ground": ""}, {"words": ""}, {"to": "nobody"}):
        with pytest.raises(InputError):
            services.pass_on(one.number, **said | wrong)

    services.pass_on(one.number, **said)

    one.refresh_from_db()
    assert (one.state, one.owner) == ("in hand", cast.desk)
    assert one.steps.get().words == "To Adult care. The law requires it. Visit her"


def test_safeguarding_leaves_every_list_but_its_leads(visits, cast):
    one = concern(visits[0], level="amber")
    acknowledge(one, cast.desk)
    services.release(one.number, by=cast.desk, at=NOW)
    later = NOW + MINUTE

    services.make_safeguarding(
        one.number, safe=False, why="Bruises, and he watches her", by=cast.desk, at=later
    )

    for person in (cast.desk, cast.deputy, cast.duty_manager):
        assert queries.open_concerns(person, now=later) == []
        with pytest.raises(Http404):
            acknowledge(one, person)
    (timed,) = queries.open_concerns(cast.safeguarding, now=later)
    assert timed.waits
    assert (timed.concern.level, timed.concern.released_at) == ("red", None)
    told = Notification.objects.filter(created_at=later)
    assert [notice.person for notice in told] == [cast.safeguarding]
    acknowledge(one, cast.safeguarding, at=later)
    with pytest.raises(InputError, match="No contact is ever told"):
        services.release(one.number, by=cast.safeguarding, at=later)


def test_a_safeguarding_lead_sees_no_other_concerns(visits, cast):
    concern(visits[0])
    ours = concern(visits[1], kind="safeguarding")

    seen = queries.open_concerns(cast.safeguarding, now=NOW)
    assert [one.concern for one in seen] == [ours]
    assert len(queries.open_concerns(cast.desk, now=NOW)) == 1


def test_concerns_about_one_resident_are_joined_by_a_person_and_closed_as_one(visits, cast):
    red = concern(visits[0])
    amber = concern(visits[0], level="amber", kind="home")
    other = concern(visits[1], level="amber")
    with pytest.raises(InputError, match="not about the same resident"):
        services.join(amber.number, to=other.number, by=cast.desk, at=NOW)
    with pytest.raises(InputError, match="presses more"):
        services.join(red.number, to=amber.number, by=cast.desk, at=NOW)

    services.join(amber.number, to=red.number, by=cast.desk, at=NOW)

    assert [one.concern for one in queries.open_concerns(cast.desk, now=NOW)] == [red, other]
    with pytest.raises(InputError, match="is joined to"):
        acknowledge(amber, cast.desk)
    acknowledge(red, cast.desk)
    amber.refresh_from_db()
    assert (amber.state, amber.acknowledgements.get().person) == ("acknowledged", cast.desk)
    later = concern(visits[0], level="request", kind="company")
    services.join(later.number, to=red.number, by=cast.deputy, at=NOW)
    assert later.acknowledgements.get().person == cast.deputy
    close(red, cast.desk)
    amber.refresh_from_db()
    assert (amber.state, amber.outcome) == ("closed", "advice given")


def card(visit, *, worried=False, step="card", at=NOW):
    body = {"step": step, "worried": worried, "noticed": "Milk on the step"}
    return event(visit, "no_answer_step", body, at=at)


def test_a_door_that_nobody_opened_is_amber_after_the_last_step(visits):
    card(visits[0], step="knocked")
    card(visits[0], step="knocked again")
    assert not Concern.objects.exists()

    one = card(visits[0]).concern

    assert (one.kind, one.level) == ("no answer", "amber")
    assert one.words == "Nobody came to the door. Milk on the step"


def test_it_is_red_for_high_priority_worry_or_the_second_time_in_a_row(visits, scheme):
    Resident.objects.filter(pk=visits[0].resident_id).update(priority="high")
    visits[0].resident.refresh_from_db()
    assert card(visits[0]).concern.level == "red"

    assert card(visits[1], step="knocked", worried=True).concern.level == "red"
    card(visits[1])  # the card comes later: it is the same door
    assert Concern.objects.filter(visit=visits[1]).count() == 1

    friday = NOW + timedelta(days=3)
    card(visits[2])
    services.list_day(scheme, friday.date(), at=NOW)
    again = visits[2].resident.visits.get(day=friday.date())
    assert card(again, at=friday).concern.level == "red"


def test_seen_in_between_it_is_no_second_time_in_a_row(visits, scheme):
    days = [NOW, NOW + timedelta(days=3), NOW + timedelta(days=7)]
    for day in days[1:]:
        services.list_day(scheme, day.date(), at=NOW)
    first, second, third = (visits[0].resident.visits.get(day=day.date()) for day in days)
    card(first, at=days[0])
    event(second, "visit_recorded", at=days[1])

    assert card(third, at=days[2]).concern.level == "amber"


def test_a_no_answer_is_not_closed_without_whereabouts(visits, cast):
    one = card(visits[0]).concern
    acknowledge(one, cast.desk)
    with pytest.raises(InputError, match="Enter where the resident is"):
        close(one, cast.desk)

    close(one, cast.desk, whereabouts="At her daughter’s; the daughter said so by telephone")

    one.refresh_from_db()
    assert one.state == "closed"


def test_the_desk_ladder_of_a_no_answer_shows_the_next_step_due(visits, cast):
    one = card(visits[0]).concern
    acknowledge(one, cast.desk, look=NOW + timedelta(hours=5))
    shown = []
    for step in ("desk_rings", "first_contact", "next_contact", "somebody_goes"):
        (timed,) = queries.open_concerns(cast.desk, now=NOW)
        shown.append((timed.due_at - NOW) // MINUTE)
        services.take_step(
            one.number, what=step, words="Nobody", look_again_at=NOW + timedelta(hours=5),
            by=cast.desk, at=NOW,
        )  # fmt: skip

    assert shown == [15, 30, 45, 120]


def test_somebody_goes_sooner_where_the_priority_is_high(visits, cast):
    Resident.objects.filter(pk=visits[0].resident_id).update(priority="high")
    visits[0].resident.refresh_from_db()
    one = card(visits[0]).concern

    told = queries.concerns.told(one.number, seen_by_person=cast.desk, now=NOW)

    assert [(step.due_at - NOW) // MINUTE for step in told.ladder] == [15, 30, 45, 60]


def test_somebody_who_answers_after_all_is_told_to_the_concern_and_a_person_closes_it(visits):
    one = card(visits[0]).concern
    event(visits[0], "visit_recorded")

    one.refresh_from_db()
    assert one.state == "raised"
    assert one.steps.get().words == "Somebody came to the door after all"


def test_help_and_999_are_red_whatever_else_is_known(visits, scheme):
    called = event(visits[0], "emergency_called").concern
    lost = event(None, "help_me", {"place": None}, scheme=scheme, visitor=visits[0].visitor)
    placed = event(
        visits[1], "help_me", {"place": {"latitude": 49.2, "longitude": -2.1, "metres": 9}}
    ).concern

    assert (called.level, called.words) == ("red", "999 was called.")
    assert (lost.concern.level, lost.concern.kind, lost.concern.resident) == ("red", "help", None)
    assert lost.concern.words.startswith("Sam Whitlock: Asks for help")
    assert "latitude 49.2, longitude -2.1" in placed.words


def test_who_wants_no_visits_any_more_is_not_called_on_again(visits, scheme, cast):
    event(visits[0], "visits_unwanted", {"note": "Leave me be"})
    resident = Resident.objects.get(pk=visits[0].resident_id)
    friday = (NOW + timedelta(days=3)).date()

    assert not queries.agreeing([resident], NOW.date())
    assert queries.suspended_on([resident], friday) == {resident.pk}
    services.list_day(scheme, friday, at=NOW)
    assert not resident.visits.filter(day=friday).exists()
    (timed,) = queries.open_concerns(cast.desk, now=NOW)
    assert timed.concern.level == "request"
    assert Agreement.objects.filter(resident=resident, agrees=False).count() == 1
    assert (resident.state, resident.ended_why) == ("ended", "asked")


def test_a_visit_that_is_listed_already_shows_as_paused_after_it(visits, scheme):
    friday = (NOW + timedelta(days=3)).date()
    services.list_day(scheme, friday, at=NOW)

    event(visits[0], "visits_unwanted")

    shown = {one.visit.resident_id: one for one in queries.of_day(scheme, friday, now=NOW)}
    assert shown[visits[0].resident_id].words == "Paused"


def test_a_corrected_event_is_told_to_its_concern(visits):
    first = event(visits[0], "concern_raised", {"level": "amber", "kind": "home", "words": "Cold"})
    event(
        visits[0],
        "correction",
        {"corrects": str(first.pk), "body": {"words": "Boiler mended"}, "type": "visit_recorded"},
    )

    assert first.concern.steps.get().words == "Corrected: Boiler mended"


def test_a_correction_into_a_concern_opens_it(visits):
    first = event(visits[0], "visit_recorded")
    event(
        visits[0],
        "correction",
        {
            "corrects": str(first.pk),
            "type": "concern_raised",
            "body": {"level": "red", "kind": "health", "words": "Grey in the face"},
        },
    )

    assert Concern.objects.get().level == "red"


def test_the_desk_writes_down_what_it_is_told(visits, cast):
    said = services.NewConcern(
        str(visits[0].resident.public_id), "request", "home", "A ramp", "telephone"
    )

    made = services.raise_concern(said, by=cast.desk, at=NOW)

    assert (made.visit, made.origin) == (visits[0], "telephone")
    assert made.deadline == datetime(2027, 3, 3, 18, tzinfo=UTC)
    assert AuditEntry.objects.get(action="raise a concern").by == cast.desk.public_id
    with pytest.raises(PermissionDenied):
        services.raise_concern(said, by=cast.sam, at=NOW)


def test_a_joined_concern_that_is_opened_again_is_on_the_board_by_itself(visits, cast):
    main, other = concern(visits[0]), concern(visits[0], level="amber")
    services.join(other.number, to=main.number, by=cast.desk, at=NOW)
    look = {"look_again_at": NOW + timedelta(hours=1), "by": cast.desk, "at": NOW}
    services.acknowledge(main.number, will_do="Ring", **look)
    services.close(
        main.number, outcome="other", words="Rang", whereabouts="", by=cast.desk, at=NOW
    )

    services.reopen(other.number, why="Only one of them was seen to", by=cast.desk, at=NOW)

    assert [one.concern for one in queries.open_concerns(cast.desk, now=NOW)] == [other]
    services.take_step(other.number, what="noted", words="Rang again", **look)


def test_the_steps_at_a_closed_door_go_on_when_it_is_joined_to_another(visits, cast):
    red = concern(visits[0])
    event(visits[0], "no_answer_step", {"step": "card"})
    door = Concern.objects.get(kind="no answer")
    for one in (red, door):
        acknowledge(one, cast.desk)
    look = {"look_again_at": SOON, "by": cast.desk, "at": NOW}
    services.take_step(door.number, what="desk_rings", words="She does not pick up", **look)
    services.join(door.number, to=red.number, by=cast.desk, at=NOW)

    [left] = queries.open_concerns(cast.desk, now=NOW)

    assert left.concern == red
    assert left.next_step.key == "first_contact"
    services.look_at_timers(NOW + 31 * MINUTE)
    assert red.escalations.filter(rung="step first_contact").exists()
    form = forms.Step(concern=red)
    assert "first_contact" in dict(form.fields["what"].choices)
    event(visits[0], "visit_recorded", {"answers": {}})
    assert red.steps.filter(words="Somebody came to the door after all").exists()


def test_a_closed_door_is_not_given_away_and_its_steps_go_on(client, visits, cast):
    event(visits[0], "no_answer_step", {"step": "card"})
    door = Concern.objects.get()
    with pytest.raises(InputError, match="Nobody knows yet where the resident is"):
        services.make_safeguarding(
            door.number, safe=False, why="Shouting inside", by=cast.desk, at=NOW
        )
    door.refresh_from_db()
    assert (door.kind, door.turn) == ("no answer", 1)
    client.force_login(cast.desk)
    page = client.get(f"/visits/concerns/{door.number}/").content.decode()
    assert "Give it to the safeguarding lead" not in page
    new = services.NewConcern(
        str(door.resident.public_id), "red", "safeguarding", "Shouting inside", "desk"
    )
    services.raise_concern(new, by=cast.desk, at=NOW)
    [lead] = queries.open_concerns(cast.safeguarding, now=NOW)
    assert lead.concern.words == "Shouting inside"
