"""Forms of the register's pages: filters, and the check of a draw."""

from django import forms

from trialogue.evidence.queries.tags import STATES
from trialogue.methods.verdicts import VerdictCode
from trialogue.pages.forms import Form

VERDICTS = [(code.value, code.words) for code in VerdictCode]


class TrialFilters(Form):
    """Which trials to list."""

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any state"), *((code, words) for code, (words, _) in STATES.items())],
        widget=forms.Select,
    )
    verdict = forms.ChoiceField(
        label="Verdict",
        required=False,
        choices=[("", "Any verdict"), *VERDICTS],
        widget=forms.Select,
    )

    def chosen(self) -> dict[str, str]:
        """Return the filters as asked; what is not offered filters nothing."""
        valid = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {name: str(valid.get(name, "")) for name in ("state", "verdict")}
