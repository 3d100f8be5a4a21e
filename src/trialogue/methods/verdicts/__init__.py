"""What does that mean? Verdict, strength and sentences of a result, by rule.

The rules, their sources and checks: `docs/methods/verdicts.md`.
"""

from trialogue.methods.verdicts.amounts import (
    Amounts,
    amount,
    amounts,
    difference_words,
    range_words,
    scale,
)
from trialogue.methods.verdicts.certainty import (
    Design,
    Level,
    Strength,
    StrengthFacts,
    strength,
)
from trialogue.methods.verdicts.comparing import comparisons
from trialogue.methods.verdicts.decision import Decision, decide, on_a_card
from trialogue.methods.verdicts.evidence import (
    Direction,
    Evidence,
    Kind,
    Outcome,
    Stop,
    Validity,
)
from trialogue.methods.verdicts.numbers import (
    NOT_KNOWN,
    Share,
    clock_time,
    date_range,
    due_date,
    length_of_time,
    long_date,
    money,
    protected_share,
    share,
    short_date,
)
from trialogue.methods.verdicts.plain_words import banned_on_results, words_we_avoid
from trialogue.methods.verdicts.pooled import pooled_sentence, unreported_sentence
from trialogue.methods.verdicts.rule import Tag, Verdict, VerdictCode, tag, verdict
from trialogue.methods.verdicts.sentences import (
    Stopped,
    Wording,
    guardrail_banner,
    guardrail_broken,
    smallest_change_words,
    standard_sentence,
    strength_sentence,
    verdict_sentence,
)
from trialogue.methods.verdicts.small_numbers import (
    CAREFUL_THRESHOLD,
    THRESHOLD,
    SmallCell,
    protect,
    protected_cells,
)

__all__ = [
    "CAREFUL_THRESHOLD",
    "NOT_KNOWN",
    "THRESHOLD",
    "Amounts",
    "Decision",
    "Design",
    "Direction",
    "Evidence",
    "Kind",
    "Level",
    "Outcome",
    "Share",
    "SmallCell",
    "Stop",
    "Stopped",
    "Strength",
    "StrengthFacts",
    "Tag",
    "Validity",
    "Verdict",
    "VerdictCode",
    "Wording",
    "amount",
    "amounts",
    "banned_on_results",
    "clock_time",
    "comparisons",
    "date_range",
    "decide",
    "difference_words",
    "due_date",
    "guardrail_banner",
    "guardrail_broken",
    "length_of_time",
    "long_date",
    "money",
    "on_a_card",
    "pooled_sentence",
    "protect",
    "protected_cells",
    "protected_share",
    "range_words",
    "scale",
    "share",
    "short_date",
    "smallest_change_words",
    "standard_sentence",
    "strength",
    "strength_sentence",
    "tag",
    "unreported_sentence",
    "verdict",
    "verdict_sentence",
    "words_we_avoid",
]
