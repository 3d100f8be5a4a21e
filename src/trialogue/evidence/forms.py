"""Forms of the register's pages: filters, and the check of a draw."""

import io
from typing import Any

from django import forms

from trialogue.evidence.queries.tags import STATES
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.verdicts import VerdictCode
from trialogue.pages import forms as pages
from trialogue.pages.forms import Form
from trialogue.tables import Table, read_upload

LARGEST = 5_000_000  # a longer list is checked by the command
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


class CheckDraw(Form):
    """A list of units and who got what, as files or pasted. Nothing of it is kept."""

    units_file = forms.FileField(
        label="The list that was placed (CSV or XLSX)",
        required=False,
        help_text="Its first column is the identifier",
    )
    units_text = pages.text("Or paste the list, headings first", rows=5)
    placed_file = forms.FileField(
        label="Who got what (CSV or XLSX)",
        required=False,
        help_text="The same identifier, and a column called arm with the code of the group",
    )
    placed_text = pages.text("Or paste who got what, headings first", rows=5)
    cluster = pages.text("Column that says what each row belongs to, if whole groups were placed")
    seed = pages.text("The seed", needed="Enter the seed: digits, from the record")

    def clean(self) -> dict[str, Any]:
        """Read both tables, and name the problems of each beside its own field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, missing in (
            ("units", "Choose or paste the list that was placed"),
            ("placed", "Choose or paste who got what"),
        ):
            try:
                cleaned[name] = self._table(name, missing)
            except InputError as error:
                self.show(problem.at(column=f"{name}_file") for problem in error.problems)
        return cleaned

    def _table(self, name: str, missing: str) -> Table:
        file, text = self.cleaned_data.get(f"{name}_file"), self.cleaned_data[f"{name}_text"]
        if file:
            return read_upload(file, file.name, largest=LARGEST)
        if text.strip():
            return read_upload(io.BytesIO(text.encode()), f"{name}.csv", largest=LARGEST)
        raise InputError(Problem(missing))
