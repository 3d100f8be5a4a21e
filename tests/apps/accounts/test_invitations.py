from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from tests.apps.conftest import NOW, PASSWORD
from trialogue.accounts import services
from trialogue.accounts.models import Invitation, Membership, Notification, Person
from trialogue.methods.problems import InputError


@pytest.fixture
def administrator(council):
    made = Person.objects.create(
        email="gareth@wrenmoor.example", name="Gareth Pugh", created_at=NOW
    )
    Membership.objects.create(
        person=made, organisation=council, roles=["administrator"], created_at=NOW
    )
    return made


def invite(by, at=NOW, **changed):
    asked = {
        "name": "Ruth Adeyemi",
        "email": "ruth@wrenmoor.example",
        "organisation": "wrenmoor",
        "roles": ["manager"],
    }
    return services.invite(**asked | changed, by=by, at=at)


def link_of(invitation):
    return services.invitation_link(invitation).partition("/account/")[2]


def test_an_invitation_names_the_role_and_the_inviter(administrator):
    invite(administrator)

    message = Notification.objects.get()
    assert message.subject == "You are invited to Trialogue at Wrenmoor Borough Council"
    assert "Gareth Pugh invites you as manager" in message.body
    assert "17 February 2027" in message.body


def test_the_link_is_kept_as_its_hash_alone(administrator):
    invitation = invite(administrator)
    token = link_of(invitation).split("/")[1]

    services.send_messages(NOW)

    row = Invitation.objects.values().get()
    assert token not in str(row)
    assert token not in str(Notification.objects.values().get())


def test_an_invited_person_sets_up_the_account_and_is_signed_in(client, administrator):
    invitation = invite(administrator)
    Invitation.objects.update(expires_at=NOW + timedelta(days=20_000))  # the page asks the clock
    address = f"/account/{link_of(invitation)}"
    assert "Gareth Pugh invites you to Wrenmoor" in client.get(address).content.decode()

    answer = client.post(address, {"name": "Ruth Adeyemi", "job": "Head", "password": PASSWORD})

    assert answer["Location"] == "/"
    made = Person.objects.get(email="ruth@wrenmoor.example")
    assert made.roles == {"signed in", "staff", "manager"}
    assert client.get(address).status_code == 410


def test_an_old_link_brings_a_new_one_to_the_same_address(client, administrator):
    invitation = invite(administrator)
    Invitation.objects.update(expires_at=NOW - timedelta(days=4000))
    address = f"/account/{link_of(invitation)}"

    assert "This link is too old" in client.get(address).content.decode()
    client.post(address)

    assert client.get(address).status_code == 404
    assert Notification.objects.filter(to_email="ruth@wrenmoor.example").count() == 2


def test_a_token_that_was_never_given_opens_nothing(client, council):
    assert client.get("/account/invitation/nothing/").status_code == 404


def test_asking_twice_invites_once(administrator):
    first = invite(administrator)
    second = invite(administrator, at=NOW + timedelta(seconds=2))

    assert link_of(first) == link_of(second)
    assert Notification.objects.count() == 1


def test_a_later_invitation_takes_the_place_of_the_first(administrator):
    first = invite(administrator)
    token = link_of(first).split("/")[1]

    invite(administrator, at=NOW + timedelta(days=1), roles=["member"])

    assert services.open_invitation(token) is None
    assert Invitation.objects.get().roles == ["member"]


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"name": " "}, "name"),
        ({"email": "ruth"}, "email"),
        ({"email": "GARETH@wrenmoor.example"}, "email"),
        ({"organisation": "nowhere"}, "organisation"),
        ({"roles": ["king"]}, "roles"),
        ({"roles": []}, "roles"),
    ],
)
def test_a_wrong_invitation_says_where_and_sends_nothing(administrator, changed, column):
    with pytest.raises(InputError) as refused:
        invite(administrator, **changed)

    assert [problem.column for problem in refused.value.problems] == [column]
    assert not Notification.objects.exists()


def test_people_of_a_partner_get_no_role_in_the_council(administrator):
    partner = services.add_partner(name="Moorland Mail", by=administrator, at=NOW)

    with pytest.raises(InputError, match="no role in the council"):
        invite(administrator, organisation=partner.slug, roles=["administrator"])


def test_a_weak_password_is_refused_in_our_words(administrator):
    token = link_of(invite(administrator)).split("/")[1]

    with pytest.raises(InputError, match="too short; use 10 characters or more"):
        services.accept_invitation(token, name="Ruth", job="", password="brick", at=NOW)


def test_only_an_administrator_invites(person):
    with pytest.raises(PermissionDenied):
        invite(person)
