"""What lists and search know of a trial, from its events alone."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localdate

from trialogue.evidence.entries import Entry, last, plan_now
from trialogue.evidence.searching import words_of
from trialogue.evidence.stopping import stopped_sentence, withdrawn_sentence

DAYS_TO_REPORT = 90
_STATES = {
    "registration": "registered",
    "started": "running",
    "stopped": "stopped",
    "withdrawn": "withdrawn",
    "result": "reported",
    "not-reported": "not-reported",
    "retraction": "retracted",
}


def project(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the fields of `TrialRecord` that these events, in order, give."""
    registration = entries[0].body
    plan = plan_now(entries)
    result = last(entries, "result")
    question, unit, outcomes = plan["question"], plan["unit"], plan["outcomes"]
    words = words_of(
        # Said twice, counts twice: what it is called says most.
        question["title"],
        question["title"],
        *question["other_names"],
        *question["other_names"],
        question["summary"],
        question["problem"],
        unit["service"],
        unit["setting"],
        outcomes["primary"]["name"],
        *(arm["name"] for arm in plan["arms"]["list"]),
        plan["delivery"]["what"],
    )
    return {
        "title": question["title"],
        "summary": question["summary"],
        "state": _state(entries),
        "verdict": _verdict(entries),
        "strength": result.body["strength"]["word"] if result else "",
        "council": registration["council"]["name"],
        "service": unit["service"],
        "outcome": outcomes["primary"]["code"],
        "year": date.fromisoformat(plan["dates"]["start"]).year,
        "starts_on": date.fromisoformat(plan["dates"]["start"]),
        "ends_on": date.fromisoformat(plan["dates"]["end"]),
        "due_on": _due(entries),
        "registered_at": entries[0].created,
        "changed_at": entries[-1].created,
        "reported_at": result.created if result else None,
        "recorded": registration["recorded"],
        "elsewhere": registration["allocation"]["elsewhere"] is not None,
        "sentence": _sentence(entries),
        "n": _n(entries),
        "made_up": registration["made_up"],
        "credit": registration["credit"],
        "words": f" {' '.join(words)} ",
        "length": len(words),
    }


def _state(entries: Sequence[Entry]) -> str:
    state = "registered"
    for entry in entries:
        if entry.kind == "stopped" and entry.body["before_start"]:
            state = "withdrawn"
        elif entry.kind == "result" and state == "stopped":
            continue  # stopped early stays so; what was seen is shown
        else:
            state = _STATES.get(entry.kind, state)
    return state


def _verdict(entries: Sequence[Entry]) -> str:
    result = last(entries, "result")
    if result:
        return str(result.body["verdicts"][0]["code"])
    stopped = last(entries, "stopped")
    return "stopped_early" if stopped and not stopped.body["before_start"] else ""


def _sentence(entries: Sequence[Entry]) -> str:
    result = last(entries, "result")
    stopped, withdrawn = last(entries, "stopped"), last(entries, "withdrawn")
    if stopped and not stopped.body["before_start"]:
        return stopped_sentence(stopped.body)
    if result:
        return _first_two([str(row["sentence"]) for row in result.body["verdicts"]])
    ended = withdrawn or stopped
    return withdrawn_sentence(ended.body) if ended else ""


def _first_two(sentences: list[str]) -> str:
    """Join what is said of the first two groups, and say how many more there are."""
    more = len(sentences) - 2
    rest = [f"And {more} more group{'s' if more > 1 else ''}."] if more > 0 else []
    return " ".join([*sentences[:2], *rest])


def _due(entries: Sequence[Entry]) -> date:
    """Return when the result is due: as registered, or 90 days after an end that was moved.

    A change of the dates made after that day moves nothing: what is due stays due.
    """
    registration = entries[0].body
    due = date.fromisoformat(registration["results_due"])
    end = registration["plan"]["dates"]["end"]
    for entry in entries:
        if entry.kind != "amendment" or entry.body["question"] != "dates":
            continue
        if entry.body["after"]["end"] != end and localdate(entry.created) <= due:
            end = entry.body["after"]["end"]
            from_day = max(date.fromisoformat(end), localdate(entries[0].created))
            due = from_day + timedelta(days=DAYS_TO_REPORT)
    return due


def _n(entries: Sequence[Entry]) -> int | None:
    result, started = last(entries, "result"), last(entries, "started")
    counts: list[int] = []
    stepped = plan_now(entries)["dates"].get("steps")  # its result counts measurements
    if result and not stepped:
        counts = [arm["analysed"] for arm in result.body["numbers"]]
    elif started:
        counts = [arm["units"] for arm in started.body["arms"]]
    return sum(counts) if counts else None
