"""What must hold within one answer that a schema cannot say."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from trialogue.evidence.schema.words import PAYERS
from trialogue.methods.problems import Problem

Body = Mapping[str, Any]


def of_question(question: str, body: Body) -> Iterator[Problem]:
    """Yield what is wrong with an answer that its schema accepts."""
    yield from _RULES.get(question, _nothing)(body)


def _nothing(body: Body) -> Iterator[Problem]:
    yield from ()


def _question(body: Body) -> Iterator[Problem]:
    if not body["title"].strip():
        yield Problem("Enter a title that says what you try", column="title")


def _arms(body: Body) -> Iterator[Problem]:
    arms = body["list"]
    codes = [arm["code"] for arm in arms]
    yield from _repeated(codes, "list")
    controls = [arm["control"] for arm in arms]
    if sum(controls) != 1 or not controls[0]:
        yield Problem(
            "One group, the first, has the usual service", "Say which one", column="list"
        )
    for code in body["comparisons"]:
        if code not in codes[1:]:
            yield Problem(
                f'"{code}" is not one of the new groups', "Take it out", column="comparisons"
            )
    yield from _payers(arms)


def _payers(arms: list[Body]) -> Iterator[Problem]:
    """Whoever pays for a group pays all of it; who pays is known of every group, or of none."""
    paid = [[arm.get(f"{payer}_pence") for payer in PAYERS] for arm in arms]
    if all(part is None for parts in paid for part in parts):
        return
    for row, (arm, parts) in enumerate(zip(arms, paid, strict=True)):
        total = sum(part or 0 for part in parts)
        if total != arm["cost_pence"]:
            yield Problem(
                f"What each pays for “{arm['name']}” is £{total / 100:,.2f}, not its cost",
                "Make them the same, or leave out who pays",
                column=f"list.{row}.cost_pence",
            )


def _strata(body: Body) -> Iterator[Problem]:
    method = body["method"]
    if method == "blocked" and body["block"] < 2:
        yield Problem("Length of a block must be 2 or more", column="block")
    if method != "blocked" and body["block"]:
        yield Problem("A length of a block goes with blocks only", "Make it 0", column="block")
    for field, words in (("drawn_by", "who placed them"), ("drawn_how", "how they were placed")):
        given = bool(body[field].strip())
        if method == "elsewhere" and not given:
            yield Problem(f"Enter {words}", column=field)
        if method != "elsewhere" and given:
            yield Problem(
                f"Only a trial placed elsewhere says {words}", "Leave it empty", column=field
            )


def _outcomes(body: Body) -> Iterator[Problem]:
    codes = [body["primary"]["code"]] + [outcome["code"] for outcome in body["secondary"]]
    yield from _repeated(codes, "secondary")
    yield from _repeated([harm["code"] for harm in body["guardrails"]], "guardrails")
    yield from _repeated([column["name"] for column in body["covariates"]], "covariates")
    yield from _repeated([one["column"] for one in body.get("subgroups", ())], "subgroups")
    if body["primary"]["code"] in {harm["code"] for harm in body["guardrails"]}:
        yield Problem(
            "The main outcome is also a harm to watch", "Choose another", column="guardrails"
        )
    yield from _upside_down("primary", body["primary"])
    for kind in ("secondary", "guardrails"):
        for index, outcome in enumerate(body[kind]):
            yield from _upside_down(f"{kind}.{index}", outcome)


def _upside_down(path: str, outcome: Body) -> Iterator[Problem]:
    lowest, highest = outcome.get("lowest"), outcome.get("highest")
    if lowest is not None and highest is not None and lowest >= highest:
        what = f"The highest of {outcome['name']} must be above the lowest, {lowest:g}"
        yield Problem(what, column=f"{path}.highest")


def _size(body: Body) -> Iterator[Problem]:
    if body["effect"] == 0:
        yield Problem("The change to find must not be 0", column="effect")


def _dates(body: Body) -> Iterator[Problem]:
    if body["end"] <= body["start"]:
        yield Problem(f"End date must be after the start date, {body['start']}", column="end")
    numbers = [wave["number"] for wave in body["waves"]]
    yield from _repeated([str(number) for number in numbers], "waves")
    for index, wave in enumerate(body["waves"]):
        if wave["closes"] < wave["opens"]:
            yield Problem(
                f"{wave['name']} closes before it opens",
                "Change one of the dates",
                column=f"waves.{index}.closes",
            )
    if body.get("steps"):
        yield from _steps([step["starts"] for step in body["steps"]], body)


def _steps(days: list[str], body: Body) -> Iterator[Problem]:
    """A stepped start: in order from the start date, everybody measured before and after each."""
    if len(days) < 2:
        yield Problem("One step is no stepped start", "Add another, or none", column="steps")
    if days != sorted(set(days)):
        yield Problem("Each step begins after the one before", "Put them in order", column="steps")
        return
    if days[0] != body["start"]:
        what = f"The first step begins on the start date, {body['start']}"
        yield Problem(what, "Make them the same", column="steps.0.starts")
    if days[-1] > body["end"]:
        what = f"The last step begins after the end date, {body['end']}"
        yield Problem(what, "Change one of the dates", column=f"steps.{len(days) - 1}.starts")
    in_time = sorted(body["waves"], key=lambda wave: wave["opens"])
    if in_time != sorted(body["waves"], key=lambda wave: wave["number"]):
        what = "The numbers of the times of measuring are not in the order of their dates"
        yield Problem(what, "Give the first to open the lowest number", column="waves")
    for index, day in enumerate(days):
        for wave in body["waves"]:
            if wave["opens"] <= day <= wave["closes"]:
                what = f"It begins while “{wave['name']}” is measured"
                yield Problem(what, "Begin after it closes", column=f"steps.{index}.starts")
    for number, (after, before) in enumerate(pairwise(["", *days, "9999"])):
        if not any(after < wave["opens"] and wave["closes"] < before for wave in body["waves"]):
            where = f"after step {number}" if number else "before the first step"
            what = f"Nothing is measured {where}" + (
                " and before the next" if 0 < number < len(days) else ""
            )
            yield Problem(what, "Add a time of measuring", column="waves")


def _repeated(values: list[str], column: str) -> Iterator[Problem]:
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield Problem(f'"{value}" is there twice', "Keep it once", column=column)


_RULES: dict[str, Callable[[Body], Iterator[Problem]]] = {
    "question": _question,
    "arms": _arms,
    "strata": _strata,
    "outcomes": _outcomes,
    "size": _size,
    "dates": _dates,
}
