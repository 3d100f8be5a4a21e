from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from tests.apps.conftest import NOW
from trialogue.accounts import queries, services
from trialogue.accounts.models import (
    AuditEntry,
    Membership,
    Organisation,
    Person,
    ServiceArea,
)
from trialogue.methods.problems import InputError


def make(council, name, *roles):
    made = Person.objects.create(email=f"{name}@wrenmoor.example", name=name, created_at=NOW)
    Membership.objects.create(person=made, organisation=council, roles=list(roles), created_at=NOW)
    return made


@pytest.fixture
def administrator(council):
    return make(council, "Gareth", "administrator")


def again(person):
    return Person.objects.get(pk=person.pk)


def set_roles(person, *roles, by):
    services.set_roles(
        public_id=person.public_id, organisation="wrenmoor", roles=roles, by=by, at=NOW
    )


def test_the_last_administrator_cannot_be_ended_nor_lose_the_role(administrator):
    with pytest.raises(InputError, match="the last administrator"):
        services.end_access(public_id=administrator.public_id, by=administrator, at=NOW)
    with pytest.raises(InputError, match="the last administrator"):
        set_roles(administrator, "member", by=administrator)

    assert "administrator" in again(administrator).roles


def test_one_of_two_administrators_can_be_ended(council, administrator):
    second = make(council, "Helen", "administrator")

    services.end_access(public_id=administrator.public_id, by=second, at=NOW)

    assert again(administrator).roles == frozenset()


def test_the_end_of_access_ends_sessions_and_tokens_and_frees_the_address(
    client, council, administrator
):
    tom = make(council, "Tom", "member")
    token = services.make_token(label="waste", by=tom, at=NOW)
    client.force_login(tom)

    for _ in range(2):
        services.end_access(public_id=tom.public_id, by=administrator, at=NOW)

    assert client.get("/account/").status_code == 302
    assert services.person_of_token(token, NOW) is None
    assert not Person.objects.filter(email="Tom@wrenmoor.example").exists()
    assert again(tom).name == "Tom"
    assert AuditEntry.objects.filter(action="end access").count() == 1


def test_who_answers_for_a_service_hands_over_before_access_ends(council, administrator):
    ruth, tom = make(council, "Ruth", "manager"), make(council, "Tom", "manager")
    services.save_area(
        slug="",
        name="Street care",
        manager=str(ruth.public_id),
        stand_in="",
        by=administrator,
        at=NOW,
    )
    with pytest.raises(InputError, match="still answers for Street care"):
        services.end_access(public_id=ruth.public_id, by=administrator, at=NOW)

    asked = {"from_id": ruth.public_id, "to_id": tom.public_id, "by": administrator, "at": NOW}
    assert services.hand_over_areas(**asked) == 1
    assert services.hand_over_areas(**asked) == 0
    services.end_access(public_id=ruth.public_id, by=administrator, at=NOW)

    assert ServiceArea.objects.get().manager == tom


def test_things_are_handed_to_colleagues_only(council, administrator):
    partner = Organisation.objects.create(name="Mail", slug="mail", kind="partner", created_at=NOW)
    sam = Person.objects.create(email="sam@mail.example", name="Sam", created_at=NOW)
    Membership.objects.create(person=sam, organisation=partner, created_at=NOW)

    for to in (sam, administrator):
        with pytest.raises(InputError, match="Choose a colleague"):
            services.hand_over_areas(
                from_id=administrator.public_id, to_id=to.public_id, by=administrator, at=NOW
            )


def test_roles_are_changed_with_before_and_after_in_the_audit_trail(council, administrator):
    tom = make(council, "Tom", "member")

    for _ in range(2):
        set_roles(tom, "member", "manager", by=administrator)

    (entry,) = AuditEntry.objects.filter(action="set roles")
    assert (entry.before, entry.after) == (
        {"roles": ["member"]},
        {"roles": ["member", "manager"]},
    )


@pytest.mark.parametrize("role", ["member", "manager", "data protection officer"])
def test_nobody_but_an_administrator_changes_people_or_settings(council, administrator, role):
    by = make(council, "Tom", role)
    acts = (
        lambda: set_roles(by, "administrator", by=by),
        lambda: services.end_access(public_id=administrator.public_id, by=by, at=NOW),
        lambda: services.add_partner(name="Mail", by=by, at=NOW),
        lambda: services.set_pauses([], by=by, at=NOW),
        lambda: services.change_council(
            version=1, name="Ours", contact="", gss_code="", zone="Europe/London", by=by, at=NOW
        ),
    )

    for act in acts:
        with pytest.raises(PermissionDenied):
            act()


def change_council(by, version=1, **changed):
    details = {"name": "Wrenmoor", "contact": "", "gss_code": "", "zone": "Europe/London"}
    return services.change_council(version=version, by=by, at=NOW, **details | changed)


def test_two_administrators_do_not_overwrite_each_other(administrator):
    change_council(administrator, contact="01632 960001")

    with pytest.raises(InputError, match="contact is 01632 960001"):
        change_council(administrator, contact="01632 960002")

    assert queries.council().contact == "01632 960001"


@pytest.mark.parametrize(
    ("changed", "column"),
    [({"name": ""}, "name"), ({"zone": "Moon/Base"}, "zone"), ({"gss_code": "12"}, "gss_code")],
)
def test_wrong_details_of_the_council_change_nothing(administrator, changed, column):
    with pytest.raises(InputError) as refused:
        change_council(administrator, **changed)

    assert refused.value.problems[0].column == column
    assert queries.council().version == 1


def test_a_pause_covers_its_first_and_last_day(administrator):
    services.set_pauses(
        [(date(2027, 3, 22), date(2027, 5, 6), "Local elections")], by=administrator, at=NOW
    )

    assert queries.paused_on(date(2027, 3, 22)).why == "Local elections"
    assert queries.paused_on(date(2027, 5, 6))
    assert queries.paused_on(date(2027, 5, 7)) is None


def test_a_pause_that_ends_before_it_begins_is_refused(administrator):
    with pytest.raises(InputError, match="on or after"):
        services.set_pauses(
            [(date(2027, 5, 6), date(2027, 3, 22), "Elections")], by=administrator, at=NOW
        )


def test_a_token_is_shown_once_and_does_what_its_person_may(client, person):
    client.force_login(person)

    page = client.post("/account/tokens/", {"label": "waste system"}).content.decode()
    token = page.partition('app-token">')[2].partition("<")[0]

    assert services.person_of_token(token, NOW) == person
    assert token not in client.get("/account/tokens/").content.decode()
    assert services.person_of_token("trialogue_guess", NOW) is None


def test_a_token_asked_for_twice_is_made_once(person):
    services.make_token(label="Waste", by=person, at=NOW)

    with pytest.raises(InputError, match="a token called"):
        services.make_token(label="waste", by=person, at=NOW)


def test_a_revoked_token_opens_nothing_and_nobody_revokes_anothers(council, person):
    token = services.make_token(label="waste", by=person, at=NOW)
    other = make(council, "Tom", "member")
    held = person.tokens.get().public_id

    services.revoke_token(public_id=held, by=other, at=NOW)
    assert services.person_of_token(token, NOW) == person
    services.revoke_token(public_id=held, by=person, at=NOW)

    assert services.person_of_token(token, NOW) is None


def test_signing_out_everywhere_keeps_this_browser(client, person):
    elsewhere = type(client)()
    for one in (client, elsewhere):
        one.force_login(person)

    client.post("/account/sign-out-everywhere/")

    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_own_details_are_changed_and_the_trail_names_fields_only(client, person):
    client.force_login(person)

    client.post("/account/change/", {"name": "Priya N", "job": "Streets"})

    assert again(person).name == "Priya N"
    entry = AuditEntry.objects.get(action="change details")
    assert entry.after == {"fields": ["name", "job"]}


@pytest.fixture
def busy(council, administrator):
    """Some changes by two people, on two days."""
    tom = make(council, "Tom", "member")
    for at, by, thing in (
        (NOW, tom, "EC-1"),
        (NOW.replace(day=5), tom, "EC-2"),
        (NOW.replace(day=5, hour=23, minute=59), administrator, "EC-2"),
    ):
        services.record(by=by, action="amend", on="trial", thing=thing, at=at, after={"n": 1})
    return administrator


def found(**asked):
    return [(row.thing, row.at.day) for row in queries.audit(**asked)]


def test_the_trail_is_filtered_by_person_thing_and_day(busy):
    assert found(who="tom") == [("EC-2", 5), ("EC-1", 3)]
    assert found(thing="EC-2") == [("EC-2", 5), ("EC-2", 5)]
    assert found(first=date(2027, 2, 4), last=date(2027, 2, 5)) == [("EC-2", 5), ("EC-2", 5)]
    assert found(last=date(2027, 2, 4), thing="trial") == [("EC-1", 3)]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?who=tom",
        "?first_day=4&first_month=2&first_year=2027",
        "?first_day=40",
        "?format=csv",
        "?page=9",
    ],
)
def test_the_page_of_the_trail_opens(client, busy, query, django_assert_max_num_queries):
    client.force_login(busy)
    client.get("/settings/audit/")

    with django_assert_max_num_queries(12):
        answer = client.get(f"/settings/audit/{query}")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/settings/",
        "/settings/council/",
        "/settings/areas/new/",
        "/settings/pauses/new/",
        "/settings/people/",
        "/settings/people/?who=tom&format=csv",
        "/settings/people/invite/",
        "/settings/people/partner/",
    ],
)
def test_pages_of_settings_are_light(client, busy, address, django_assert_max_num_queries):
    client.force_login(busy)
    client.get("/account/")

    with django_assert_max_num_queries(12):
        assert client.get(address).status_code == 200


def test_settings_are_changed_in_the_pages(client, busy, council):
    client.force_login(busy)
    tom = Person.objects.get(name="Tom")

    client.post(
        "/settings/council/",
        {
            "name": "Wrenmoor",
            "contact": "x",
            "gss_code": "",
            "zone": "Europe/London",
            "version": 1,
        },
    )
    client.post("/settings/areas/new/", {"name": "Streets", "manager": tom.public_id})
    day = {"day": "4", "month": "2", "year": "2027"}
    pause = {f"{end}_{part}": day[part] for end in ("first", "last") for part in day}
    pause["why"] = "Elections"
    client.post("/settings/pauses/new/", pause)
    client.post("/settings/test-message/")
    client.post(f"/settings/people/{tom.public_id}/roles/wrenmoor/", {"roles": ["manager"]})

    page = client.get("/settings/").content.decode()
    assert "Tom answers" in page
    assert "4 February 2027 to 4 February 2027: Elections" in page
    assert "manager" in again(tom).roles
    assert busy.notifications.count() == 1
    client.post("/settings/pauses/end/", {"first": "2027-02-04", "last": "2027-02-04"})
    assert queries.pauses() == ()


def test_an_older_copy_of_the_settings_is_shown_the_newer_words(client, busy, council):
    change_council(busy, contact="new words")
    client.force_login(busy)
    sent = {"name": "Mine", "contact": "", "gss_code": "", "zone": "Europe/London", "version": 1}

    page = client.post("/settings/council/", sent).content.decode()

    assert "contact is new words" in page
    assert 'value="Mine"' in page
    assert 'name="version" value="2"' in page


def test_access_is_ended_on_a_page_of_its_own(client, busy):
    client.force_login(busy)
    tom = Person.objects.get(name="Tom")

    assert (
        "cannot be undone" in client.get(f"/settings/people/{tom.public_id}/end/").content.decode()
    )
    client.post(f"/settings/people/{tom.public_id}/end/")

    assert not again(tom).is_active
    assert (
        "the last administrator"
        in client.post(f"/settings/people/{busy.public_id}/end/").content.decode()
    )


def test_an_invitation_can_be_copied_when_e_mail_does_not_go(client, busy):
    client.force_login(busy)
    asked = {
        "name": "Ruth",
        "email": "ruth@wrenmoor.example",
        "organisation": "wrenmoor",
        "roles": ["manager"],
    }

    page = client.post("/settings/people/invite/", asked).content.decode()

    assert "/account/invitation/" in page
    assert "/account/invitation/" in client.get("/settings/people/").content.decode()


def test_a_resident_who_asks_is_forgotten_by_name_and_address(client, council, administrator):
    jean = Person.objects.create(email="jean@post.example", name="Jean Okoye", created_at=NOW)
    client.force_login(administrator)
    assert "Jean Okoye" in client.get("/settings/people/").content.decode()

    page = client.get(f"/settings/people/{jean.public_id}/end/").content.decode()
    client.post(f"/settings/people/{jean.public_id}/end/", follow=True)

    assert "name and e-mail address are deleted" in page
    assert again(jean).name == "A resident"
    assert again(jean).email.endswith("@left.invalid")
    assert "Jean Okoye" not in client.get("/settings/people/").content.decode()
