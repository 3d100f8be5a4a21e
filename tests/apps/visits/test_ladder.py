"""What nobody acknowledges goes up by itself, each rung once, from what the database holds."""

from datetime import timedelta

import pytest

from tests.apps.visits.conftest import NOW
from tests.apps.visits.happening import concern, event
from trialogue.accounts.models import Membership, Notification, Person
from trialogue.visits import queries, services
from trialogue.visits.models import DutyShift, Escalation, Watch
from trialogue.visits.queries import watch

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def numbers(scheme):
    """Everybody on the rota has a telephone."""
    for number, shift in enumerate(DutyShift.objects.order_by("pk")):
        shift.telephone = f"0770090000{number}"
        shift.save()


def look(minutes):
    services.look_at_timers(NOW + minutes * MINUTE)


def climbed(one):
    return [step.rung for step in Escalation.objects.filter(concern=one).order_by("done_at", "pk")]


def told(rung):
    """Who was told by a rung, and how."""
    rows = Notification.objects.filter(key__contains=f" {rung} ").select_related("person")
    return sorted((row.person.name, row.channel) for row in rows)


def test_a_red_climbs_to_the_deputy_the_manager_and_everyone(visits, numbers):
    one = concern(visits[0])
    for minutes in (1, 4, 5, 9, 10, 14, 15, 16, 20, 21):
        look(minutes)
        look(minutes)  # looked at twice is as once

    assert climbed(one) == [
        *("red duty", "red deputy", "red manager", "red missed", "red missed, again 1"),
    ]
    both = ("email", "text")
    assert told("red duty") == [("Jo Petrie", how) for how in both]
    assert told("red deputy") == [(n, h) for n in ("Ali Rahman", "Jo Petrie") for h in both]
    assert told("red manager") == [("Ruth Adeyemi", how) for how in both]
    everyone = ("Ali Rahman", "Jo Petrie", "Ruth Adeyemi")
    assert told("red missed") == [(name, how) for name in everyone for how in both]
    missed = one.escalations.get(rung="red missed")
    assert missed.due_at == one.deadline


def test_nothing_goes_up_once_somebody_has_it(visits, cast):
    one = concern(visits[0])
    look(5)
    services.acknowledge(
        one.number, will_do="Ring", look_again_at=NOW + timedelta(hours=2), by=cast.deputy, at=NOW
    )

    look(90)

    assert climbed(one) == ["red duty", "red deputy"]


def test_after_a_stop_the_most_overdue_is_done_first_and_nobody_is_told_twelve_times(visits):
    late = concern(visits[0])
    later = concern(visits[1], at=NOW + 50 * MINUTE)

    look(62)  # the worker stood still for an hour

    assert climbed(late) == [
        *("red duty", "red deputy", "red manager", "red missed", "red missed, again 9"),
    ]
    assert climbed(later) == ["red duty", "red deputy", "red manager"]
    done = list(Escalation.objects.exclude(rung="red duty").order_by("pk"))
    assert [step.due_at for step in done] == sorted(step.due_at for step in done)


def test_an_amber_at_night_is_told_when_the_desk_opens(visits):
    evening = NOW + timedelta(hours=11)  # 7pm
    one = concern(visits[0], level="amber", at=evening)
    assert climbed(one) == []

    services.look_at_timers(evening + timedelta(hours=12))
    assert climbed(one) == []
    services.look_at_timers(evening + timedelta(hours=13))

    assert climbed(one) == ["amber duty"]


def test_a_request_troubles_nobody_by_text(visits, numbers):
    concern(visits[0], level="request")

    assert told("request duty") == [("Jo Petrie", "email")]


def test_what_nobody_could_be_told_goes_on_to_the_next_at_once(visits, numbers):
    one = concern(visits[0])
    text = Notification.objects.get(channel="text")
    Notification.objects.filter(pk=text.pk).update(problem="permanent-failure", delivery="failed")
    look(1)
    assert climbed(one) == ["red duty"]  # the e-mail is on its way

    Notification.objects.update(problem="Connection refused")
    look(2)

    assert climbed(one) == ["red duty", "red deputy"]
    assert ("Ali Rahman", "text") in told("red deputy")


def test_nobody_on_the_rota_means_everybody_at_the_desk(visits, scheme):
    DutyShift.objects.all().delete()

    one = concern(visits[0])

    assert {name for name, _ in told("red duty")} == {"Jo Petrie", "Ali Rahman", "Ruth Adeyemi"}
    assert one.escalations.get().result.endswith("(nobody on the rota)")


def test_with_nobody_at_all_every_rung_is_climbed_and_says_so(visits, scheme):
    DutyShift.objects.all().delete()
    Membership.objects.update(roles=[])

    one = concern(visits[0])
    look(0)

    assert climbed(one) == ["red duty", "red deputy", "red manager", "red missed"]
    assert all("Nobody could be told" in step.result for step in one.escalations.all())


def test_who_has_left_is_not_counted_as_on_duty(visits, cast):
    Person.objects.filter(pk=cast.desk.pk).update(is_active=False)

    concern(visits[0])

    assert {name for name, _ in told("red duty")} == {"Ali Rahman", "Ruth Adeyemi"}


def test_safeguarding_climbs_to_its_leads_alone(visits, cast, council):
    second = Person.objects.create(email="s@wrenmoor.example", name="Una Ray", created_at=NOW)
    Membership.objects.create(
        person=second, organisation=council, roles=["safeguarding lead"], created_at=NOW
    )
    concern(visits[0], kind="safeguarding")
    for minutes in (5, 10, 15, 20):
        look(minutes)

    assert {name for name, _ in told("red duty")} == {"Nell Fox"}
    assert {row.person.name for row in Notification.objects.all()} == {"Nell Fox", "Una Ray"}


def test_the_owner_is_told_when_it_is_time_to_look_again(visits, cast):
    one = concern(visits[0])
    again = NOW + 30 * MINUTE
    services.acknowledge(one.number, will_do="Ring", look_again_at=again, by=cast.deputy, at=NOW)
    look(29)
    assert climbed(one) == ["red duty"]

    look(30)
    look(31)

    assert [name for name, _ in told("look again 2027-03-02 08:30")] == ["Ali Rahman"]


def test_what_is_not_closed_in_a_day_comes_back_to_the_manager_each_day(visits, cast):
    one = concern(visits[0])
    far = NOW + timedelta(days=20)
    services.acknowledge(one.number, will_do="Ring", look_again_at=far, by=cast.desk, at=NOW)
    for hours in (23, 24, 25, 48):
        services.look_at_timers(NOW + timedelta(hours=hours))

    assert climbed(one) == ["red duty", "not closed 1", "not closed 2"]
    assert [name for name, _ in told("not closed 1")] == ["Ruth Adeyemi"]
    (timed,) = queries.open_concerns(cast.desk, now=NOW + timedelta(hours=25))
    assert timed.back


def test_each_step_of_a_no_answer_is_told_until_it_is_done(visits, cast):
    one = event(visits[0], "no_answer_step", {"step": "card"}).concern
    look_again = NOW + timedelta(hours=9)
    services.acknowledge(
        one.number, will_do="Ring", look_again_at=look_again, by=cast.desk, at=NOW
    )
    look(15)
    services.take_step(
        one.number, what="first_contact", words="No reply", look_again_at=look_again,
        by=cast.desk, at=NOW + 20 * MINUTE,
    )  # fmt: skip
    look(45)

    assert climbed(one)[1:] == ["step desk_rings", "step next_contact"]


def test_what_is_joined_goes_up_with_the_other(visits, cast):
    red, second = concern(visits[0]), concern(visits[0])
    services.join(second.number, to=red.number, by=cast.desk, at=NOW)

    look(5)

    assert climbed(second) == ["red duty"]
    assert climbed(red) == ["red duty", "red deputy"]


def test_health_fails_when_nobody_looks_or_a_rung_is_overdue(client, visits):
    assert watch.troubles(NOW) == ["timers not looked at yet"]
    look(0)
    assert watch.troubles(NOW + 60 * SECOND) == []
    assert "timers not looked at since" in watch.troubles(NOW + 61 * SECOND)[0]

    concern(visits[0])
    Watch.objects.update(looked_at=NOW + timedelta(hours=1))
    assert watch.troubles(NOW + 5 * MINUTE + 59 * SECOND) == []
    (late,) = watch.troubles(NOW + 6 * MINUTE)
    assert late == "rungs overdue: 1, the first since 08:05Z"

    Watch.objects.update(looked_at=NOW - timedelta(days=365))  # the page asks the real clock
    answer = client.get("/health/escalation")
    assert answer.status_code == 503
    assert b"timers not looked at" in answer.content


def test_health_is_well_before_any_scheme(client, db):
    answer = client.get("/health/escalation")

    assert (answer.status_code, answer.content) == (200, b"ok")


def test_looking_asks_as_often_for_fifty_concerns_as_for_one(visits, django_assert_num_queries):
    concern(visits[0])
    with django_assert_num_queries(4):
        watch.due_rungs(NOW)
    for number in range(49):
        concern(visits[number % 6], level="amber")

    with django_assert_num_queries(4):
        watch.due_rungs(NOW)


def test_a_test_goes_once_a_week_to_everybody_on_the_rota_by_every_channel(scheme, numbers):
    assert services.send_test_notices(NOW) == 4
    assert services.send_test_notices(NOW + timedelta(days=1)) == 0

    rows = Notification.objects.filter(letter="R")
    assert sorted(row.channel for row in rows) == ["email"] * 4 + ["text"] * 4
    assert services.send_test_notices(NOW + timedelta(days=7)) == 4
