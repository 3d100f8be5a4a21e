"""The API of a trial's team: the same rules and words as the pages, and nothing shown early."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.apps.conftest import NOW
from tests.apps.trials import loop, real
from tests.apps.trials.test_own_draw import OWN
from trialogue.accounts import services
from trialogue.accounts.models import ApiToken, Membership, Organisation, Person
from trialogue.accounts.operations import TOKEN
from trialogue.accounts.services import person_of_token
from trialogue.trials.models import Assignment, Measurement, Upload
from trialogue.trials.services import planning

ROWS = [{"family": f"F{n:03d}", "month": "July" if n % 2 else "August"} for n in range(60)]


class Program:
    """Somebody's program: calls the API with their token."""

    def __init__(self, client, token):
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path):
        return self.client.get(f"/api{path}", headers=self.headers)

    def post(self, path, body=None):
        return self.client.post(
            f"/api{path}", body or {}, content_type="application/json", headers=self.headers
        )

    def send(self, path, name, content, **said):
        file = SimpleUploadedFile(name, content)
        return self.client.post(f"/api{path}", {"file": file, **said}, headers=self.headers)


@pytest.fixture
def program(client, people):
    def make(part):
        person = people[part]
        return Program(client, services.make_token(label="a program", by=person, at=NOW))

    return make


@pytest.fixture
def trial(people):
    """A registered trial with nothing on its list."""
    return loop.registered(people, OWN)


def words_of(answer):
    return [problem["what"] for problem in answer.json()["problems"]]


def loaded(program, trial, kind, rows, **said):
    sent = program.post(f"/trials/{trial.public_id}/{kind}", {"rows": rows, **said})
    assert sent.status_code == 201, sent.content
    return program.post(f"/trials/{trial.public_id}/{kind}/{sent.json()['id']}/load")


def outcomes(code, trial, value=1):
    ids = trial.units.order_by("order").values_list("study_id", flat=True)
    return [{"family": study_id, code: value} for study_id in ids]


CODE = real.LETTERS["outcomes"]["primary"]["code"]


def test_a_program_takes_a_trial_from_its_list_to_its_outcomes(program, people, trial):
    lead = program("lead")
    mine = lead.get("/trials").json()["trials"]
    assert [(one["id"], one["parts"], one["stage"]) for one in mine] == [
        (trial.public_id, ["lead"], "registered")
    ]

    sent = lead.post(f"/trials/{trial.public_id}/units", {"rows": ROWS}).json()
    assert (sent["state"], sent["rows"], sent["good"]) == ("read", 60, 60)
    load = f"/trials/{trial.public_id}/units/{sent['id']}/load"
    assert [lead.post(load).json() for _ in range(2)] == [{"loaded": 60}] * 2
    assert lead.get(f"/trials/{trial.public_id}/uploads/{sent['id']}").json()["state"] == "loaded"

    assert lead.get(f"/trials/{trial.public_id}/allocation").status_code == 409
    loop.placed(people, trial)
    allocation = lead.get(f"/trials/{trial.public_id}/allocation").json()
    assert [(arm["units"], arm["clusters"]) for arm in allocation["arms"]] == [(20, None)] * 3
    assert len(allocation["commitment"]) == 64
    text = lead.get(f"/trials/{trial.public_id}/allocation.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["id"]: row["arm"] for row in rows} == dict(
        Assignment.objects.values_list("unit__study_id", "arm")
    )

    assert loaded(lead, trial, "outcomes", outcomes(CODE, trial)).json() == {"loaded": 60}
    assert Measurement.objects.filter(trial=trial, outcome=CODE, value=1).count() == 60
    task = {
        task["name"]: task["status"]
        for task in lead.get(f"/trials/{trial.public_id}").json()["tasks"]
    }
    assert task["Measure"] == "Wave 1 opens on 15 February 2027"


def test_problems_are_those_of_the_pages_and_nothing_is_loaded_until_they_are_settled(
    program, people, trial
):
    lead = program("lead")
    rows = [*ROWS, ROWS[3], {"family": "", "month": "July"}]

    sent = lead.post(f"/trials/{trial.public_id}/units", {"rows": rows}).json()
    load = f"/trials/{trial.public_id}/units/{sent['id']}/load"

    assert [(each["row"], each["what"]) for each in sent["problems"]] == [
        (62, '"F003" is also in row 5'),
        (63, "Row 63 has no family"),
    ]
    refused = lead.post(load)
    assert refused.status_code == 422
    assert words_of(refused) == [each["what"] for each in sent["problems"]]
    assert trial.units.count() == 0
    assert lead.post(load, {"leave_out": [62]}).status_code == 422
    assert lead.post(load, {"leave_out": [62, 63]}).json() == {"loaded": 60}


def test_files_are_read_as_the_pages_read_them(program, people, trial, client):
    lead = program("lead")
    content = "family;month\r\n" + "".join(f"{r['family']};{r['month']}\r\n" for r in ROWS)
    where = f"/trials/{trial.public_id}/units/file"

    sent = lead.send(where, "list.csv", content.encode("utf-16"))
    assert sent.status_code == 201
    assert sent.json()["good"] == 60
    nothing = lead.send(where, "list.xlsx", b"not a workbook")
    assert nothing.status_code == 201
    assert (nothing.json()["good"], nothing.json()["problem_count"]) == (0, 1)
    assert lead.client.post(f"/api{where}", headers=lead.headers).status_code == 422


def test_a_large_file_is_read_in_the_worker_while_its_work_is_followed(
    program, people, trial, settings, monkeypatch
):
    from trialogue.trials.services import loading

    lead, other = program("lead"), program("member")
    monkeypatch.setattr(loading, "READ_AT_ONCE", 10)
    sent = lead.post(f"/trials/{trial.public_id}/units", {"rows": ROWS}).json()

    assert (sent["state"], sent["good"]) == ("reading", 0)
    load = f"/trials/{trial.public_id}/units/{sent['id']}/load"
    assert lead.post(load).status_code == 409
    assert not lead.get(f"/work/{sent['work']}").json()["finished"]
    assert other.get(f"/work/{sent['work']}").status_code == 404
    loop.run_waiting_tasks()
    assert lead.get(f"/work/{sent['work']}").json()["finished"]
    assert lead.post(load).json() == {"loaded": 60}


def test_long_work_is_stopped_by_whoever_began_it(program, people, trial, monkeypatch):
    from trialogue.trials.services import loading

    lead, other = program("lead"), program("member")
    monkeypatch.setattr(loading, "READ_AT_ONCE", 10)
    sent = lead.post(f"/trials/{trial.public_id}/units", {"rows": ROWS}).json()

    assert other.post(f"/work/{sent['work']}/stop").status_code == 404
    assert lead.post(f"/work/{sent['work']}/stop").json()["stop_asked"]
    loop.run_waiting_tasks()
    assert not Upload.objects.get().staged_units.exists()


def test_no_effect_is_shown_before_the_data_are_locked(program, people, trial):
    lead, analyst = program("lead"), program("analyst")
    loaded(lead, trial, "units", ROWS)
    loop.placed(people, trial)
    half = [
        {"family": unit.study_id, CODE: int(unit.assignment.arm == "usual")}
        for unit in trial.units.select_related("assignment")
    ]
    loaded(lead, trial, "outcomes", half)

    for path in ("analysis", "data.csv"):
        early = analyst.get(f"/trials/{trial.public_id}/{path}")
        assert early.status_code == 409
        assert set(early.json()) == {"problems"}
    said = lead.get(f"/trials/{trial.public_id}").content.decode()
    assert "verdict" not in said
    listed = lead.get(f"/trials/{trial.public_id}/allocation.csv").content.decode()
    assert CODE not in listed

    loop.analysed(people, trial, at=loop.later(120))
    found = lead.get(f"/trials/{trial.public_id}/analysis").json()
    assert (found["published"], set(found["outcomes"])) == (False, {CODE})
    assert found["verdicts"]
    table = analyst.get(f"/trials/{trial.public_id}/data.csv").content.decode()
    assert table.splitlines()[0].startswith("id,arm,")
    assert lead.get(f"/trials/{trial.public_id}/data.csv").status_code == 403


def test_a_held_value_changes_with_a_reason_only(program, people, trial):
    lead = program("lead")
    loaded(lead, trial, "units", ROWS)
    loop.placed(people, trial)
    loaded(lead, trial, "outcomes", outcomes(CODE, trial, 0))
    sent = lead.post(
        f"/trials/{trial.public_id}/outcomes", {"rows": outcomes(CODE, trial, 1)}
    ).json()
    load = f"/trials/{trial.public_id}/outcomes/{sent['id']}/load"

    assert sent["changed"] == 60
    assert words_of(lead.post(load)) == ["Enter why values that are held already change"]
    assert lead.post(load, {"reason": "Counted again"}).json() == {"loaded": 60}


@pytest.mark.parametrize(
    ("kind", "body", "status", "words"),
    [
        ("outcomes", {"rows": [{"id": "F1", CODE: 1}]}, 422, "Nothing can be measured before"),
        ("units", {"rows": []}, 422, "List should have at least 1 item"),
        ("units", {"rows": [{"family": "F1"}]}, 201, ""),
        ("units", {"rows": "x" * 6_000_000}, 413, "That is more than 5 MB at once"),
        ("units", None, 422, "Field required"),
    ],
)
def test_what_cannot_be_read_is_refused_in_the_one_shape(
    program, trial, kind, body, status, words
):
    answer = program("lead").post(f"/trials/{trial.public_id}/{kind}", body)

    assert answer.status_code == status
    assert any(what.startswith(words) for what in words_of(answer) or [""])


def test_what_is_not_json_is_refused_in_words(program, trial):
    lead = program("lead")
    answer = lead.client.post(
        f"/api/trials/{trial.public_id}/units",
        "{",
        content_type="application/json",
        headers=lead.headers,
    )

    assert (answer.status_code, words_of(answer)) == (422, ["We cannot read what was sent"])


def test_a_list_cannot_be_loaded_as_outcomes_nor_into_another_trial(program, people, trial):
    lead = program("lead")
    other = loop.registered(people, OWN)
    sent = lead.post(f"/trials/{trial.public_id}/units", {"rows": ROWS}).json()

    for path in (f"{trial.public_id}/outcomes", f"{other.public_id}/units"):
        assert lead.post(f"/trials/{path}/{sent['id']}/load").status_code == 404
    assert lead.get(f"/trials/{other.public_id}/uploads/{sent['id']}").status_code == 404


PARTS = ("lead", "analyst", "team", "safety person", "manager", "member", "partner", "nobody")
WHO = {
    "list": {"lead", "analyst", "team", "safety person", "manager", "member"},
    "see": {"lead", "analyst", "team", "safety person", "manager"},
    "team": {"lead", "analyst", "team"},
    "analyst": {"analyst"},
}


@pytest.mark.parametrize("part", PARTS)
def test_each_operation_opens_to_the_parts_that_may_and_to_no_other(
    client, people, council, trial, part
):
    program = Program(client, token_of(part, people, council, trial))
    here, file = f"/trials/{trial.public_id}", "00000000-0000-4000-8000-000000000000"
    calls = [
        ("list", "get", "/trials", None),
        ("see", "get", here, None),
        ("see", "get", f"{here}/analysis", None),
        ("team", "get", f"{here}/allocation", None),
        ("team", "get", f"{here}/allocation.csv", None),
        ("team", "get", f"{here}/uploads/{file}", None),
        ("team", "post", f"{here}/units", {"rows": ROWS}),
        ("team", "post", f"{here}/units/{file}/load", None),
        ("team", "post", f"{here}/outcomes", {"rows": ROWS}),
        ("team", "post", f"{here}/outcomes/{file}/load", None),
        ("analyst", "get", f"{here}/data.csv", None),
    ]
    wrong = []
    for who, method, path, body in calls:
        answer = program.get(path) if method == "get" else program.post(path, body)
        may = part in WHO[who]
        right = (
            (answer.status_code not in (401, 403))
            if may
            else answer.status_code == (401 if part == "nobody" else 403)
        )
        if not right:
            wrong.append(f"{method} {path}: {answer.status_code}, may: {may}")
    for path in (f"{here}/units/file", f"{here}/outcomes/file"):
        status = program.send(path, "a.csv", b"family,month\nF1,July\n").status_code
        if (status in (401, 403)) == (part in WHO["team"]):
            wrong.append(f"post {path}: {status}")

    assert wrong == []


def token_of(part, people, council, trial):
    """The token of somebody with a part in the trial, or with none."""
    if part == "nobody":
        return ""
    if part in people:
        person = people[part]
    else:
        person = Person.objects.create(email=f"{part[:4]}@x.example", name=part, created_at=NOW)
        place = council
        if part == "partner":
            place = Organisation.objects.create(
                name="Moorland Mail", slug="mail", kind="partner", created_at=NOW
            )
        Membership.objects.create(
            person=person, organisation=place, roles=["member"], created_at=NOW
        )
    if part in ("team", "safety person"):
        planning.add_member(
            public_id=trial.public_id, email=person.email, role=part, by=people["lead"], at=NOW
        )
    return services.make_token(label="a program", by=person, at=NOW)


def test_a_draft_does_not_show_that_it_exists(program, people):
    draft = loop.begun(people, OWN)
    member, lead = program("member"), program("lead")

    assert member.get(f"/trials/{draft.public_id}").status_code == 404
    assert lead.get(f"/trials/{draft.public_id}").json()["stage"] == "planning"
    refused = lead.post(f"/trials/{draft.public_id}/units", {"rows": ROWS})
    assert words_of(refused) == ["This trial is not registered yet"]
    assert lead.get(f"/trials/{draft.public_id}/allocation").status_code == 409


def test_a_token_is_kept_as_its_hash_and_opens_nothing_once_revoked(client, people, trial):
    lead = people["lead"]
    token = services.make_token(label="a program", by=lead, at=NOW)
    program = Program(client, token)

    assert token not in str(list(ApiToken.objects.values()))
    assert program.get("/trials").status_code == 200
    assert ApiToken.objects.get().last_used_at is not None
    services.revoke_token(public_id=ApiToken.objects.get().public_id, by=lead, at=NOW)
    assert program.get("/trials").status_code == 401
    assert words_of(program.get("/trials")) == ["You are not signed in"]
    assert Program(client, "trialogue_nonsense").get("/trials").status_code == 401


def test_a_token_nobody_used_for_a_year_opens_nothing(people):
    token = services.make_token(label="a program", by=people["lead"], at=NOW)

    assert person_of_token(token, NOW + timedelta(days=364)) == people["lead"]
    assert person_of_token(token, NOW + timedelta(days=364 + 365)) == people["lead"]
    assert person_of_token(token, NOW + timedelta(days=364 + 365 + 366)) is None


def test_a_token_of_somebody_who_left_opens_nothing(client, program, people):
    lead = program("lead")
    Person.objects.filter(pk=people["lead"].pk).update(is_active=False)

    assert lead.get("/trials").status_code == 401


def test_cookies_never_open_the_api(client, people, trial):
    client.force_login(people["lead"])

    assert client.get("/api/trials").status_code == 401


def test_too_many_calls_in_a_minute_are_put_off(program, trial, monkeypatch):
    monkeypatch.setattr(TOKEN["throttle"], "most", 20)
    lead = program("lead")
    answers = [lead.get("/work/00000000-0000-4000-8000-000000000000") for _ in range(41)]

    codes = [answer.status_code for answer in answers]
    assert set(codes[:20]) == {404}
    assert 429 in codes  # 41 calls cannot all be the first 20 of a minute, nor of two
    assert answers[codes.index(429)].headers["Retry-After"]


def test_root_says_where_the_operations_are_described(client, council):
    about = client.get("/api/").json()

    assert client.get(about["openapi"]).json()["openapi"].startswith("3.")
    assert "Send a list as rows" in client.get(about["docs"]).content.decode()
