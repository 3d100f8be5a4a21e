"""Forms of ideas: the questions, the answer, the filters of the list."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from trialogue.ideas import queries
from trialogue.ideas.models import Idea, SimilarShown
from trialogue.ideas.services import Kind, NewCall, Reply, Saving, Words
from trialogue.ideas.words import HIDE_REASONS, written
from trialogue.pages import forms as pages
from trialogue.pages.forms import DateField, Form

ANOTHER = "another"


class Problem(Form):
    """What is the problem, and what would you try?"""

    problem = pages.text(
        "What is the problem?",
        rows=5,
        help_text="What goes wrong, for whom, how often. Leave out names and addresses.",
    )
    proposal = pages.text(
        "What would you try?", rows=5, help_text="What would change, and who would do it."
    )
    title = pages.text(
        "Give your idea a short name", help_text="80 characters or fewer. Everyone sees it."
    )
    personal_why = pages.text(
        "If a name or number must stay: why is it needed?",
        help_text="A person checks such an idea before it shows. Leave this empty otherwise.",
    )

    @staticmethod
    def of(idea: Idea) -> dict[str, Any]:
        """Return the answers of a draft."""
        return {name: getattr(idea, name) for name in Problem.base_fields}

    def words(self) -> Words:
        """Return the words as typed."""
        return Words(**{name: self.cleaned_data[name] for name in self.fields})


class Different(Form):
    """How is your idea different from what was tried? Asked once something close is found."""

    different = pages.choice("How is your idea different?", SimilarShown.Answer.choices)
    different_words = pages.text("If for another reason: what is it?")


class KindOfWork(Form):
    """Who would work together, in which service?"""

    collaboration = pages.choice(
        "Who would this work with?",
        [
            ("public", "The public: residents do part of it, or decide with us"),
            ("workforce", "Our own workforce: the people who do the work change it"),
            ("other sectors", "Other sectors: a business, charity or another public service"),
        ],
    )
    area = pages.choice("Which service is it about?", [])
    place = pages.text(
        "Where? (optional)", help_text="A ward, an estate, a depot. Not somebody’s address."
    )
    visibility = pages.choice("Who may see it?", Idea.Visibility.choices, initial="everyone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "area", [(area.slug, area.name) for area in queries.areas()])

    @staticmethod
    def of(idea: Idea) -> dict[str, Any]:
        """Return the answers of a draft."""
        return {
            "collaboration": idea.collaboration,
            "area": idea.area.slug if idea.area else "",
            "place": idea.place,
            "visibility": idea.visibility,
        }

    def kind(self) -> Kind:
        """Return the choices as made."""
        return Kind(**{name: self.cleaned_data[name] for name in self.fields})


class MightSave(Form):
    """What might it save, and who would have to agree?"""

    hours_low = pages.number("Hours a month, at least")
    hours_high = pages.number("Hours a month, at most")
    hours_not_sure = pages.tick("Not sure about the hours")
    pounds_low = pages.number("Pounds a year, at least")
    pounds_high = pages.number("Pounds a year, at most")
    pounds_not_sure = pages.tick("Not sure about the pounds")
    how_known = pages.text(
        "How do you know? (optional)", rows=3, help_text="I counted for a week, a rough guess, …"
    )
    who_must_agree = pages.text(
        "Who would have to agree? (optional)", rows=2, help_text="Posts or teams, not names."
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a number or for *Not sure*."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for unit, words in (("hours", "Hours a month"), ("pounds", "Pounds a year")):
            ends = [f"{unit}_low", f"{unit}_high"]
            if cleaned.get(f"{unit}_not_sure"):
                cleaned |= dict.fromkeys(ends)
            elif not any(end in self.errors or cleaned.get(end) is not None for end in ends):
                self.add_error(ends[0], f"{words}: enter a number, or choose Not sure")
        return cleaned

    @staticmethod
    def of(idea: Idea) -> dict[str, Any]:
        """Return the answers of a draft; nothing is ticked before it was asked."""

        def shared(number: int | None, by: int) -> str:
            return "" if number is None else f"{number / by:g}"

        return {
            "hours_low": shared(idea.minutes_low, 60),
            "hours_high": shared(idea.minutes_high, 60),
            "pounds_low": shared(idea.pence_low, 100),
            "pounds_high": shared(idea.pence_high, 100),
            "how_known": idea.how_known,
            "who_must_agree": idea.who_must_agree,
        }

    def saving(self) -> Saving:
        """Return the numbers as typed; none where not sure."""
        return Saving(
            **{
                name: self.cleaned_data[name]
                for name in self.fields
                if not name.endswith("not_sure")
            }
        )


class Answer(Form):
    """The manager's answer."""

    answer = pages.choice(
        "What is your answer?",
        [(code, label) for code, label in Idea.Answer.choices if code != Idea.Answer.MERGED],
    )
    reason = pages.text(
        "Why?", rows=4, help_text="Published with the answer. Name posts, not people."
    )
    lead = forms.ChoiceField(
        label="For a trial: who leads it?", required=False, widget=forms.Select
    )
    wake = pages.choice("For not now: what would wake this idea?", Idea.Wake.choices)
    wake_on = DateField(label="The date to look at it again", required=False)
    wake_words = pages.text("Or in words: which evidence, money or post?")
    why_changed = pages.text("Why does the answer change?", rows=2)

    def __init__(self, *args: Any, changing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(person.public_id), person.name) for person in queries.leads()]
        _choices(self, "lead", [("", "Choose a person"), *people])
        if not changing:
            del self.fields["why_changed"]

    def as_rows(self) -> list[tuple[str, str, str]]:
        """Return what will be published, to be looked at once more."""
        reply = self.reply()
        rows = [("Answer", Idea.Answer(reply.answer).label, ""), ("Why", reply.reason, "")]
        if reply.answer == Idea.Answer.TRIAL:
            people = dict(self.fields["lead"].choices)  # type: ignore[attr-defined]
            rows.append(("Who leads", people[self.cleaned_data["lead"]], ""))
        if reply.answer == Idea.Answer.NOT_NOW:
            woken = Idea.Wake(reply.wake).label
            when = written(reply.wake_on) if reply.wake == Idea.Wake.DATE else reply.wake_words
            rows.append(("What would wake it", f"{woken}: {when}", ""))
        if self.cleaned_data.get("why_changed"):
            rows.append(("Why it changes", self.cleaned_data["why_changed"], ""))
        return rows

    def reply(self) -> Reply:
        """Return the answer as given."""
        given = self.cleaned_data
        return Reply(
            answer=given["answer"],
            reason=given["reason"],
            wake=given["wake"],
            wake_words=given["wake_words"],
            wake_on=given["wake_on"],
            lead=UUID(given["lead"]) if given["lead"] else None,
        )


class Appeal(Form):
    """Why something hidden should show."""

    text = pages.text("Why should it show?", rows=3)


class KeepHidden(Form):
    """The answer to an appeal that is not granted."""

    why = pages.text("Why does it stay hidden?", rows=3, help_text="The writer reads this.")


class Hide(Form):
    """Why an idea or a comment is hidden."""

    reason = pages.choice("Why is it hidden?", HIDE_REASONS.items())
    words = pages.text("A message to its sender (optional)", rows=2)


class Join(Form):
    """Which idea this one is joined with: one that says much the same, or any by its address."""

    into = pages.choice("Join it with", [], needed="Choose an idea")
    address = pages.text(
        "Address of the other idea",
        help_text="Only for another idea. Copy it from that page: it has /ideas/ and a number.",
    )

    def __init__(self, *args: Any, near: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(str(number), title) for number, title in near]
        _choices(self, "into", [*titles, (ANOTHER, "Another idea")])

    def clean(self) -> dict[str, Any]:
        """Return the number of the other idea and nothing else."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        into, address = cleaned.get("into", ""), cleaned.pop("address", "")
        if into == ANOTHER:
            found = re.search(r"/ideas/(\d{1,15})\b", address)
            if found is None:
                self.add_error("address", "Enter the address of an idea, like /ideas/12-a-name/")
                return cleaned
            into = found[1]
        return {"into": int(into)} if into else cleaned


class OpenCall(Form):
    """A call for ideas."""

    title = pages.text("A short name", help_text="80 characters or fewer.")
    question = pages.text("What do you ask?", rows=3)
    opens_on = DateField(
        label="It opens on", error_messages={"required": "Enter the day it opens"}
    )
    closes_on = DateField(
        label="It closes on", error_messages={"required": "Enter the day it closes"}
    )
    answers_by = DateField(
        label="Every idea is answered by",
        error_messages={"required": "Enter the day by which every idea is answered"},
    )
    teams = pages.whole("Teams at the hack day, if there is one", min_value=0, max_value=1000)
    pot = pages.number("Pounds there are to try ideas with, if any", min_value=0, max_value=10**7)

    def call(self) -> NewCall:
        """Return the call as asked."""
        given = self.cleaned_data
        return NewCall(
            **{name: given[name] for name in ("title", "question")},
            **{name: given[name] for name in ("opens_on", "closes_on", "answers_by")},
            teams=given["teams"] or 0,
            pot_pence=round((given["pot"] or 0) * 100),
        )


class CloseCall(Form):
    """What happened with a call."""

    what_happened = pages.text(
        "What happened?",
        rows=6,
        help_text="Who came, what was said, what is being done. Leave out names of residents.",
    )


class IdeaFilters(Form):
    """Which ideas to list."""

    text = pages.text("Words to find")
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "Any state"),
            *((code, words) for code, (words, _) in queries.STATES.items()),
        ],
        widget=forms.Select,
    )
    collaboration = forms.ChoiceField(
        label="Who it works with",
        required=False,
        choices=[("", "Anyone"), *Idea.Collaboration.choices],
        widget=forms.Select,
    )
    area = forms.ChoiceField(label="Service", required=False, widget=forms.Select)
    call = forms.ChoiceField(label="Call for ideas", required=False, widget=forms.Select)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = [(area.slug, area.name) for area in queries.areas()]
        _choices(self, "area", [("", "Any service"), *areas])
        calls = [(str(call.pk), call.title) for call in queries.calls()]
        _choices(self, "call", [("", "Any call, or none"), *calls])

    def chosen(self) -> queries.Filters:
        """Return the filters as asked; what is not offered filters nothing."""
        if self.is_bound:
            self.full_clean()
        valid = self.cleaned_data if self.is_bound else {}
        call = valid.get("call")
        return queries.Filters(
            state=valid.get("state", ""),
            collaboration=valid.get("collaboration", ""),
            area=valid.get("area", ""),
            call=int(call) if call else None,
            text=valid.get("text", "").replace("\x00", ""),
        )


def _choices(form: Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class Send(Form):
    """Sending: nothing more to say for somebody who is signed in."""


class AsResident(Form):
    """The address of somebody without an account."""

    email = forms.EmailField(
        label="Your e-mail address",
        help_text="We send a link to confirm that it is you. The address is never shown.",
        error_messages={
            "required": "Enter an e-mail address like name@example.org",
            "invalid": "Enter an e-mail address like name@example.org",
        },
    )
    # No person sees this box; programs that fill in every box fill it in too.
    website = forms.CharField(
        required=False, label="Leave this empty", widget=forms.TextInput({"tabindex": "-1"})
    )

    @property
    def trapped(self) -> bool:
        """Whether a program filled it in."""
        return bool(self.cleaned_data["website"])


class SendAsResident(AsResident):
    """Who sends an idea without an account."""

    name = pages.text("Your name", needed="Enter your name", help_text="Never shown.")
    field_order = ("name", "email")
