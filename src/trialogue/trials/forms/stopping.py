"""Forms of stopping and of analyses that were not planned."""

from typing import Any

from django import forms

from trialogue.pages.forms import Form, choice, text, tick
from trialogue.trials.protocol import Protocol
from trialogue.trials.services.stopping import ADVICE, REASONS


class Stop(Form):
    """Why a trial should stop, and what another council should know."""

    main_reason = choice("The main reason", REASONS.items(), needed="Choose the main reason")
    other_reasons = forms.MultipleChoiceField(
        label="Other reasons",
        choices=list(REASONS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = text("What happened?", needed="Enter what happened", rows=4, help_text="No names.")
    advise_another = choice(
        "Would you advise another council to try?",
        ADVICE.items(),
        needed="Choose whether you would advise another council to try",
    )
    advise_words = text("What should they know?", rows=3)
    sure = tick("I understand that a stop is public and for good", needed="Tick the box")

    def body(self) -> dict[str, Any]:
        """Return the request as the service takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "sure"}


class Decide(Form):
    """A manager's answer to a request to stop."""

    answer = choice(
        "Your answer",
        [("stop", "Stop the trial"), ("go on", "Let it go on")],
        needed="Choose whether to stop the trial",
    )
    note = text("If it goes on, why?", rows=3)


class NotPlanned(Form):
    """An analysis that was not planned."""

    title = text("What does it ask?", needed="Enter what this analysis asks", max_length=120)
    adjust = choice(
        "How is it analysed?",
        [
            ("additive", "As planned (covariates and strata additive)"),
            ("lin", "Covariates and strata in each group by itself (Lin's method)"),
            ("received", "For those who really got it, by the delivery log (complier effect)"),
        ],
        needed="Choose how",
    )

    def __init__(self, protocol: Protocol, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"] = choice(
            "Which outcome?",
            [(outcome.code, outcome.name) for outcome in protocol.outcomes.all],
            needed="Choose an outcome",
        )
        self.dress_again()
