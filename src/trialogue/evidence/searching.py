"""Plain word search: the words of a text, and how well records match them (BM25)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from math import log

K1, B = 1.2, 0.75
_COMMON = """
a about after all an and any are as at be been before by can did do does for from had has have
how if in into is it its may more most no not of off on one or other our out over she so some
than that the their them then there these they this to too try up us was we were what when
where which who will with would you your
"""
_STOP = frozenset(_COMMON.split())
_ENDINGS = ("ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "s")


def words_of(*texts: str) -> list[str]:
    """Return the words of texts without capitals, accents, endings and the commonest words."""
    plain = unicodedata.normalize("NFKD", " ".join(texts)).encode("ascii", "ignore").decode()
    found = re.findall(r"[a-z0-9]+", plain.lower())
    return [_stem(word) for word in found if word not in _STOP and len(word) > 1]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def scores(
    query: Iterable[str], records: Mapping[int, str], *, total: int, average: float
) -> dict[int, tuple[float, float]]:
    """Score each record: BM25, and the share of the query's weight that it holds.

    `records`: every record with at least one of the words, as `words_of` joined by spaces.
    `total`: how many records there are; `average`: their mean number of words.
    """
    terms = list(dict.fromkeys(query))
    # Only what was asked for is counted, in one long text: a register of thousands is searched at
    # each request. Spaces are doubled, so that neighbours do not share one.
    texts = {key: f" {text.strip()} ".replace(" ", "  ") for key, text in records.items()}
    counts = {key: [text.count(f" {term} ") for term in terms] for key, text in texts.items()}
    weights = []
    for place in range(len(terms)):
        having = sum(count[place] > 0 for count in counts.values())
        weights.append(log(1 + (total - having + 0.5) / (having + 0.5)))
    whole = sum(weights) or 1.0
    result = {}
    for key, count in counts.items():
        length = K1 * (1 - B + B * (texts[key].count("  ") - 1) / (average or 1))
        found = [(weight, n) for weight, n in zip(weights, count, strict=True) if n]
        score = sum(weight * n * (K1 + 1) / (n + length) for weight, n in found)
        result[key] = (score, sum(weight for weight, _ in found) / whole)
    return result
