"""The API: what it answers, how it refuses, and that its description is true."""

import hashlib
import inspect
import re
from importlib import import_module

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import given, settings
from ninja import Schema
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.apps.evidence import bodies, stories
from tests.apps.trials import loop
from tests.apps.trials.test_own_draw import OWN
from trialogue.accounts.services import make_token
from trialogue.evidence import queries, services
from trialogue.site.api import ROUTERS


@pytest.fixture
def register(council):
    """A register with trials of several kinds."""
    stories.register()
    stories.register(*stories.started(), ("stopped", bodies.stopped()))
    return stories.reported()


@pytest.fixture
def described(register):
    # As Django's own test client does: a request ends, the test's transaction does not.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_no_two_shapes_of_the_description_share_a_name():
    """Two would be described as one, and one of them wrongly."""
    shapes = set()
    for _, router in ROUTERS:
        module = import_module(router.rpartition(".")[0])
        shapes |= {each for each in vars(module).values() if inspect.isclass(each)}
    names = [each.__name__ for each in shapes if issubclass(each, Schema)]

    assert sorted(names) == sorted(set(names))


@pytest.fixture
def team(people, described, tmp_path):
    """The token of a trial's lead, the trial, placed, and a file of outcomes that waits."""
    trial = loop.registered(people, OWN)
    path = tmp_path / "list.csv"
    rows = (f"F{n:03d},{'July' if n % 2 else 'August'}\n" for n in range(6))
    path.write_text("family,month\n" + "".join(rows))
    loop.listed(people, trial, path)
    loop.placed(people, trial)
    code = OWN["outcomes"]["primary"]["code"]
    path.write_text(f"family,{code}\nF001,1\nF002,0\nF999,1\n")
    upload = loop.uploaded(people, trial, "outcomes", path)
    token = make_token(label="a program", by=people["lead"], at=loop.NOW)
    return token, {"public_id": trial.public_id, "upload_id": str(upload.public_id)}


@pytest.mark.parametrize("signed_in", [False, True], ids=["signed out", "with a token"])
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_api_answers_as_it_is_described(described, team, mode, signed_in):
    """Sound and unsound calls of every operation: never a fault, always the shape described."""
    token, real = team
    headers = {"Accept-Encoding": "identity"}
    if signed_in:
        headers["Authorization"] = f"Bearer {token}"
    answered = {}
    for found in described.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (list(operation.query) or list(operation.body)):
            continue  # any text may stand in an address: there is nothing to get wrong

        @settings(max_examples=8, deadline=None, derandomize=True, database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers(case):
            if mode is GenerationMode.POSITIVE:  # at a trial that is there
                case.path_parameters |= {
                    name: value for name, value in real.items() if name in case.path_parameters
                }
            answer = case.call_and_validate(
                headers=headers, excluded_checks=[positive_data_acceptance]
            )
            answered.setdefault(case.operation.label, set()).add(answer.status_code)

        answers()

    own = {label: codes for label, codes in answered.items() if "/evidence/" not in label}
    assert {"GET /api/evidence/trials", "GET /api/evidence/search"} <= answered.keys()
    assert len(own) >= 6
    if not signed_in:
        assert all(codes <= {401, 404, 405} for codes in own.values())
    elif mode is GenerationMode.POSITIVE:
        assert own["GET /api/trials/{public_id}"] == {200}
        assert 201 in own["POST /api/trials/{public_id}/outcomes"]


def test_trial_holds_the_events_of_the_log(register, client):
    document = client.get(f"/api/evidence/trials/{register}").json()

    assert document["events"] == queries.documents(register)
    assert (document["state"], document["verdict"], document["made_up"]) == (
        "reported",
        "worked",
        True,
    )


def test_trials_are_filtered_and_paged(register, client):
    document = client.get("/api/evidence/trials", {"verdict": "worked"}).json()

    assert [trial["id"] for trial in document["trials"]] == [register]
    assert (document["count"], document["page"], document["pages"]) == (1, 1, 1)


def test_search_and_due_say_what_the_pages_say(register, client):
    found = client.get("/api/evidence/search", {"q": "text before a collection"}).json()
    due = client.get("/api/evidence/due").json()

    assert [hit["rank"] for hit in found["results"]] == [1, 2, 3]
    assert {hit["trial"]["state"] for hit in found["results"]} >= {"reported", "stopped"}
    assert due["reported"] <= due["due"]


@pytest.mark.parametrize(
    ("address", "status", "column"),
    [
        ("/api/evidence/trials/EC-0123456789T", 404, ""),
        ("/api/evidence/trials/nothing", 404, ""),
        ("/api/nothing", 404, ""),
        ("/api/evidence/measures/nothing", 404, ""),
        ("/api/evidence/trials?state=odd", 422, "state"),
        ("/api/evidence/trials?page=x", 422, "page"),
        ("/api/evidence/search", 422, "q"),
    ],
)
def test_refusals_have_one_shape(register, client, address, status, column):
    answer = client.get(address)

    assert answer.status_code == status
    (problem,) = answer.json()["problems"]
    assert set(problem) == {"what", "mend", "file", "row", "column"}
    assert problem["what"]
    assert problem["column"] == column


def test_log_says_where_its_files_are_and_how_long_it_is(register, client):
    about = client.get("/api/evidence/log").json()

    (file,) = about["files"]
    lines = client.get(file).content.decode().splitlines()
    assert len(lines) == about["size"]
    assert hashlib.sha256(lines[-1].encode()).hexdigest() == about["head"]
    assert client.get(about["checkpoint"]).status_code == 200
    assert client.get(about["keys"]).json()["keys"]


def test_nothing_public_can_be_changed(register, client):
    for address in ("/api/evidence/trials", f"/api/evidence/trials/{register}"):
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)(address).status_code == 405


def test_page_of_operations_has_no_script_of_others(register, client):
    page = client.get("/api/docs").content.decode()

    assert "GET /api/evidence/trials/{trial}" in page
    assert re.findall(r'<script[^>]*src="(?!/static/)', page) == []


def test_lists_ask_as_much_for_twenty_trials_as_for_three(
    register, client, django_assert_max_num_queries
):
    for _ in range(20):
        services.append(
            services.new_identifier(), "registration", bodies.registration(), at=bodies.NOW
        )

    for address in ("trials", "search?q=text", "due", f"trials/{register}", "measures"):
        with django_assert_max_num_queries(6):
            assert client.get(f"/api/evidence/{address}").status_code == 200
