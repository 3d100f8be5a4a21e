import pytest

from tests.apps.conftest import NOW
from trialogue.accounts.models import AuditEntry, Membership, Person, ServiceArea
from trialogue.ideas.models import Idea
from trialogue.methods.problems import InputError
from trialogue.site import handing_over
from trialogue.trials.models import Trial, TrialMember


def make(council, name, *roles):
    made = Person.objects.create(email=f"{name}@wrenmoor.example", name=name, created_at=NOW)
    Membership.objects.create(person=made, organisation=council, roles=list(roles), created_at=NOW)
    return made


@pytest.fixture
def people(council):
    roles = {"Gareth": "administrator", "Ruth": "manager", "Tom": "member"}
    return {name: make(council, name, role) for name, role in roles.items()}


@pytest.fixture
def trial(people):
    made = Trial.objects.create(
        public_id="EC-0000000001T",
        title="Evening text",
        created_by=people["Ruth"],
        created_at=NOW,
        similar={},
    )
    TrialMember.objects.create(trial=made, person=people["Ruth"], role="lead", since=NOW)
    return made


@pytest.fixture
def owned(people, trial):
    """A service area, an idea to answer and a trial to lead, all Ruth's."""
    ruth = people["Ruth"]
    area = ServiceArea.objects.create(name="Streets", slug="streets", manager=ruth)
    Idea.objects.create(
        title="One form for missed bins",
        slug="bins",
        problem="Three forms",
        proposal="One",
        collaboration="workforce",
        area=area,
        status="open",
        sent_at=NOW,
        checked_at=NOW,
        answer_due_on=NOW.date(),
        to_answer=ruth,
        created_by=ruth,
        created_at=NOW,
    )


def hand_over(people, to="Tom"):
    return handing_over.hand_over(
        from_id=people["Ruth"].public_id,
        to_id=str(people[to].public_id),
        by=people["Gareth"],
        at=NOW,
    )


def test_all_that_a_person_owns_goes_to_one_colleague(people, owned):
    before = handing_over.owned_by(people["Ruth"])

    assert hand_over(people) == 3
    assert hand_over(people) == 0

    assert handing_over.owned_by(people["Ruth"]) == ()
    assert handing_over.owned_by(people["Tom"]) == before
    assert [thing.kind for thing in before] == ["Service area", "Idea", "Trial"]
    assert AuditEntry.objects.filter(action="hand over").count() == 3


def test_nobody_becomes_both_lead_and_safety_person_and_then_nothing_moves(people, owned, trial):
    TrialMember.objects.create(trial=trial, person=people["Tom"], role="safety person", since=NOW)
    before = handing_over.owned_by(people["Ruth"])

    with pytest.raises(InputError, match="both lead and safety person of Evening text"):
        hand_over(people)

    assert handing_over.owned_by(people["Ruth"]) == before


def test_a_part_the_colleague_has_already_is_not_doubled(people, trial):
    TrialMember.objects.create(trial=trial, person=people["Tom"], role="lead", since=NOW)

    hand_over(people)

    assert [part.person for part in trial.members.all()] == [people["Tom"]]


def test_handing_over_in_the_page(client, people, owned, django_assert_max_num_queries):
    client.force_login(people["Gareth"])
    address = f"/settings/people/{people['Ruth'].public_id}/hand-over/"
    client.get("/account/")

    with django_assert_max_num_queries(12):
        page = client.get(address).content.decode()
    assert "One form for missed bins" in page
    assert "Choose who takes over" in client.post(address).content.decode()
    client.post(address, {"to": people["Tom"].public_id})

    assert len(handing_over.owned_by(people["Tom"])) == 3
