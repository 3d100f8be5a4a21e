"""A copy of another register's log, checked to the byte before a line of it is kept."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from trialogue.evidence import record, schema
from trialogue.methods.problems import InputError, Problem

_FIELDS = {
    "id", "seq", "type", "prev", "body", "publisher", "key_id", "created", "licence", "signature",
}  # fmt: skip
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_NOTE = re.compile(
    r"(?P<text>evidence-commons/(?P<code>[^\s/]{1,60})\n(?P<size>0|[1-9]\d{0,11})\n"
    r"(?P<head>[A-Za-z0-9+/]{43}=)\n)\n— (?P<signer>\S+) (?P<signature>\S+)\n"
)
NAME_LENGTH = 120
_ASK = "Ask the council that sent it for its log again"


@dataclass(frozen=True)
class Copy:
    """A log as its own addresses give it: all entries one a line, the checkpoint, the keys.

    `name` is what pages call the register; `keys` the list in its well-known document.
    """

    name: str
    entries: bytes
    checkpoint: bytes
    keys: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class PublicKey:
    """A key that signs the log, and from when to when."""

    id: str
    text: str
    start: datetime
    until: datetime | None

    @property
    def public(self) -> bytes:
        """Its 32 bytes."""
        return record.public_bytes(self.text)

    def held(self, at: datetime) -> bool:
        """Whether it was in use at a moment."""
        return self.start <= at and (self.until is None or at <= self.until)


@dataclass(frozen=True)
class Line:
    """One entry that holds: its canonical bytes as text, its name, and what they say."""

    text: str
    hash: str
    event: dict[str, Any]
    created: datetime


@dataclass(frozen=True)
class Log:
    """A log in which everything holds."""

    code: str
    lines: tuple[Line, ...]
    note: str
    keys: tuple[PublicKey, ...]

    @property
    def head(self) -> str:
        """Return the name of the last entry."""
        return self.lines[-1].hash


def checked(copy: Copy) -> Log:
    """Return the log when every byte of it holds. Raises InputError, naming the first that fails.

    Identifiers, canonical bytes, places, hashes, signatures and schemas of the entries, and the
    signature, length and head of the checkpoint.
    """
    _check_name(copy.name)
    keys = _keys(copy.keys)
    note = _NOTE.fullmatch(_text(copy.checkpoint))
    if note is None or note["signer"] != record.origin(note["code"]):
        _refuse("The checkpoint is not a signed note of a register")
    lines = tuple(_lines(copy.entries, note["code"], keys))
    if len(lines) != int(note["size"]):
        _refuse(f"The log holds {len(lines):,} entries where its checkpoint says {note['size']}")
    if base64.b64encode(bytes.fromhex(lines[-1].hash)).decode() != note["head"]:
        _refuse(f"Entry {len(lines) - 1} is not the last one that the checkpoint names")
    _check_note(note, keys.values(), lines[-1].created)
    return Log(note["code"], lines, note[0], tuple(keys.values()))


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > NAME_LENGTH or not name.isprintable():
        _refuse(f"The name of the register is not 1 to {NAME_LENGTH} letters on one line")


def _keys(documents: Sequence[object]) -> dict[str, PublicKey]:
    """Read the list of keys: each once, and at most one that signs now."""
    keys = [_key(document) for document in documents]
    by_id = {key.id: key for key in keys}
    if len(by_id) < len(keys):
        _refuse("The list of keys of the register has a key twice")
    if sum(key.until is None for key in keys) > 1:
        _refuse("The register has more than one key in use. One key signs at a time")
    return by_id


def _key(document: object) -> PublicKey:
    if not isinstance(document, Mapping):
        _refuse("A key of the register cannot be read")
    until = document.get("until")
    try:
        public = _base64(document["public_key"])
        key = PublicKey(
            id=record.key_id(public),
            text=document["public_key"],
            start=_moment(document["from"]),
            until=None if until is None else _moment(until),
        )
        Ed25519PublicKey.from_public_bytes(public)
    except (KeyError, TypeError, ValueError):
        _refuse("A key of the register cannot be read")
    if key.id != document.get("id"):
        _refuse("A key of the register does not have the name that its bytes give")
    return key


def _lines(entries: bytes, code: str, keys: Mapping[str, PublicKey]) -> Iterator[Line]:
    if not entries.endswith(b"\n"):
        _refuse("The log does not end in a whole entry")
    prev, kinds = record.FIRST_PREV, dict[str, set[str]]()
    for seq, data in enumerate(entries[:-1].split(b"\n")):
        event = _event(seq, data)
        _check_place(seq, event, prev, code)
        line = Line(data.decode(), record.sha256(data), event, _created(seq, event))
        _check_signature(seq, line, keys.get(event["key_id"]))
        _check_body(seq, event, kinds.setdefault(event["id"], set()))
        prev = line.hash
        yield line


def _event(seq: int, data: bytes) -> dict[str, Any]:
    """Read one line; its bytes must be the only ones that say what it says."""
    try:
        event: dict[str, Any] = json.loads(data)
        same = isinstance(event, dict) and rfc8785.dumps(event) == data
    except (ValueError, RecursionError, rfc8785.CanonicalizationError):
        same = False
    if not same or b"\\u0000" in data:  # no database keeps the letter 0
        _refuse(f"Entry {seq} is not in canonical bytes")
    texts = all(isinstance(event[name], str) for name in _FIELDS & event.keys() - {"seq", "body"})
    if event.keys() != _FIELDS or not texts or not isinstance(event["body"], dict):
        _refuse(f"Entry {seq} does not have the fields of an entry")
    return event


def _check_place(seq: int, event: Mapping[str, Any], prev: str, code: str) -> None:
    if type(event["seq"]) is not int or event["seq"] != seq:  # true is no number
        _refuse(f"Entry {seq} is not in its place")
    if event["prev"] != prev:
        _refuse(f"Entry {seq} does not follow the entry before it")
    if event["publisher"] != code:
        _refuse(f"Entry {seq} is of another register")
    if event["licence"] != record.LICENCE:
        _refuse(f"Entry {seq} does not have the licence {record.LICENCE}")
    if record.read_identifier(event["id"]) != event["id"]:
        _refuse(f"Entry {seq} has an identifier that is not one")


def _created(seq: int, event: Mapping[str, Any]) -> datetime:
    try:
        return _moment(event["created"])
    except ValueError:
        _refuse(f"Entry {seq} does not say when it was made")


def _check_signature(seq: int, line: Line, key: PublicKey | None) -> None:
    if key is None or not key.held(line.created):
        _refuse(f"Entry {seq} is signed with a key that the register did not use then")
    try:
        signature = _base64(line.event["signature"])
    except ValueError:
        signature = b""
    if not record.verifies(key.public, record.what_is_signed(line.event), signature):
        _refuse(f"Entry {seq} does not have the signature of its key")


def _check_body(seq: int, event: Mapping[str, Any], kinds: set[str]) -> None:
    """Check what an entry says, by the same rules as an entry of ours."""
    kind, body = event["type"], event["body"]
    if kind not in schema.KINDS:
        _refuse(f"Entry {seq} is of a kind that is not known here: {kind[:20]}")
    problems = schema.problems_of_event(kind, body)
    if not problems and kind == "amendment":
        problems = schema.problems(body["question"], body["after"])
    if problems:
        _refuse(f"Entry {seq} is not as the record needs it: {problems[0]}")
    if (kind == "registration") != (not kinds):
        _refuse(f"Entry {seq} comes before its trial is registered, or registers it twice")
    if kind in schema.ONCE and kind in kinds:
        _refuse(f"Entry {seq} says a second time what is said once")
    kinds.add(kind)


def _check_note(note: re.Match[str], keys: Iterable[PublicKey], newest: datetime) -> None:
    """Check the checkpoint by the key that it names: the last entry’s, or one that came after."""
    try:
        signature = _base64(note["signature"])
    except ValueError:
        signature = b""
    named = (key for key in keys if record.note_hash(note["signer"], key.public) == signature[:4])
    signer = next(named, None)
    text = note["text"].encode()
    if signer is None or not record.verifies(signer.public, text, signature[4:]):
        _refuse("The checkpoint does not have the signature of a key of the register")
    if signer.until is not None and signer.until < newest:
        _refuse("The checkpoint is signed with a key that the register did not use any more")


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return ""


def _moment(text: str) -> datetime:
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text).astimezone(UTC)


def _base64(text: str) -> bytes:
    """Read base64 that is written in the one way it can be."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise binascii.Error("not the shortest way to write it")
    return data


def _refuse(what: str) -> NoReturn:
    raise InputError(Problem(what, _ASK))
