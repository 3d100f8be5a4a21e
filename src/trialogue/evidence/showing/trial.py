"""The page of one trial."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.timezone import localdate

from trialogue.charts.chart import Chart
from trialogue.evidence.queries import (
    CostsShown,
    Entry,
    Record,
    Whole,
    costs_shown,
    further_tags,
    main_tag,
    state_tag,
    verdict_tag,
)
from trialogue.evidence.schema import STOP_REASONS
from trialogue.evidence.showing import sentences
from trialogue.evidence.showing.effects import Line, charts, lines
from trialogue.evidence.showing.flow import Flow, flow, stepped_flow
from trialogue.evidence.showing.lasting import Lasted, lasted
from trialogue.evidence.showing.protocol import Row, Section, protocol
from trialogue.methods.verdicts import VerdictCode, long_date
from trialogue.pages.lists import Tag

# Chance did not decide, or nobody waited for the end: no plus or minus is shown.
NO_EFFECT = {VerdictCode.STOPPED, VerdictCode.NOT_TESTED}


@dataclass(frozen=True)
class Comparison:
    """What the result says of one group. `name` is empty where there is one comparison."""

    name: str
    tag: Tag
    sentence: str
    verdict_sentence: str


@dataclass(frozen=True)
class TrialPage:
    """All that the page of a trial shows, in its order."""

    record: Record
    tag: Tag
    further: tuple[Tag, ...]
    opening: tuple[str, str]
    source: str
    comparisons: tuple[Comparison, ...]
    watch_out: tuple[str, ...]
    notices: tuple[str, ...]
    result: Any
    deviations: tuple[Entry, ...]
    strength: Any
    charts: tuple[Chart, ...]
    cost: tuple[str, ...]
    costs: CostsShown
    decision: str
    story: tuple[Row, ...]
    stopped: tuple[Row, ...]
    numbers: tuple[Row, ...]
    flow: Flow | None
    lasted: Lasted | None
    subgroups: tuple[str, ...]
    outcomes: tuple[Line, ...]
    guardrails: tuple[tuple[str, str, str], ...]
    not_planned: tuple[str, ...]
    protocol: tuple[Section, ...]
    analysis: tuple[str, ...]
    similar: Any
    amendments: int
    dates: tuple[Row, ...]
    registered: str
    council: str


def trial_page(whole: Whole, *, today: date) -> TrialPage:
    """Make the page of a trial from its events."""
    record, plan = whole.record, whole.plan
    registration = whole.registration.body
    result = whole.result.body if whole.result else None
    codes = {VerdictCode(row["code"]) for row in result["verdicts"]} if result else set()
    effect_shown = result is not None and not codes & NO_EFFECT
    return TrialPage(
        record=record,
        tag=main_tag(record, today),
        further=_further(record, result, today),
        opening=sentences.opening(whole, today),
        source=sentences.source_line(record, today),
        comparisons=tuple(_comparisons(whole)),
        watch_out=tuple(_watch_out(result)),
        notices=tuple(_notices(whole)),
        result=result,
        deviations=whole.of_kind("deviation"),
        strength=result["strength"] if result else None,
        charts=charts(plan, result["effects"]) if result and effect_shown else (),
        cost=tuple(result["cost"]["sentences"]) if result else (),
        costs=costs_shown(whole),
        decision=sentences.DECISIONS[result["decision"]["what"]] if result else "",
        story=tuple(_story(result)) if result else (),
        stopped=tuple(_stopped(whole)),
        numbers=tuple(_numbers(whole)),
        flow=_flow(whole, result) if result else None,
        lasted=lasted(plan, result) if result and effect_shown else None,
        subgroups=tuple(
            one["sentence"] for one in (result["subgroups"] if result and effect_shown else ())
        ),
        outcomes=tuple(_outcomes(plan, result, levels=not effect_shown)) if result else (),
        guardrails=tuple(_guardrails(whole, result)) if result else (),
        not_planned=tuple(row["title"] for row in result["not_planned"]) if result else (),
        protocol=protocol(plan),
        analysis=tuple(registration["analysis"]["words"]),
        similar=registration["similar"],
        amendments=len(whole.of_kind("amendment")),
        dates=tuple(_dates(whole, today)),
        registered=sentences.registered_line(record),
        council=registration["council"]["name"],
    )


def _flow(whole: Whole, result: Any) -> Flow:
    dates = whole.plan["dates"]
    if dates.get("steps"):
        people = whole.plan["unit"]["measured_plural"]
        return stepped_flow(
            result["numbers"], whole.arms, people=people, times=len(dates["waves"])
        )
    return flow(result["numbers"], whole.arms, drawn=not whole.record.elsewhere)


def _further(record: Record, result: Any, today: date) -> tuple[Tag, ...]:
    tags = further_tags(record, today, reviewed=result["reviewed"] if result else None)
    return (*tags, Tag("Small numbers protected")) if result and result["protected"] else tags


def _comparisons(whole: Whole) -> Iterator[Comparison]:
    if not whole.result:
        return
    verdicts = whole.result.body["verdicts"]
    for row in verdicts:
        yield Comparison(
            name=whole.arms.get(row["arm"], row["arm"]) if len(verdicts) > 1 else "",
            tag=verdict_tag(row["code"]),
            sentence=row["sentence"],
            verdict_sentence=row["verdict_sentence"],
        )


def _watch_out(result: Any) -> Iterator[str]:
    for harm in result["guardrails"] if result else ():
        yield from (arm["sentence"] for arm in harm["arms"] if arm["crossed"])


def _notices(whole: Whole) -> Iterator[str]:
    for entry in whole.of_kind("retraction"):
        yield f"Taken back on {long_date(localdate(entry.created))}: {entry.body['reason']}"
    for entry in whole.of_kind("correction"):
        yield f"Corrected on {long_date(localdate(entry.created))}: {entry.body['what']}"


def _story(result: Any) -> Iterator[Row]:
    story = result["story"]
    percent = story["delivered_percent"]
    delivered = story["delivered"]
    if percent is not None:
        delivered = f"{percent:g}% as planned. {delivered}".strip()
    for label, words in (
        ("Delivered as planned", delivered),
        ("Unexpected effects", story["unexpected"]),
        ("Did people take part for the reasons expected?", story["people_expected"]),
        ("Limits of this trial", story["limitations"]),
    ):
        yield label, words, ""


def _stopped(whole: Whole) -> Iterator[Row]:
    if not whole.stopped:
        return
    body = whole.stopped.body
    yield "Main reason", STOP_REASONS[body["main_reason"]], ""
    if body["other_reasons"]:
        others = "\n".join(STOP_REASONS[code] for code in body["other_reasons"])
        yield "Other reasons", others, ""
    yield "What happened", body["words"], ""
    advice = sentences.ADVICE[body["advise_another"]]
    yield "Would they advise another council to try?", advice, ""
    if body["advise_words"]:
        yield "What they would tell them", body["advise_words"], ""


def _numbers(whole: Whole) -> Iterator[Row]:
    """What the register holds of a trial that stopped or did not report."""
    if whole.result:
        return
    entry = whole.not_reported
    held = entry.body if entry else whole.stopped.body.get("numbers") if whole.stopped else None
    if held:
        for label, name in (
            ("Planned", "planned"),
            ("Joined", "enrolled"),
            ("Measured", "measured"),
        ):
            yield label, sentences.number(held[name]), ""
    elif whole.started:
        for arm in whole.started.body["arms"]:
            name = whole.groups.get(arm["code"], arm["code"])
            yield f"Placed: {name}", f"{arm['units']:,}", ""


def _outcomes(plan: Any, result: Any, *, levels: bool) -> Iterator[Line]:
    primary = plan["outcomes"]["primary"]
    yield from lines(plan, primary, result["effects"], role="Main outcome", levels=levels)
    planned = {row["code"]: row for row in plan["outcomes"]["secondary"]}
    for row in result["secondary"]:
        outcome = {**row, "kind": row["document"].get("kind", "binary")}
        outcome |= planned.get(row["code"], {})
        yield from lines(plan, outcome, row["document"], role="Other outcome", levels=levels)


def _guardrails(whole: Whole, result: Any) -> Iterator[tuple[str, str, str]]:
    for harm in result["guardrails"]:
        for arm in harm["arms"]:
            yield harm["name"], whole.arms.get(arm["arm"], arm["arm"]), arm["sentence"]


def _dates(whole: Whole, today: date) -> Iterator[Row]:
    record = whole.record
    yield "Identifier", record.id, ""
    yield "Registered", sentences.registered_line(record), ""
    if whole.result:
        dates = whole.result.body["dates"]
        yield "Started", long_date(date.fromisoformat(dates["started"])), ""
        yield "Ended", long_date(date.fromisoformat(dates["ended"])), ""
        if record.reported_at:
            yield "Result published", long_date(localdate(record.reported_at)), ""
    else:
        yield "Start", long_date(record.starts_on), ""
        yield "End", long_date(record.ends_on), ""
        if record.state != "withdrawn":
            yield "Result due", long_date(record.due_on), ""
    yield "State", state_tag(record, today).words, ""
    elsewhere = whole.registration.body["allocation"]["elsewhere"]
    if elsewhere:
        yield "Placed elsewhere", f"By {elsewhere['by']}. {elsewhere['how']}", ""


COUNTS = (
    "trial", "made_up", "outcome", "name", "group", "group_name", "placed", "measured", "missing",
    "events", "mean", "sd",
)  # fmt: skip


def counts(whole: Whole) -> list[list[Any]]:
    """Return the table of counts of a result, a row a group and outcome, under `COUNTS`."""
    rows = whole.result.body["table"] if whole.result else []
    made_up = "yes" if whole.record.made_up else "no"
    return [
        [
            whole.record.id, made_up, row["outcome"], row["name"], row["arm"],
            whole.arms.get(row["arm"], row["arm"]), row["units"], row["measured"], row["missing"],
            row["events"], row["mean"], row["sd"],
        ]
        for row in rows
    ]  # fmt: skip
