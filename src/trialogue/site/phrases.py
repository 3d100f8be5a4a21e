"""The phrases of the pages that may be shown in Welsh, page by page: what `{% say %}` writes.

A test holds them and the templates together.
"""

from dataclasses import dataclass
from hashlib import sha256

from trialogue.evidence.queries.tags import STATES
from trialogue.methods.verdicts import Level, VerdictCode
from trialogue.site.frame import FOOTER, SECTIONS, SIGN_IN, YOUR_WORK


@dataclass(frozen=True)
class Part:
    """A part of the site: its name in addresses, in words, and its phrases in reading order."""

    key: str
    heading: str
    phrases: tuple[str, ...]


PARTS = (
    Part(
        "every-page",
        "On every page",
        (
            "Skip to main content",
            "Has anyone tried it?",
            "Search",
            "Menu",
            *(item.heading for item in (*SECTIONS, *YOUR_WORK, *SIGN_IN)),
            "Sign out",
            "What is now so",
            "More about this service",
            *(item.heading for item in FOOTER if item.key != "how"),
            "Records of trials are published under the",
            "Open Government Licence v3.0",
        ),
    ),
    Part(
        "home",
        "The first page",
        (
            "Small fair trials in {council}",
            "Try an idea small, fairly and in the open. Say honestly what happened.",
            "Say in your own words what you would try",
            "Search trials",
            "How far we are",
            "ideas answered in time, of those due",
            "results reported, of those due",
            "trial running now",
            "trials running now",
            "None due yet",
            "Latest results",
            "No results yet. Here you will read what each trial found, whatever it found, so that "
            "the next place can start from it.",
            "See all trials",
            "Calls for ideas",
            "From idea to evidence in six steps",
            "Idea.",
            "Staff, residents or partners say what they would try. The page shows who tried "
            "something like it.",
            "Trial.",
            "A plan says who, what, how many, and what would be worth having. It is public before "
            "the start.",
            "People.",
            "Some get the new thing and some get usual service. Chance decides which.",
            "Delivery.",
            "The work is done, and so is a note of what was done, missed or refused.",
            "Result.",
            "The planned analysis runs once. A rule chooses the verdict.",
            "Evidence.",
            "The result joins all others, where the next council looks first.",
            "How we decide what a result means",
        ),
    ),
    Part(
        "ideas",
        "Ideas",
        (
            "What staff, partners and residents would try. Each gets an answer by a date, with "
            "the reason.",
            "Suggest an idea",
        ),
    ),
    Part(
        "evidence",
        "Evidence and results",
        (
            "Say in your own words what you would try, or type a trial’s identifier",
            "Nothing close found",
            "Nothing close found, here is the nearest",
            "That does not mean nobody has tried.",
            "Results due",
            "Outcome measures",
            *(code.words for code in VerdictCode),
            *(words for words, _ in STATES.values() if words != "Stopped early"),
            "What was tried",
            "What is tried",
            "What would have been tried",
            "Why it did not start",
            "Why it stopped",
            "What was seen",
            "Numbers so far",
            "How sure we are",
            *(word.value for word in Level),
            "What difference it made",
            "Did it last?",
            "Did it work differently for some?",
            "What it cost",
            "What happened next",
            "What {council} did next",
            "What we would do differently",
            "Who was counted",
            "All outcomes",
            "What went differently from the plan",
            "The plan",
            "The plan, fixed before the start",
        ),
    ),
    Part(
        "contact",
        "Contact",
        (
            "This council has not said yet where to write.",
            "Ask about a trial, about what we hold about you, or about a page that does not work "
            "for you. Give the trial’s identifier if you have it: it begins with EC.",
            "You think a result is wrong",
            "Say which number, and why. If it is wrong, the record is corrected in public. The "
            "old text stays beside the new.",
            "You found a security weakness",
            "Tell us before you tell anyone else. Say what you did and what happened. Do not look "
            "at or keep anybody’s data. We answer within 3 working days.",
        ),
    ),
)
PHRASES = tuple(phrase for part in PARTS for phrase in part.phrases)


def field_of(english: str) -> str:
    """Return what a form calls a phrase, the same whatever stands before it."""
    return f"phrase_{sha256(english.encode()).hexdigest()[:10]}"
