"""Words that may identify a person: names with a title, telephone numbers, e-mails, postcodes.

It finds what has a shape. A name alone has none, so a person reads as well.
"""

import re
from collections.abc import Mapping

from trialogue.methods.problems import Problem

_NAME = r"[A-Z][\w'’-]+"
_SHAPES = re.compile(
    "|".join(
        (
            # Mrs Jones, Dr. A. O'Neill
            rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Dame|Rev)\.?[ \t]+(?:[A-Z]\.?[ \t]+)?{_NAME}",
            # somebody@example.org
            r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
            # 07700 900 123, 01632 960001, +44 7700 900123
            r"(?<![\w.])(?:\+44[ -]?(?:\(0\)[ -]?)?|\(?0)\d(?:\)?[ -]?\d){8,9}(?!\d)",
            # an NHS number, 943 476 5919
            r"(?<![\d.])\d{3}[ -]\d{3}[ -]\d{4}(?!\d)",
            # a National Insurance number, QQ 12 34 56 C
            r"\b[A-Z]{2}[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?[A-D]\b",
            # a whole postcode, SW1A 1AA; its last letters are never C I K M O V: not "A12 3pm"
            r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?[ ]?\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2}\b",
        )
    )
)


def found(text: str) -> tuple[str, ...]:
    """Return the words of `text` that may identify a person, each once, in order."""
    return tuple(dict.fromkeys(match.group().strip() for match in _SHAPES.finditer(text)))


def problems(
    texts: Mapping[str, str], mend: str = "Take them out, or say why they are needed"
) -> tuple[Problem, ...]:
    """Return a problem for each text with such words; the keys name the fields."""
    return tuple(
        Problem(f"{_listed(words)} may identify a person", mend, column=field)
        for field, text in texts.items()
        if (words := found(text))
    )


def _listed(words: tuple[str, ...]) -> str:
    quoted = [f'"{word}"' for word in words[:5]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
