"""The verdict: a rule, so that nobody chooses it."""

from dataclasses import dataclass
from enum import StrEnum

from trialogue.methods.results import Result
from trialogue.methods.verdicts.evidence import Evidence, Validity
from trialogue.methods.verdicts.numbers import share

FEW_DF = 10  # below this the t distribution alone is not trusted
FEW_CLUSTERS = 4  # fewer in all, and one unusual cluster is the result


class VerdictCode(StrEnum):
    """The seven verdicts, by the names that records and decision rules use."""

    WORKED = "worked"
    HELPED = "helped_but_less_than_hoped"
    NO_DIFFERENCE = "made_no_real_difference"
    WORSE = "made_things_worse"
    TOO_SMALL = "too_small_to_tell"
    NOT_TESTED = "could_not_be_tested"
    STOPPED = "stopped_early"

    @property
    def words(self) -> str:
        """The words on screen."""
        return _WORDS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag. Never red: red is for what somebody must act on."""
        return _WORDS[self][1]


_WORDS = {
    VerdictCode.WORKED: ("Worked", "green"),
    VerdictCode.HELPED: ("Helped, but less than hoped", "teal"),
    VerdictCode.NO_DIFFERENCE: ("Made no real difference", "blue"),
    VerdictCode.WORSE: ("Made things worse", "magenta"),
    VerdictCode.TOO_SMALL: ("Too small to tell", "yellow"),
    VerdictCode.NOT_TESTED: ("Could not be tested", "orange"),
    VerdictCode.STOPPED: ("Stopped early", "purple"),
}

_BY_RANGE = {
    VerdictCode.WORKED: "the whole likely range is a gain and reaches what is worth having",
    VerdictCode.HELPED: "the whole likely range is a gain, and less than is worth having",
    VerdictCode.NO_DIFFERENCE: "the whole likely range is too small to matter, either way",
    VerdictCode.WORSE: "the whole likely range is a loss",
    VerdictCode.TOO_SMALL: "the likely range is too wide",
}
_PLUS_OR_MINUS = {VerdictCode.WORKED, VerdictCode.HELPED, VerdictCode.WORSE}


@dataclass(frozen=True, repr=False)
class Verdict(Result):
    """A verdict and the reasons for it, each a clause that can follow "because".

    `clearly_worthwhile`: even the smallest likely gain is worth having. `doubted`: the range
    would have said something, and a further check did not bear it out. `note` is a sentence to
    show beside it, or empty.
    """

    code: VerdictCode
    reasons: tuple[str, ...]
    clearly_worthwhile: bool = False
    doubted: bool = False
    note: str = ""

    @property
    def words(self) -> str:
        """The words on screen."""
        return self.code.words


@dataclass(frozen=True, repr=False)
class Tag(Result):
    """Words in a coloured box; the words say it all without the colour."""

    words: str
    colour: str


def tag(verdict: Verdict) -> Tag:
    """Return the tag of a verdict."""
    return Tag(verdict.words, verdict.code.colour)


def verdict(evidence: Evidence) -> Verdict:
    """Say what one comparison means.

    With benefit positive, [L, U] the 95% range and δ the smallest change worth having: worked
    L > 0 and U ≥ δ; helped L > 0 and U < δ; no real difference −δ < L ≤ 0 ≤ U < δ; worse U < 0;
    else too small to tell. Several arms need p_adjusted < α as well for a plus or a minus. With
    fewer than 10 degrees of freedom the re-randomisation answer must agree. The rules (1) to (9)
    with their reasons: docs/methods/verdicts.md.
    """
    validity = evidence.validity
    if validity.stopped == "without a rule":
        return Verdict(VerdictCode.STOPPED, ("it stopped before its planned end",))
    if broken := tuple(_broken(validity)):
        return Verdict(VerdictCode.NOT_TESTED, broken)
    code = _by_range(evidence)
    doubts = tuple(_doubts(evidence, code))
    if doubts:
        code = VerdictCode.TOO_SMALL
    harmed = validity.stopped == "by its own rule"
    note = "It stopped early for harm by its own rule; the size is probably overstated."
    return Verdict(
        code=code,
        reasons=doubts or (_BY_RANGE[code],),
        doubted=bool(doubts),
        clearly_worthwhile=code == VerdictCode.WORKED and _is_clear(evidence),
        note=note if harmed else "",
    )


def _broken(validity: Validity) -> list[str]:
    reasons = []
    missing = validity.missing
    if 10 * missing.part > 3 * missing.whole:  # whole numbers: 30% itself is not over 30%
        reasons.append(f"{share(missing)} could not be measured")
    if validity.contaminated:
        reasons.append("the groups were mixed")
    if validity.allocation_broken:
        reasons.append("people were not in the groups that chance gave them")
    if validity.clusters is not None and validity.clusters < FEW_CLUSTERS:
        reasons.append(f"only {validity.clusters} were placed by chance, and it takes 4")
    return reasons


def _by_range(evidence: Evidence) -> VerdictCode:
    if evidence.benefit is None:
        return VerdictCode.TOO_SMALL
    low, high = evidence.benefit
    delta = evidence.outcome.smallest_change
    if low > 0:
        return VerdictCode.WORKED if high >= delta else VerdictCode.HELPED
    if high < 0:
        return VerdictCode.WORSE
    if -delta < low and high < delta:
        return VerdictCode.NO_DIFFERENCE
    return VerdictCode.TOO_SMALL


def _is_clear(evidence: Evidence) -> bool:
    return evidence.benefit is not None and evidence.benefit[0] >= evidence.outcome.smallest_change


def _doubts(evidence: Evidence, code: VerdictCode) -> list[str]:
    """Say why the range alone is not enough."""
    if evidence.benefit is None:
        return ["no likely range could be worked out"]
    if code == VerdictCode.TOO_SMALL:
        return []
    reasons = []
    corrected = evidence.p_adjusted is not None and evidence.p_adjusted < evidence.alpha
    if evidence.arms > 2 and code in _PLUS_OR_MINUS and not corrected:
        reasons.append(f"{evidence.arms} groups were compared, so it may be chance")
    if evidence.df is None or evidence.df < FEW_DF:
        if evidence.p is None or evidence.p_permutation is None:
            reasons.append("with so few placed it needs a second way of checking")
        elif (evidence.p < evidence.alpha) != (evidence.p_permutation < evidence.alpha):
            reasons.append("the two ways of checking disagree")
    return reasons
