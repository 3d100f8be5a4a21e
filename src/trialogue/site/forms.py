"""Forms of no step."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms

from trialogue.evidence.copies import Copy
from trialogue.methods.problems import Problem
from trialogue.pages.forms import Form, text
from trialogue.site.phrases import field_of

LARGEST = 100_000_000


class OutboxFilter(Form):
    """Whose e-mails."""

    to = text("To", help_text="A name, like ruth")


SPEAKER = text(
    "Which Welsh speaker has approved these words?",
    max_length=120,
    help_text="Their name. Leave it empty to keep them as drafts, which no page shows",
)


class WelshWords(Form):
    """The Welsh of one part of the site."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, phrases: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for english in phrases:
            self.fields[field_of(english)] = forms.CharField(
                label=english,
                required=False,
                widget=forms.Textarea({"rows": 1 + len(english) // 60, "lang": "cy"}),
            )
        self.fields["approved_by"] = SPEAKER
        self.dress_again()


class WelshFile(Form):
    """The Welsh of many phrases, from a spreadsheet."""

    file = forms.FileField(
        label="File of words, CSV or XLSX",
        help_text="With the columns english and welsh, as in the file above",
        error_messages={"required": "Choose the file of words"},
    )
    approved_by = SPEAKER


class OtherRegister(Form):
    """A copy of another register's log, as files from its own addresses."""

    name = text("The council’s name", needed="Enter the council’s name")
    entries = forms.FileField(
        label="Its entries",
        help_text="From its address /commons/v1/entries/000/000.ndjson; later files put behind it",
        error_messages={"required": "Choose the file of its entries"},
    )
    checkpoint = forms.FileField(
        label="Its checkpoint",
        help_text="From its address /commons/v1/checkpoint",
        error_messages={"required": "Choose the file of its checkpoint"},
    )
    description = forms.FileField(
        label="Its description, with its keys",
        help_text="From its address /.well-known/evidence-commons.json",
        error_messages={"required": "Choose the file of its description"},
    )

    def clean(self) -> dict[str, Any]:
        """Read the three files; name the one that is not what it should be."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("entries", "checkpoint", "description"):
            file = cleaned.get(name)
            if file and file.size > LARGEST:
                self.show([Problem("The file is larger than 100 MB", column=name)])
        if not self.errors:
            cleaned["copy"] = self._copy(cleaned)
        return cleaned

    def _copy(self, cleaned: dict[str, Any]) -> Copy | None:
        try:
            keys = json.loads(cleaned["description"].read())["keys"]
        except (ValueError, KeyError, TypeError, RecursionError):
            keys = None
        if not isinstance(keys, list):
            what = "This is not the description of a register"
            self.show([Problem(what, "Save it again from its address", column="description")])
            return None
        return Copy(
            name=cleaned["name"],
            entries=cleaned["entries"].read(),
            checkpoint=cleaned["checkpoint"].read(),
            keys=keys,
        )
