"""What is in the data folder: read past the site, as a stranger with the file would."""

import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from trialogue.evidence import record
from trialogue.evidence.entries import Entry
from trialogue.evidence.projection import project


class Kept:
    """The database of a data folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "trialogue.sqlite3"

    def rows(self, question: str, *values: object) -> list[sqlite3.Row]:
        """The rows that answer a question."""
        with closing(sqlite3.connect(self.file, timeout=20)) as base:
            base.row_factory = sqlite3.Row
            return base.execute(question, values).fetchall()

    def count(self, table: str, trial: str) -> int:
        """How many rows a table holds for a trial."""
        (row,) = self.rows(
            f"SELECT COUNT(*) n FROM {table} WHERE trial_id ="
            " (SELECT id FROM trials_trial WHERE public_id = ?)",
            trial,
        )
        return row["n"]

    def trial(self, trial: str) -> sqlite3.Row:
        """A trial with its draw."""
        return self.rows(
            "SELECT t.*, d.drawn_at, d.list_hash, d.id AS draw FROM trials_trial t"
            " LEFT JOIN trials_draw d ON d.trial_id = t.id WHERE t.public_id = ?",
            trial,
        )[0]

    def kinds(self, trial: str) -> list[str]:
        """The kinds of the events of a trial, in order."""
        rows = self.rows("SELECT kind FROM evidence_event WHERE trial = ? ORDER BY seq", trial)
        return [row["kind"] for row in rows]

    def contacts(self, trial: str) -> list[str]:
        """Every contact that somebody saved for a trial, by version."""
        rows = self.rows(
            "SELECT a.body FROM trials_answer a JOIN trials_trial t ON t.id = a.trial_id"
            " WHERE t.public_id = ? AND a.question = 'team' ORDER BY a.version",
            trial,
        )
        return [json.loads(row["body"])["contact"] for row in rows]

    def verify(self) -> None:
        """Hold each log to what a stranger can check, and the lists to the logs."""
        by_trial: dict[str, list[Entry]] = {}
        for publisher in self.rows("SELECT * FROM evidence_publisher"):
            self._verify_log(publisher["id"], by_trial)
        lists = {row["trial"]: row for row in self.rows("SELECT * FROM evidence_trialrecord")}
        assert lists.keys() == by_trial.keys()
        for trial, entries in by_trial.items():
            for name, value in project(entries).items():
                assert same(lists[trial][name], value), (trial, name)

    def _verify_log(self, publisher: int, by_trial: dict[str, list[Entry]]) -> None:
        whose = "WHERE publisher_id = ?"
        events = self.rows(f"SELECT * FROM evidence_event {whose} ORDER BY seq", publisher)
        (key,) = self.rows(f"SELECT * FROM evidence_publisherkey {whose}", publisher)
        public = record.public_bytes(key["public_key"])
        before = record.FIRST_PREV
        for number, event in enumerate(events):
            document = record.parse(event["line"])
            assert event["seq"] == document["seq"] == number
            assert document["prev"] == before
            assert record.sha256(event["line"].encode()) == event["hash"]
            assert record.is_signed_by(document, public)
            before = event["hash"]
            created = datetime.fromisoformat(document["created"])
            entry = Entry(number, before, created, event["kind"], document["body"])
            by_trial.setdefault(event["trial"], []).append(entry)
        (point,) = self.rows(f"SELECT * FROM evidence_checkpoint {whose}", publisher)
        assert (point["size"], point["head"]) == (len(events), before)


def same(held: object, value: object) -> bool:
    """Whether SQLite holds a value as Python says it."""
    if isinstance(value, datetime):
        return datetime.fromisoformat(str(held)) == value.replace(tzinfo=None)
    if isinstance(value, date):
        return held == value.isoformat()
    return held == value
