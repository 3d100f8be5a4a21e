"""Words that no result page says, and words that no page of ours says."""

import re

_ON_RESULTS = (
    r"p[ -]?values?",
    r"p\s*[=<>≤≥]\s*0?\.\d+",
    r"no significant (?:difference|effect|change)",
    r"(?:statistically )?significant(?:ly)?",
    r"trend(?:s|ed|ing)? towards?",
    r"failed",
    r"best arm",
)
_OF_OURS = (
    r"sorry",
    r"please",
    r"successfully",
    r"simply",
    r"just",
    r"unfortunately",
    r"invalid",
    r"trends?",
    r"users?",
    r"cases?",
    r"clients?",
    r"best",
    r"!",
)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    whole = "|".join(word if word == "!" else rf"\b{word}\b" for word in words)
    return re.compile(whole, re.IGNORECASE)


_RESULTS = _pattern(_ON_RESULTS)
_OURS = _pattern(_ON_RESULTS + _OF_OURS)


def banned_on_results(text: str) -> tuple[str, ...]:
    """Return what may not stand on a result page, as written: it blocks publishing."""
    return tuple(found.group() for found in _RESULTS.finditer(text))


def words_we_avoid(text: str) -> tuple[str, ...]:
    """Return what our own sentences never say, as written."""
    return tuple(found.group() for found in _OURS.finditer(text))
