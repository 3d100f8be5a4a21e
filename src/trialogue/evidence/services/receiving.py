"""Taking in what another register published: read only, and only what verifies."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.evidence.copies import Copy, Line, Log, PublicKey, checked
from trialogue.evidence.models import Checkpoint, Event, Publisher, PublisherKey
from trialogue.evidence.services.log import own_code, project_trial
from trialogue.methods.problems import InputError, Problem

_ASK = "Nothing was taken in. Ask the council that sent it what happened"


@transaction.atomic
def receive(copy: Copy, *, drafts: Collection[str], by: Person, at: datetime) -> int:
    """Keep what is new in another register's log; return how many entries were.

    `by` approves the register and its keys; `drafts` are the trials that this council plans, which
    nobody else can register. The same log again changes nothing but when it was last checked.
    Raises PermissionDenied, and InputError when anything does not verify, when the log is not the
    one received before with entries added, or when a trial is another register's.
    """
    permissions.check(by, "approve a register")
    log = checked(copy)
    if log.code == own_code():
        raise InputError(Problem("This is the log of this council itself", "Send another’s"))
    Publisher.objects.get_or_create(code=log.code, defaults={"name": copy.name})
    publisher = Publisher.objects.select_for_update().get(code=log.code)
    new = _after_what_is_kept(publisher, log)
    _refuse_trials_of_others(publisher, new, drafts)
    _keep_keys(publisher, log.keys, at)
    _keep_entries(publisher, new)
    Checkpoint.objects.update_or_create(
        publisher=publisher,
        defaults={"size": len(log.lines), "head": log.head, "note": log.note},
    )
    publisher.name, publisher.checked_at = copy.name, at
    publisher.save(update_fields=["name", "checked_at"])
    _project(new)
    if new:
        after = {"entries": len(log.lines), "head": log.head}
        accounts.record(
            by=by, action="receive a register", on="register", thing=log.code, at=at, after=after
        )
    return len(new)


def _after_what_is_kept(publisher: Publisher, log: Log) -> tuple[Line, ...]:
    """Return the entries that are new, when all those received before are in the log."""
    kept = list(publisher.events.order_by("seq").values_list("hash", flat=True))
    for seq, name in enumerate(kept):
        if seq >= len(log.lines):
            what = f"Entry {seq} was received before and is not in this log: it was shortened"
            raise InputError(Problem(what, _ASK))
        if log.lines[seq].hash != name:
            what = f"Entry {seq} is not the one that was received before: the log was rewritten"
            raise InputError(Problem(what, _ASK))
    return log.lines[len(kept) :]


def _refuse_trials_of_others(
    publisher: Publisher, lines: Iterable[Line], drafts: Collection[str]
) -> None:
    """Refuse to hear of a trial from any register but that of the council that plans it."""
    names = {line.event["id"]: line.event["seq"] for line in reversed(tuple(lines))}
    others = Event.objects.filter(trial__in=names, kind="registration")
    other = others.exclude(publisher=publisher).values_list("trial", flat=True).first()
    other = other or next(iter(names.keys() & drafts), None)
    if other:
        what = f"Entry {names[other]} is of {other}, a trial of another register"
        raise InputError(Problem(what, _ASK))


def _keep_keys(publisher: Publisher, keys: Collection[PublicKey], at: datetime) -> None:
    """Keep the keys as they are listed now; one that is listed no longer has ended."""
    listed = [key.id for key in keys]
    publisher.keys.filter(valid_until=None).exclude(key_id__in=listed).update(valid_until=at)
    # Those that ended first: one key at a time is in use.
    for key in sorted(keys, key=lambda each: (each.until is None, each.start)):
        others = PublisherKey.objects.exclude(publisher=publisher)
        if others.filter(key_id=key.id).exists():
            raise InputError(Problem(f"The key {key.id} is another register’s", _ASK))
        publisher.keys.update_or_create(
            key_id=key.id,
            defaults={
                "public_key": key.text,
                "valid_from": key.start,
                "valid_until": key.until,
            },
        )


def _keep_entries(publisher: Publisher, lines: Iterable[Line]) -> None:
    Event.objects.bulk_create(
        (
            Event(
                publisher=publisher,
                seq=line.event["seq"],
                trial=line.event["id"],
                kind=line.event["type"],
                prev=line.event["prev"],
                hash=line.hash,
                created=line.created,
                line=line.text,
            )
            for line in lines
        ),
        batch_size=256,
    )


def _project(lines: Iterable[Line]) -> None:
    """Bring the lists up to date; refuse what they cannot hold."""
    for trial in dict.fromkeys(line.event["id"] for line in lines):
        try:
            row = project_trial(trial)
            row.clean_fields()
        except ValidationError as error:
            what = f"The record of {trial} does not fit: {', '.join(error.message_dict)}"
            raise InputError(Problem(what, _ASK)) from error
        except OverflowError as error:  # a date at the end of the calendar
            raise InputError(Problem(f"The dates of {trial} cannot be", _ASK)) from error
        row.save()
