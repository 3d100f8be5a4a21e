"""A button pressed twice does once what it says: where no row's state could tell."""

from datetime import timedelta

import pytest

from tests.apps.visits.conftest import NOW
from tests.apps.visits.happening import concern
from trialogue.accounts.models import Notification
from trialogue.visits import services
from trialogue.visits.models import Concern, ConcernStep, DutyShift, HandOver

MOMENT = timedelta(seconds=2)


def twice(deed):
    """Do it, and again a moment later, and once more another day."""
    for at in (NOW, NOW + MOMENT, NOW + timedelta(days=1)):
        deed(at)


def test_what_was_told_to_the_desk_is_one_concern(residents, cast):
    for words in ("She is cold", "The boiler"):
        new = services.NewConcern(str(residents[0].public_id), "red", "home", words, "telephone")
        for after in (0, 2):
            services.raise_concern(new, by=cast.desk, at=NOW + timedelta(seconds=after))
    assert sorted(one.words for one in Concern.objects.all()) == ["She is cold", "The boiler"]
    services.raise_concern(new, by=cast.desk, at=NOW + timedelta(minutes=2))
    assert Concern.objects.count() == 3


@pytest.fixture
def in_hand(visits, cast):
    one = concern(visits[0])
    services.acknowledge(
        one.number,
        will_do="Ring her",
        look_again_at=NOW + timedelta(hours=1),
        by=cast.desk,
        at=NOW,
    )
    return one


def test_a_step_and_a_passing_on_are_written_down_once(in_hand, cast):
    def step(at):
        services.take_step(
            in_hand.number,
            what="noted",
            words="Rang her",
            look_again_at=at + timedelta(hours=1),
            by=cast.desk,
            at=at,
        )

    def pass_on(at):
        services.pass_on(
            in_hand.number,
            to=str(cast.deputy.public_id),
            agency="",
            ground="agreed",
            words="Go there",
            look_again_at=at + timedelta(hours=1),
            by=cast.desk,
            at=at,
        )

    twice(step)
    twice(pass_on)
    written = ConcernStep.objects.filter(concern=in_hand).values_list("what", flat=True)
    assert sorted(written) == ["noted", "noted", "passed on", "passed on"]
    passed = Notification.objects.filter(person=cast.deputy, subject__contains="is passed to you")
    assert passed.count() == 2


def test_a_shift_and_a_handing_over_are_one(scheme, cast):
    DutyShift.objects.all().delete()
    new = services.NewShift(
        "duty", str(cast.desk.public_id), NOW, NOW + timedelta(days=9), "07700 900123"
    )
    twice(lambda at: services.add_shift(scheme, new, by=cast.duty_manager, at=at))
    twice(
        lambda at: services.give_over(
            scheme, to=str(cast.deputy.public_id), words="All quiet", by=cast.desk, at=at
        )
    )
    assert (DutyShift.objects.count(), HandOver.objects.count()) == (1, 2)


def test_a_contact_is_added_once_and_told_what_was_agreed_last(residents, cast):
    for may_see in (("visited",), ("visited",), ("visited", "well")):
        contact = services.ContactGiven("Lou Kent", email="lou@home.example", may_see=may_see)
        services.add_contact(
            residents[0].public_id, contact, who="Ada", how="form", by=cast.desk, at=NOW
        )
    lou = residents[0].contacts.get(name="Lou Kent")
    assert [one.may_see for one in lou.agreements.all()] == [["visited", "well"], ["visited"]]
