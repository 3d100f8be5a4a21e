import itertools

import pytest
from django.urls import URLResolver, get_resolver

from tests.apps.conftest import NOW
from trialogue.accounts import permissions, services
from trialogue.accounts.models import AuditEntry, Membership, Organisation, Person

# Roles that a partner's people have; all others are the council's.
OF_A_PARTNER = {"partner's member", "round manager", "visitor"}
ROLES = {
    "signed out": None,
    "partner's member": [],
    "round manager": ["round manager"],
    "visitor": ["visitor"],
    "member": ["member"],
    "manager": ["manager"],
    "administrator": ["administrator"],
    "data protection officer": ["data protection officer"],
    "duty desk": ["duty desk"],
    "duty manager": ["duty manager"],
    "safeguarding lead": ["safeguarding lead"],
    "commissioner": ["commissioner"],
}
NOBODY = "00000000-0000-4000-8000-000000000000"


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


EVERY = list(patterns(get_resolver()))


@pytest.mark.parametrize(("address", "entry"), EVERY)
def test_every_address_declares_what_it_lets_a_person_do(address, entry):
    assert entry.callback.action in permissions.MAY, f"/{address} has no rule"


def filled(address, entry):
    """An address of something that is not there, as somebody who guesses would write it."""
    if "commons/v1/entries/" in address:
        return "/commons/v1/entries/000/000.ndjson"
    text = address.lstrip("^")
    for name, converter in entry.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        value = {"uuid": NOBODY, "int": "999999"}.get(kind, "nothing")
        if name in ("upload_id", "work_id"):
            value = NOBODY
        for said in (f"<{kind}:{name}>", f"<{name}>", f"<string:{name}>", f"<str:{name}>"):
            text = text.replace(said, value)
    assert "<" not in text, text
    return f"/{text}"


@pytest.fixture
def somebody(council):
    """Make somebody with a role; nobody for the one who is signed out."""
    made = itertools.count()

    def make(role):
        if ROLES[role] is None:
            return None
        where = council
        if role in OF_A_PARTNER:
            where = Organisation.objects.create(
                name="Moorland Mail", slug="mail", kind="partner", created_at=NOW
            )
        person = Person.objects.create(
            email=f"{next(made)}@wrenmoor.example", name=role, created_at=NOW
        )
        Membership.objects.create(
            person=person, organisation=where, roles=ROLES[role], created_at=NOW
        )
        return Person.objects.get(pk=person.pk)

    return make


@pytest.mark.parametrize("role", ROLES)
def test_every_address_opens_to_the_roles_that_may_and_to_no_other(client, somebody, role):
    person = somebody(role)
    roles = person.roles | {"anyone"} if person else {"anyone"}
    token = services.make_token(label="a program", by=person, at=NOW) if person else ""
    wrong = []
    for address, entry in EVERY:
        by_method = getattr(entry.callback, "actions", {})
        for method in ("get", "post"):
            action = by_method.get(method.upper(), entry.callback.action)
            may = bool(permissions.MAY[action] & roles)
            if may and method == "post":
                continue
            in_api = address.startswith("api/")
            headers = {"Authorization": f"Bearer {token}"} if in_api and token else {}
            if person and not in_api:
                client.force_login(person)
            status = getattr(client, method)(filled(address, entry), headers=headers).status_code
            if may:
                right = status not in (401, 403) and status < 500
            elif in_api:
                # A call that is not understood (422) is refused before it is known whose it is.
                right = status in ((403, 404, 405, 422) if person else (401, 405))
            elif person:
                right = status in (403, 404)
            else:
                right = status == 302
            if not right:
                wrong.append(f"{method} /{address}: {status}, may: {may}")

    assert wrong == []
    assert not AuditEntry.objects.exclude(action__in=("sign in", "make a token")).exists()


def test_the_table_of_rules_names_no_role_that_nobody_can_have():
    roles = set().union(*permissions.MAY.values())

    assert roles <= {
        *("anyone", "signed in", "staff", "manager", "administrator"),
        *("data protection officer", "lead", "analyst", "team", "safety person", "idea manager"),
        *("duty desk", "duty manager", "safeguarding lead", "commissioner", "named person"),
        *("round manager", "visitor"),
    }


def test_site_says_it_is_well(client):
    assert client.get("/healthz").content == b"ok"


def test_a_page_is_light(client, council, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = client.get("/")

    assert len(page.content) < 50_000
