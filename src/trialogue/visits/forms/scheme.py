"""Forms of the set-up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from trialogue.pages.forms import DateField, Form, choice, number, text, tick, whole
from trialogue.trials.services.planning import GOING_AHEAD
from trialogue.visits.positions import GRIDS
from trialogue.visits.questions import LANGUAGES
from trialogue.visits.services.scheme import WORDINGS
from trialogue.visits.timers import Timer

GRID_CHOICES = [(str(grid.epsg), grid.name) for grid in GRIDS]
SCORES = [(str(score), str(score)) for score in range(1, 6)]


def time(label: str, *, needed: str = "", **kwargs: Any) -> forms.TimeField:
    """Return a field for a time of day, typed like 09:30."""
    return forms.TimeField(
        label=label,
        required=bool(needed),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        error_messages={"required": needed, "invalid": f"{label}: write it like 09:30"},
        widget=forms.TimeInput({"class": "govuk-input--width-5"}, format="%H:%M"),
        **kwargs,
    )


class Begin(Form):
    """The first page of a scheme."""

    name = text(
        "What is the scheme called?",
        needed="Enter a name for the scheme",
        help_text="Residents read it: “A look-in on the postal round”.",
        max_length=120,
    )
    grid = choice(
        "Which grid are your maps on?",
        GRID_CHOICES,
        needed="Choose a grid",
        help_text="Lists in latitude and longitude work with each.",
        initial="27700",
    )


class Details(Form):
    """Who runs the scheme, and how it is reached."""

    name = text("Name of the scheme", needed="Enter a name for the scheme", max_length=120)
    commissioner = text("Who pays for it?", max_length=120)
    telephone = text(
        "Telephone number of the duty desk",
        needed="Enter the telephone number of the duty desk",
        help_text="A visitor rings it from a door when the phone cannot send.",
        max_length=30,
    )
    desk_opens = time("When does the desk open?", needed="Enter when the desk opens")
    desk_closes = time("When does it close?", needed="Enter when the desk closes")
    seconds_per_metre = number(
        "Seconds to travel one metre, as the crow flies",
        help_text="0.234 is 20 km an hour with a detour of 1.3. Rounds may have their own.",
        max_value=100,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class Words(Form):
    """What a resident is told before they agree."""

    agreement_words = text(
        "What is a resident told before they agree?",
        needed="Write what a resident is told",
        rows=10,
        help_text="Who calls, how often, what is asked, who is told what, how to stop.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class Partner(Form):
    """What was agreed with a partner."""

    partner = choice("Which organisation?", [], needed="Choose a partner organisation")
    reference = text("Reference of the agreement", max_length=80)
    agreed_on = DateField(label="When was it agreed?", required=False)
    review_on = DateField(label="When is it looked at again?", required=False)
    pounds_a_visit = number("Pounds a visit", min_value=0, max_value=10_000)
    pounds_an_hour = number("Pounds an hour", min_value=0, max_value=10_000)

    def __init__(
        self, *args: Any, partners: Iterable[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = self.fields["partner"]
        assert isinstance(named, forms.ChoiceField)  # noqa: S101  for the type
        named.choices = list(partners)


class Area(Form):
    """An area and the day it starts."""

    name = text("Name of the area", needed="Enter the name of the area", max_length=80)
    starts_on = DateField(
        label="When does it start?", required=False, help_text="Leave it empty while it waits."
    )


class Basis(Form):
    """On what basis personal data are used."""

    purpose = text("For what purpose?", needed="Enter the purpose", max_length=200)
    article_6 = text(
        "Lawful basis (UK GDPR, Article 6)", needed="Enter the lawful basis", max_length=120
    )
    article_9 = text("Condition for data on health (Article 9)", max_length=120)
    dpia = text("Reference of the impact assessment (DPIA)", max_length=80)
    review_on = DateField(label="When is it looked at again?", required=False)


class Hazard(Form):
    """A hazard, its controls, scores and owner."""

    controls = text(
        "What keeps it from happening?", needed="Say what keeps it from happening", rows=4
    )
    severity = choice(
        "How bad would it be? 1 is minor, 5 the worst", SCORES, needed="Choose a score"
    )
    likely_before = choice("How likely without these controls?", SCORES, needed="Choose a score")
    likely_after = choice("How likely with them?", SCORES, needed="Choose a score")
    owner = text("Who owns it?", needed="Say who owns it", max_length=120)


class Questions(Form):
    """The questions in three wordings each, and the tick that their sense is right."""

    def __init__(self, questions: Sequence[Mapping[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [question["key"] for question in questions]
        for question in questions:
            for place, english in enumerate(question["wordings"]["en"]):
                name = f"{question['key']}_{place + 1}"
                self.fields[name] = self.wording(question, place, english)
        self.fields |= self.further(questions)
        self.fields["checked"] = tick(
            "“Yes” is the good answer to each",
            needed="Check that “yes” is the good answer to each",
        )
        self.dress_again()

    def wording(self, question: Mapping[str, Any], place: int, english: str) -> forms.CharField:
        """Return the field of one wording; `place` counts from 0."""
        return text(
            f"{question['about']}, wording {place + 1}",
            needed=f"{question['about']}: enter wording {place + 1}",
            initial=english,
            max_length=160,
        )

    def further(self, questions: Sequence[Mapping[str, Any]]) -> dict[str, forms.Field]:
        """Return what else is asked before the tick."""
        return {}

    def wordings(self) -> dict[str, list[str]]:
        """Return the three texts of each question, by its key."""
        return {
            key: [self.cleaned_data[f"{key}_{one}"] for one in range(1, WORDINGS + 1)]
            for key in self.keys
        }


class QuestionsIn(Questions):
    """The questions in another language, each beside its English."""

    def __init__(
        self, questions: Sequence[Mapping[str, Any]], language: str, *args: Any, **kwargs: Any
    ) -> None:
        self.language = language
        super().__init__(questions, *args, **kwargs)

    def wording(self, question: Mapping[str, Any], place: int, english: str) -> forms.CharField:
        """Return the field of one wording; `place` counts from 0."""
        held = question["wordings"].get(self.language, [""] * WORDINGS)
        field = text(
            f"{question['about']}, wording {place + 1}",
            help_text=f"“{english}”",
            initial=held[place],
            max_length=160,
        )
        field.widget.attrs["lang"] = self.language
        return field

    def further(self, questions: Sequence[Mapping[str, Any]]) -> dict[str, forms.Field]:
        """Return who approved them."""
        named = [question.get("speakers", {}).get(self.language, "") for question in questions]
        return {
            "speaker": text(
                f"Who speaks {LANGUAGES[self.language]} and has approved these?",
                needed="Enter the name of the speaker",
                initial=next(filter(None, named), ""),
                max_length=120,
            )
        }


class Timers(Form):
    """Times, each with its unit."""

    def __init__(
        self, timers: Sequence[Timer], settings: Mapping[str, Any], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for timer in timers:
            field = whole(
                timer.words,
                help_text=f"In {timer.unit}, {timer.least} to {timer.most}.",
                initial=timer.of(dict(settings)),
            )
            field.required = True
            field.error_messages["required"] = f"{timer.words}: enter a number"
            self.fields[timer.key] = field
        self.dress_again()


class Costs(Form):
    """What the desk and the software cost, for the cost of a visit."""

    desk_hours_a_week = number("Hours of the duty desk a week", min_value=0, max_value=10_000)
    desk_pounds_an_hour = number("Pounds an hour of the desk", min_value=0, max_value=10_000)
    software_pounds_a_week = number(
        "Pounds a week for phones and software", min_value=0, max_value=1_000_000
    )


class Times(Form):
    """A file of own travel times."""

    times = forms.FileField(
        label="Your own travel times (CSV)",
        help_text=(
            "Columns from, to, seconds. A resident by reference, a stop as ROUND/3, a depot as "
            "ROUND/0. Pairs that are not there go by straight line."
        ),
        error_messages={"required": "Choose a file", "empty": "The file is empty"},
    )


class Boundaries(Form):
    """A file of boundaries and names."""

    boundaries = forms.FileField(
        label="Boundaries and names of places (GeoJSON)",
        help_text="From open data of your own. No map is fetched from anywhere else.",
        error_messages={"required": "Choose a file", "empty": "The file is empty"},
    )


class Start(Form):
    """The first day of visits."""

    starts_on = DateField(
        label="From which day are visits made?",
        error_messages={"required": "Enter the first day"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class JoinTrial(Form):
    """A trial that was planned on its own pages."""

    public_id = text(
        "Which trial?",
        needed="Enter the number of the trial, like EC-F06VWTG28J2",
        max_length=16,
        help_text="Its number stands on its page.",
    )
    places = choice(
        "What does it place?",
        [("round", "Rounds"), ("area", "Areas")],
        needed="Choose what the trial places",
    )


class AsTrial(Form):
    """What starts together by lot, and the answer at the gate."""

    unit = choice(
        "What starts together?",
        [
            ("home", "Each household: the best first choice where more agree than rounds can do"),
            ("round", "Each round: its visitor starts on one day"),
            ("area", "Each area: all its rounds start on one day"),
            ("steps", "Areas one after another: when a partner can open one office at a time"),
        ],
        needed="Choose what starts together",
        initial="round",
    )
    going_ahead = choice(
        "You saw what others tried. Why go ahead?",
        GOING_AHEAD.items(),
        needed="Choose why you go ahead",
    )
    why = text("In your own words, if you like", rows=3)
