"""All trials together, as a person reads it."""

from collections.abc import Iterator
from typing import Any

from trialogue.cli import output
from trialogue.methods.pooling import Rule

Document = dict[str, Any]


def readable(document: Document, rule: Rule) -> str:
    """Write the trials, what they say together, and how it was done."""
    parts = [
        _trials(document),
        "\n".join(_together(document, rule)),
        "\n".join(_silent(document.get("unreported"))),
        _coefficients(document),
        _refits("without", document["leave_one_out"]),
        _refits("up to", document["cumulative"]),
        "\n".join([document["method"], *(f"note: {note}" for note in document["notes"])]),
    ]
    return "\n\n".join(part for part in parts if part)


def _trials(document: Document) -> str:
    rows = [
        [
            row["name"],
            output.number(row["estimate"]),
            output.number(row["variance"] ** 0.5),
            f"{row['weight']:.1f}",
        ]
        for row in document["studies"]
    ]
    return output.table(["trial", "estimate", "se", "weight %"], rows)


def _together(document: Document, rule: Rule) -> Iterator[str]:
    """Say the answer; of two trials, only what each of them says."""
    k, level = document["k"], f"{100 * (1 - rule.alpha):g}%"
    if k == 2:
        yield "Two trials: read each by itself."
        return
    means = " at the means of the moderators" if document["coefficients"] else ""
    trials = "One trial" if k == 1 else f"{k} trials together"
    yield f"{trials}{means}: {_with_range(document)} ({level} range)"
    if document["pi_low"] is not None:
        low, high = output.number(document["pi_low"]), output.number(document["pi_high"])
        yield f"A new place may see: {low} to {high}"
    if ratio := document["exp"]:
        new = ratio["pi_low"] is not None and (
            f"; a new place: {output.number(ratio['pi_low'])} to {output.number(ratio['pi_high'])}"
        )
        yield f"As a ratio: {_with_range(ratio)}{new or ''}"
    if document["i2"] is not None and document["tau2"] is not None:
        between = f"{document['i2']:.0f}% of the differences between trials are more than chance"
        yield f"{between} (I²); tau² {output.number(document['tau2'])}{_tau2_range(document)}"
    if document["r2"] is not None:
        yield f"The moderators explain {document['r2']:.0f}% of tau²"
    if test := document["moderator_test"]:
        yield f"All moderators at once: p {output.number(test['p'])}"
    if egger := document["egger"]:
        yield f"Small trials against large ones (Egger): p {output.number(egger['p'])}"


def _silent(found: Document | None) -> Iterator[str]:
    """Say what the trials that never reported could change."""
    if found is None:
        return
    count = found["count"]
    who, each = ("the trial", "it") if count == 1 else (f"the {count} trials", "each")
    yield f"If {who} not reported had found nothing: {_with_range(found['if_nothing'])}"
    yield f"If {each} had done harm: {_with_range(found['if_harm'])}"


def _with_range(found: Document) -> str:
    low, high = output.number(found["ci_low"]), output.number(found["ci_high"])
    return f"{output.number(found['estimate'])}, {low} to {high}"


def _tau2_range(document: Document) -> str:
    if document["tau2_low"] is None:
        return ""
    low, high = output.number(document["tau2_low"]), output.number(document["tau2_high"])
    return f" ({low} to {high})"


def _coefficients(document: Document) -> str:
    rows = [
        [row["name"], *(output.number(row[key]) for key in _COLUMNS)]
        for row in document["coefficients"] or ()
    ]
    return (
        output.table(["moderator", "estimate", "from", "to", "se", "df", "p"], rows)
        if rows
        else ""
    )


_COLUMNS = ("estimate", "ci_low", "ci_high", "se", "df", "p")


def _refits(heading: str, refits: list[Document] | None) -> str:
    if not refits:
        return ""
    rows = [[row["name"], *(output.number(row[key]) for key in _REFIT_COLUMNS)] for row in refits]
    return output.table([heading, "estimate", "from", "to", "se", "tau²", "I² %"], rows)


_REFIT_COLUMNS = ("estimate", "ci_low", "ci_high", "se", "tau2", "i2")
