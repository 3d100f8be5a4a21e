"""This council's own log: an identifier, an event, and the lists made again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Organisation, Person
from trialogue.evidence import record, schema
from trialogue.evidence.entries import Entry
from trialogue.evidence.keys import replace_signing_key, signing_key
from trialogue.evidence.models import Checkpoint, Event, Publisher, TrialRecord
from trialogue.evidence.projection import project
from trialogue.evidence.queries.events import entry_of
from trialogue.methods.problems import InputError, Problem, refuse


def new_identifier() -> str:
    """Return an identifier that no trial of this register has."""
    while True:
        identifier = record.random_identifier()
        if not Event.objects.filter(trial=identifier).exists():
            return identifier


@transaction.atomic
def append(trial: str, kind: str, body: Mapping[str, Any], *, at: datetime) -> Entry:
    """Add one event to this council's log, signed, and bring the lists up to date.

    Call it inside the transaction of what the event tells. Who asked may have waited while the
    key changed: an event is of no moment before its key was in use. Raises InputError, naming the
    field, when the body is not as the record needs it or the event cannot follow those before.
    """
    if kind not in schema.KINDS:
        raise ValueError(f"{kind} is not a kind of event")
    refuse(schema.problems_of_event(kind, body))
    publisher = _own_publisher()  # locked: one event after another
    kept = list(Event.objects.filter(trial=trial).order_by("seq"))
    if any(event.publisher_id != publisher.pk for event in kept):
        raise InputError(Problem("Another register keeps this trial", "Ask its council"))
    earlier = [entry_of(event) for event in kept]
    _check_order(kind, earlier)
    key = _key_to_sign_with(publisher)
    at = max(at, _in_use(publisher, key, at))
    newest = publisher.events.order_by("-seq").first()
    document = record.signed(
        {
            "id": trial,
            "seq": newest.seq + 1 if newest else 0,
            "type": kind,
            "prev": newest.hash if newest else record.FIRST_PREV,
            "body": dict(body),
            "publisher": publisher.code,
            "key_id": key.id,
            "created": record.moment(at),
            "licence": record.LICENCE,
        },
        key,
    )
    line = record.canonical(document)
    event = Event.objects.create(
        publisher=publisher,
        seq=document["seq"],
        trial=trial,
        kind=kind,
        prev=document["prev"],
        hash=record.sha256(line),
        created=datetime.fromisoformat(document["created"]),
        line=line.decode(),
    )
    size = event.seq + 1
    note = record.checkpoint(record.origin(publisher.code), size, event.hash, key)
    Checkpoint.objects.update_or_create(
        publisher=publisher, defaults={"size": size, "head": event.hash, "note": note}
    )
    entry = entry_of(event)
    TrialRecord.objects.update_or_create(trial=trial, defaults=project([*earlier, entry]))
    return entry


def project_trial(trial: str) -> TrialRecord:
    """Return what lists read of a trial, made again from its events and not saved yet."""
    events = list(Event.objects.filter(trial=trial).select_related("publisher").order_by("seq"))
    publisher = events[0].publisher
    row = TrialRecord.objects.filter(trial=trial).first() or TrialRecord(trial=trial)
    for name, value in project([entry_of(event) for event in events]).items():
        setattr(row, name, value)
    row.source = None if publisher.own else publisher
    return row


@transaction.atomic
def change_key(*, instead_of: str, by: Person, at: datetime) -> None:
    """Sign with a new key from now on; what the old one signed stays valid, and says until when.

    `instead_of` is the key that the person saw in use: asked twice, one change is made.
    """
    permissions.check(by, "change settings")
    # Locked: no event is signed meanwhile.
    publisher = Publisher.objects.select_for_update().filter(own=True).first()
    if publisher is None or not publisher.keys.filter(key_id=instead_of, valid_until=None):
        return
    # The file first: a change that is then undone leaves a key which the next event publishes.
    new = replace_signing_key()
    _in_use(publisher, new, at)
    checkpoint = Checkpoint.objects.filter(publisher=publisher).first()
    if checkpoint:
        name = record.origin(publisher.code)
        checkpoint.note = record.checkpoint(name, checkpoint.size, checkpoint.head, new)
        checkpoint.save(update_fields=["note"])
    accounts.record(
        by=by,
        action="change the signing key",
        on="key",
        thing=new.id,
        at=at,
        before={"key": instead_of},
        after={"key": new.id},
    )


@transaction.atomic
def rebuild() -> int:
    """Make the lists again from the events alone. Return how many trials there are."""
    TrialRecord.objects.all().delete()
    trials = Event.objects.filter(kind="registration").order_by("trial")
    names = list(trials.values_list("trial", flat=True))
    for trial in names:
        project_trial(trial).save()
    return len(names)


def _own_publisher() -> Publisher:
    """Return our own log, locked, made at first use under the council's code."""
    publisher = Publisher.objects.select_for_update().filter(own=True).first()
    if publisher:
        return publisher
    council = Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).first()
    name = council.name if council else "Trialogue"
    Publisher.objects.get_or_create(own=True, defaults={"code": own_code(), "name": name})
    return Publisher.objects.select_for_update().get(own=True)


def own_code() -> str:
    """Return the code of this council's log, or the one that it will have."""
    publisher = Publisher.objects.filter(own=True).first()
    if publisher:
        return publisher.code
    council = Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).first()
    return (council.gss_code or council.slug) if council else "trialogue"


def _key_to_sign_with(publisher: Publisher) -> record.Key:
    """Return the key in the data folder; another when that one has ended, as out of a backup."""
    key = signing_key()
    ended = publisher.keys.filter(key_id=key.id, valid_until__isnull=False).exists()
    return replace_signing_key() if ended else key


def _in_use(publisher: Publisher, key: record.Key, at: datetime) -> datetime:
    """Return from when the key is in use. A new one takes over at `at` from the one before.

    What the one before signed stays within its time: it ends no earlier than its newest entry.
    """
    kept = publisher.keys.filter(key_id=key.id).first()
    if kept:
        return kept.valid_from
    last = publisher.events.aggregate(last=Max("created"))["last"]
    start = max(at, last) if last else at
    publisher.keys.filter(valid_until__isnull=True).update(valid_until=start)
    publisher.keys.create(key_id=key.id, public_key=key.public_text, valid_from=start)
    return start


def _check_order(kind: str, earlier: list[Entry]) -> None:
    kinds = {entry.kind for entry in earlier}
    if kind != "registration" and "registration" not in kinds:
        raise InputError(Problem("This trial is not registered yet", "Register it first"))
    if kind in schema.ONCE and kind in kinds:
        raise InputError(
            Problem(f"The record of this trial has its {_CALLED[kind]} already", "Correct it")
        )


_CALLED = {
    "registration": "registration",
    "list": "list",
    "started": "start",
    "result": "result",
}
