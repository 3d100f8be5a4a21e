"""Forms of harm: reported, and decided on after a look."""

from trialogue.pages.forms import Form, choice, text
from trialogue.trials.services.stopping import ADVICE


class Harm(Form):
    """Harm that somebody saw or fears."""

    words = text(
        "What happened, or what do you fear?",
        needed="Enter what happened",
        rows=4,
        help_text="No names. If someone is in danger, call 999 first.",
    )


class DecideOnLook(Form):
    """What the safety person decides after a look. The service says what a stop needs."""

    answer = choice(
        "Your decision",
        [("go on", "The trial goes on"), ("stop for harm", "Stop it for harm, now")],
        needed="Choose if the trial goes on",
    )
    reason = text(
        "Why?",
        needed="Enter why",
        rows=4,
        help_text="Kept with the look. Only safety persons and analysts of this trial read it.",
    )
    advise_another = choice(
        "If it stops: would you advise another council to try?",
        ADVICE.items(),
        help_text="Published with the stop.",
    )
    advise_words = text(
        "If it stops: what should they know?",
        rows=3,
        help_text="Published with the stop. No numbers of the groups.",
    )
