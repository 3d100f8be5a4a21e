"""The form that asks for a week's plan."""

from trialogue.pages.forms import Form, choice


class Effort(Form):
    """How long the planner looks."""

    effort = choice(
        "How long should it look?",
        [
            ("quick", "Quick: under a minute"),
            ("standard", "Standard: some minutes. Best for a week that will run"),
            ("thorough", "Thorough: up to an hour, where rounds are nearly full"),
        ],
        needed="Choose how long to look",
        initial="standard",
    )
