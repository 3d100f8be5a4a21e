"""Another register's log: taken in when all of it verifies, and never otherwise."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.evidence import bodies, elsewhere
from trialogue.accounts.models import AuditEntry
from trialogue.evidence import queries, record, services
from trialogue.evidence.copies import Copy, checked
from trialogue.evidence.models import Checkpoint, Event, Publisher, TrialRecord
from trialogue.methods.problems import InputError

AT = bodies.later(200)
TODAY = AT.date()


@pytest.fixture
def administrator(person):
    person.memberships.update(roles=["administrator"])
    return person


@pytest.fixture
def there():
    return elsewhere.Register()


def receive(register, by, at=AT, drafts=(), **changes):
    return services.receive(register.copy(**changes), drafts=drafts, by=by, at=at)


def test_trials_of_another_register_are_found_and_say_where_they_are_from(
    there, administrator, client
):
    trial = there.reported()

    assert receive(there, administrator) == 4

    found = queries.record(trial)
    assert (found.source, found.checked_at) == ("Cadderby City Council", AT)
    assert (found.state, found.verdict) == ("reported", "worked")
    page = client.get(reverse("evidence:trial", args=[trial])).content.decode()
    assert "comes from the register of Cadderby City Council" in page
    assert "From another register" in page
    listed = client.get(reverse("evidence:trials")).content.decode()
    assert "Cadderby City Council (from its own register, checked 22 Aug 2027)" in listed
    searched = client.get(reverse("evidence:search"), {"q": "text the evening before"})
    assert trial in searched.content.decode()


def test_a_program_reads_whose_register_it_is(there, administrator, client):
    trial = there.reported()
    receive(there, administrator)

    assert client.get(f"/api/evidence/trials/{trial}").json()["source"] == "Cadderby City Council"
    assert ",Cadderby City Council," in client.get("/evidence/trials/?format=csv").content.decode()


def test_the_same_log_again_changes_nothing_but_when_it_was_checked(there, administrator):
    there.reported()
    receive(there, administrator)
    before = list(Event.objects.values()), list(TrialRecord.objects.values())

    assert receive(there, administrator, at=AT + timedelta(days=1)) == 0

    assert (list(Event.objects.values()), list(TrialRecord.objects.values())) == before
    assert Publisher.objects.get(own=False).checked_at == AT + timedelta(days=1)
    assert AuditEntry.objects.filter(action="receive a register").count() == 1


def test_only_what_is_new_is_added(there, administrator):
    trial = there.registered()
    receive(there, administrator)
    there.add(trial, "stopped", bodies.stopped(), days=30)

    assert receive(there, administrator) == 1

    assert queries.record(trial).state == "stopped"
    assert Checkpoint.objects.get(publisher__own=False).size == 2


def test_a_log_that_was_rewritten_is_refused_and_names_the_entry(there, administrator):
    there.registered()
    first = there.registered()
    receive(there, administrator)
    there.lines.pop()
    there.registered()

    with pytest.raises(InputError, match="Entry 1 is not the one that was received before"):
        receive(there, administrator)

    assert queries.record(first)


def test_a_log_that_was_shortened_is_refused(there, administrator):
    there.reported()
    receive(there, administrator)
    there.lines.pop()

    with pytest.raises(InputError, match="Entry 3 was received before and is not in this log"):
        receive(there, administrator)


def test_results_due_counts_this_councils_trials_alone(there, administrator, trial):
    there.registered()
    there.reported()
    before = queries.tracker(today=bodies.later(400).date())

    receive(there, administrator)

    late = bodies.later(400).date()
    assert queries.tracker(today=late) == before
    assert queries.reported_of_due(today=late) == (0, 1)
    assert [row.trial for row in queries.results_due(today=late)] == [trial]
    assert set(queries.due_dates()) == set(queries.owed(late)) == {trial}


def test_nobody_here_adds_to_a_trial_of_another_register(there, administrator):
    trial = there.registered()
    receive(there, administrator)

    with pytest.raises(InputError, match="Another register keeps this trial"):
        services.append(trial, "stopped", bodies.stopped(), at=AT)


def test_our_own_log_serves_none_of_it(there, administrator, trial, client):
    other = there.reported()
    receive(there, administrator)

    assert other.encode() not in client.get("/commons/v1/entries/000/000.ndjson").content
    assert queries.log_size()[0] == 1


def test_a_trial_of_ours_is_not_taken_over(there, administrator, trial):
    there.add(trial, "registration", bodies.registration())

    with pytest.raises(InputError, match=f"Entry 0 is of {trial}, a trial of another register"):
        receive(there, administrator)

    assert queries.record(trial).source == ""
    assert Publisher.objects.count() == 1


def test_a_trial_that_we_plan_is_not_taken_from_us(there, administrator):
    there.registered()
    planned = there.registered()

    with pytest.raises(InputError, match=f"Entry 1 is of {planned}, a trial of another register"):
        receive(there, administrator, drafts={planned})

    assert not Event.objects.exists()


def test_nobody_here_registers_a_trial_of_another_register(there, administrator):
    trial = there.registered()
    receive(there, administrator)

    with pytest.raises(InputError, match="Another register keeps this trial"):
        services.append(trial, "registration", bodies.registration(), at=AT)


def test_dates_that_no_calendar_holds_are_refused(there, administrator):
    trial = there.registered()
    dates = bodies.plan()["dates"]
    change = {"question": "dates", "before": dates, "after": dates | {"end": "9999-12-31"}}
    there.add(trial, "amendment", bodies.amendment() | change, days=1)

    with pytest.raises(InputError, match=f"The dates of {trial} cannot be"):
        receive(there, administrator)


def test_a_trial_that_no_list_can_hold_is_refused(there, administrator):
    there.name = "x" * 121
    there.registered()
    there.name = "Cadderby"

    with pytest.raises(InputError, match="does not fit: council"):
        receive(there, administrator)

    assert not TrialRecord.objects.exists()


def test_a_key_that_is_listed_no_longer_has_ended(there, administrator):
    spare = another_key() | {"until": None}
    there.registered()
    ended = {**there.keys[0], "until": record.moment(bodies.later(1))}
    receive(there, administrator, keys=[ended, spare])

    receive(there, administrator)

    kept = Publisher.objects.get(own=False).keys
    assert kept.get(valid_until=None).key_id == there.key.id
    assert kept.get(key_id=spare["id"]).valid_until == AT


def test_our_own_log_is_not_received(administrator):
    ours = elsewhere.Register(code="X99000001")
    ours.registered()

    with pytest.raises(InputError, match="the log of this council itself"):
        receive(ours, administrator)


def test_only_an_administrator_takes_a_register_in(there, person):
    there.registered()

    with pytest.raises(PermissionDenied):
        receive(there, person)


def test_a_register_that_is_silent_says_so(there, administrator, client):
    trial = there.registered()
    receive(there, administrator)

    found = queries.record(trial)
    assert found.silent_for(TODAY + timedelta(days=14)) == 0
    tags = queries.further_tags(found, TODAY + timedelta(days=16))
    assert "Source silent, 16 days" in [tag.words for tag in tags]


def test_lists_made_again_still_say_whose_they_are(there, administrator, trial):
    other = there.reported()
    receive(there, administrator)
    before = list(TrialRecord.objects.order_by("trial").values())

    call_command("rebuild_evidence")

    after = list(TrialRecord.objects.order_by("trial").values())
    assert [{**row, "id": 0} for row in after] == [{**row, "id": 0} for row in before]
    assert queries.record(other).source


def test_a_new_key_ends_the_old_one(there, administrator):
    there.registered()
    receive(there, administrator)
    [old], there.key = there.keys, record.Key(Ed25519PrivateKey.generate())
    changed = record.moment(bodies.later(5))
    keys = [{**old, "until": changed}, {**there.keys[0], "from": changed}]
    there.add(record.random_identifier(), "registration", bodies.registration(), days=6)

    assert receive(there, administrator, keys=keys) == 1

    kept = Publisher.objects.get(own=False).keys
    assert kept.count() == 2
    assert kept.get(valid_until=None).key_id == there.key.id


def ours():
    """Return our own log as another council copies it."""
    return Copy("Us", queries.log_file(0), queries.checkpoint().encode(), queries.published_keys())


def change_key(by, at):
    [old] = [key for key in queries.signing_keys() if key.valid_until is None]
    services.change_key(instead_of=old.key_id, by=by, at=at)


def test_our_log_holds_elsewhere_as_soon_as_its_key_is_changed(administrator, trial):
    change_key(administrator, bodies.later(1))

    assert len(checked(ours()).lines) == 1

    services.append(trial, "deviation", bodies.deviation(), at=bodies.later(2))
    assert len(checked(ours()).lines) == 2


def test_an_entry_asked_for_before_the_key_changed_and_made_after_it_holds(administrator, trial):
    change_key(administrator, bodies.later(5))
    services.append(trial, "deviation", bodies.deviation(), at=bodies.later(4))

    log = checked(ours())
    assert log.lines[1].created == log.keys[1].start == bodies.later(5)
    assert log.lines[1].event["key_id"] == log.keys[1].id
    assert queries.record(trial).changed_at == bodies.later(5)


def test_a_change_of_key_asked_for_before_an_entry_and_made_after_it_holds(administrator, trial):
    services.append(trial, "deviation", bodies.deviation(), at=bodies.later(5))
    change_key(administrator, bodies.later(4))

    log = checked(ours())
    assert [key.start for key in log.keys] == [bodies.NOW, bodies.later(5)]


def test_a_key_that_was_lost_ends_no_earlier_than_what_it_signed(trial, settings):
    services.append(trial, "deviation", bodies.deviation(), at=bodies.later(5))
    (settings.DATA_DIR / "keys" / "record").unlink()
    services.append(trial, "stopped", bodies.stopped(), at=bodies.later(4))

    assert [line.created for line in checked(ours()).lines[1:]] == [bodies.later(5)] * 2


def test_a_key_that_ended_signs_nothing_when_a_backup_brings_it_back(
    administrator, trial, settings
):
    kept = settings.DATA_DIR / "keys" / "record"
    old = kept.read_bytes()
    change_key(administrator, bodies.later(5))
    kept.write_bytes(old)

    services.append(trial, "deviation", bodies.deviation(), at=bodies.later(6))

    log = checked(ours())
    assert log.lines[1].event["key_id"] == log.keys[2].id
    assert [key.until for key in log.keys] == [bodies.later(5), bodies.later(6), None]


def test_a_checkpoint_of_a_key_that_ended_before_the_last_entry_is_refused(there):
    trial = there.registered()
    [old], signer, there.key = there.keys, there.key, record.Key(Ed25519PrivateKey.generate())
    changed = record.moment(bodies.later(5))
    keys = [{**old, "until": changed}, {**there.keys[0], "from": changed}]
    there.add(trial, "stopped", bodies.stopped(), days=6)

    with pytest.raises(InputError, match="a key that the register did not use any more"):
        checked(there.copy(keys=keys, signer=signer))


UNREADABLE = {
    "no object": (["a key"], "cannot be read"),
    "nothing": ([None], "cannot be read"),
    "twice": (lambda key: [key, {**key, "until": key["from"]}], "has a key twice"),
    "two in use": (lambda key: [key, another_key()], "more than one key in use"),
}


def another_key():
    return elsewhere.Register().keys[0]


@pytest.mark.parametrize(("keys", "said"), UNREADABLE.values(), ids=list(UNREADABLE))
def test_a_list_of_keys_that_says_too_little_or_too_much_is_refused(there, keys, said):
    there.registered()

    with pytest.raises(InputError, match=said):
        checked(there.copy(keys=keys(there.keys[0]) if callable(keys) else keys))


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "Cadder\x00by", "Cadder\nby"])
def test_a_name_that_no_list_can_show_is_refused(there, name):
    there.registered()
    there.name = name

    with pytest.raises(InputError, match="name of the register is not 1 to 120 letters"):
        checked(there.copy())


STRANGER = record.Key(Ed25519PrivateKey.generate())
BROKEN = {
    "not in its place": {"seq": 5},
    "is not in its place": {"seq": True},
    "does not follow the entry before": {"prev": "ab" * 32},
    "is of another register": {"publisher": "X99000009"},
    "an identifier that is not one": {"id": "EC-7K3M9QX2WDZ"},
    "a key that the register did not use then": {"key_id": STRANGER.id},
    "does not say when it was made": {"created": "yesterday"},
    "does not have the licence": {"licence": "none"},
    "a kind that is not known here": {"type": "rumour"},
    "not as the record needs it": {"body": {"words": "Trust us"}},
    "the fields of an entry": {"extra": "more"},
}


@pytest.mark.parametrize(("said", "change"), BROKEN.items(), ids=list(BROKEN))
def test_a_log_signed_by_its_own_key_and_wrong_all_the_same_is_refused(there, said, change):
    there.registered()
    changes = {"body": bodies.registration()} | change
    there.add(record.random_identifier(), "registration", **changes)

    with pytest.raises(InputError, match=f"Entry 1 .*{said}"):
        checked(there.copy())


def test_an_entry_before_the_key_was_in_use_is_refused(there):
    there.registered()
    late = {**there.keys[0], "from": record.moment(bodies.later(1))}

    with pytest.raises(InputError, match="Entry 0 is signed with a key"):
        checked(there.copy(keys=[late]))


@pytest.mark.parametrize(
    ("kind", "body"), [("registration", "registration"), ("started", "started")]
)
def test_what_is_said_once_is_not_said_twice(there, kind, body):
    trial = there.reported()
    there.add(trial, kind, getattr(bodies, body)(), days=101)

    with pytest.raises(InputError, match="Entry 4"):
        checked(there.copy())


def test_a_trial_nobody_registered_is_refused(there):
    there.add(record.random_identifier(), "started", bodies.started())

    with pytest.raises(InputError, match="Entry 0 comes before its trial is registered"):
        checked(there.copy())


def test_a_checkpoint_of_another_key_is_refused(there):
    there.registered()

    with pytest.raises(InputError, match="checkpoint does not have the signature of a key"):
        checked(there.copy(signer=STRANGER))


def test_a_log_shorter_than_its_checkpoint_is_refused(there):
    there.reported()
    whole = there.copy()
    entries = b"".join(whole.entries.splitlines(keepends=True)[:-1])

    with pytest.raises(InputError, match="3 entries where its checkpoint says 4"):
        checked(replace(whole, entries=entries))


@pytest.mark.parametrize(
    "entries", [b"", b"\n", b"{}\n", b"[]\n", b"\xff\n", b"[" * 90000 + b"\n"]
)
def test_bytes_that_are_no_log_are_refused(there, entries):
    there.registered()

    with pytest.raises(InputError):
        checked(there.copy(entries=entries))


WHOLE = elsewhere.Register()
WHOLE.reported()
BYTES = WHOLE.copy()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), part=st.sampled_from(["entries", "checkpoint"]))
def test_any_changed_byte_is_refused(data, part):
    whole = getattr(BYTES, part)
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[place] ^ data.draw(st.integers(1, 255))
    altered = whole[:place] + bytes([flipped]) + whole[place + 1 :]

    with pytest.raises(InputError):
        checked(replace(BYTES, **{part: altered}))


@settings(max_examples=100, deadline=None)
@given(data=st.data(), part=st.sampled_from(["entries", "checkpoint"]))
def test_any_byte_put_in_or_taken_out_is_refused(data, part):
    whole = getattr(BYTES, part)
    place = data.draw(st.integers(0, len(whole) - 1))
    more = data.draw(st.binary(max_size=1))
    altered = whole[:place] + more + whole[place + (0 if more else 1) :]

    with pytest.raises(InputError):
        checked(replace(BYTES, **{part: altered}))
