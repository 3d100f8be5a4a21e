"""Forms of accounts."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from trialogue.accounts.models import Membership, Organisation, Person
from trialogue.accounts.periods import Period
from trialogue.pages.forms import DateField, Form, choice, dress, text, whole

ROLES = [
    (Membership.Role.MEMBER, "Member: suggest, support, discuss, work on trials"),
    (Membership.Role.MANAGER, "Manager: answer ideas, sign off plans, results and stops"),
    (Membership.Role.ADMINISTRATOR, "Administrator: people, settings, who changed what"),
    (Membership.Role.DATA_PROTECTION, "Data protection officer: who changed what"),
]


def email(label: str = "E-mail address", **kwargs: Any) -> forms.EmailField:
    """Return a field for an address."""
    like = "Enter an e-mail address like name@example.org"
    widget = forms.EmailInput({"autocomplete": "email", "spellcheck": "false"})
    return forms.EmailField(
        label=label, error_messages={"required": like, "invalid": like}, widget=widget, **kwargs
    )


def password(label: str, *, needed: str, known: bool = False, hint: str = "") -> forms.CharField:
    """Return a field for a password: one they know, or a new one. Pasting is welcome."""
    autocomplete = "current-password" if known else "new-password"
    return forms.CharField(
        label=label,
        strip=False,
        help_text=hint,
        error_messages={"required": needed},
        widget=forms.PasswordInput({"autocomplete": autocomplete}),
    )


LONG = "10 characters or more. Three words that do not belong together are good."


class SignIn(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": (
            "The e-mail address or password does not match. Check both, or get a new password"
        ),
        "inactive": "The e-mail address or password does not match. Check both",
    }
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["username"] = email()
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["password"] = password("Password", needed="Enter your password", known=True)
        for field in self.fields.values():
            dress(field)


class AskForPassword(Form):
    """The address that a new password is for."""

    email = email()


class NewPassword(Form):
    """A new password, once: it can be seen while it is typed in most browsers."""

    password = password("New password", needed="Enter a new password", hint=LONG)


class ChangePassword(Form):
    """The old password and a new one."""

    old_password = password("Your password now", needed="Enter your password now", known=True)
    password = password("New password", needed="Enter a new password", hint=LONG)


class Accept(Form):
    """What an invited person says of themselves."""

    name = text("Your name", needed="Enter your name", max_length=120)
    job = text("Your post", max_length=120, help_text="For example: street care officer")
    password = password("Choose a password", needed="Choose a password", hint=LONG)


class Details(Form):
    """Name and post."""

    name = text("Your name", needed="Enter your name", max_length=120)
    job = text("Your post", max_length=120)


class Mail(Form):
    """Which e-mails to be sent."""

    mail = choice(
        "Which e-mails do you want?",
        Person.Mail.choices,
        needed="Choose which e-mails you want",
        help_text="Whatever you choose, everything is listed in Your work.",
    )


class Invite(Form):
    """Whom to invite, where, as what."""

    name = text("Name", needed="Enter the name of the person", max_length=120)
    email = email()
    organisation = choice("Organisation", [], needed="Choose an organisation")
    roles = forms.MultipleChoiceField(
        label="Roles in the council",
        help_text="People of a partner need none.",
        choices=ROLES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one.slug, one.name) for one in organisations]


class Roles(Form):
    """A person's roles in one organisation."""

    roles = forms.MultipleChoiceField(
        label="Roles", choices=ROLES, required=False, widget=forms.CheckboxSelectMultiple
    )


class Partner(Form):
    """An organisation that works with the council."""

    name = text("Name of the organisation", needed="Enter the name of the organisation")


class HandOver(Form):
    """Who takes over."""

    to = forms.ChoiceField(
        label="Who takes over",
        choices=(),
        error_messages={"required": "Choose who takes over", "invalid_choice": "Choose a person"},
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Choose a person"), *_people(people)]


GSS_CODE = "For example: E07000123. Its first letter says whose bank holidays count"


class Council(Form):
    """The council's own details."""

    name = text("Name of the council", needed="Enter the name of the council", max_length=120)
    contact = text(
        "Contact shown to everyone",
        max_length=200,
        help_text="An e-mail address, a telephone number or both",
    )
    gss_code = text("GSS code", max_length=9, help_text=GSS_CODE)
    zone = text("Time zone", needed="Enter the time zone, like Europe/London", max_length=40)
    version = forms.IntegerField(widget=forms.HiddenInput)


class SetUp(Form):
    """The council and its first administrator."""

    code = text(
        "Code from the console",
        needed="Enter the code that the console shows",
        help_text="It looks like AB3CD-EF4GH-JK5MN",
        max_length=40,
    )
    council = text("Name of the council", needed="Enter the name of the council", max_length=120)
    gss_code = text("GSS code, if you know it", max_length=9, help_text=GSS_CODE)
    contact = text(
        "Contact shown to everyone",
        max_length=200,
        help_text="An e-mail address, a telephone number or both",
    )
    welsh = forms.BooleanField(
        label="Offer pages in Welsh too",
        required=False,
        help_text="You write the words, or send a file of them. You can turn this on later",
    )
    name = text("Your name", needed="Enter your name", max_length=120)
    email = email("Your e-mail address")
    password = password("Choose a password", needed="Choose a password", hint=LONG)


class Area(Form):
    """A service area and its people."""

    name = text("Name", needed="Enter the name of the service area", max_length=80)
    manager = forms.ChoiceField(label="Manager who answers", required=False)
    stand_in = forms.ChoiceField(label="Stand-in when the answer is late", required=False)

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("manager", "stand_in"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "Nobody yet"), *_people(people)]


class AddPause(Form):
    """A time when results are not published."""

    first = DateField(label="First day", error_messages={"required": "Enter the first day"})
    last = DateField(label="Last day", error_messages={"required": "Enter the last day"})
    why = text("Why", needed="Enter why", max_length=120, help_text="For example: local elections")


class Days(Form):
    """How many days each period of a group has."""

    def __init__(
        self, data: Any, *, group: tuple[Period, ...], council: Organisation | None
    ) -> None:
        now = {one.key: council.days(one) if council else one.usual for one in group}
        super().__init__(data, initial=now)
        for one in group:
            limits = f"From {one.least} to {one.most}; {one.usual} is usual."
            field = whole(one.words, required=True, help_text=f"{one.hint} {limits}".strip())
            field.error_messages["required"] = f"Enter the {one.words.lower()}"
            self.fields[one.key] = field
        self.dress_again()


class DayClosed(Form):
    """A day on which the council does not work."""

    day = DateField(label="Day", error_messages={"required": "Enter the day"})
    why = text("Why", needed="Enter why you are closed", max_length=120)


class Token(Form):
    """What a token is for."""

    label = text(
        "What is it for?",
        needed="Enter what the token is for",
        max_length=80,
        help_text="For example: loading results from the waste system",
    )


class AuditFilter(Form):
    """Whose changes, of what, when."""

    who = text("Person", help_text="Part of a name or an e-mail address")
    thing = text("Thing", help_text="An identifier, like EC-…, or a kind, like trial")
    kind = choice(
        "Show",
        [
            ("", "Everything"),
            ("changes", "Changes"),
            ("looks", "Looks at personal records"),
        ],
    )
    first = DateField(label="From", required=False)
    last = DateField(label="Until", required=False)


class PeopleFilter(Form):
    """Part of a name or an address."""

    who = text("Name or e-mail")


def _people(people: list[Person]) -> list[tuple[str, str]]:
    return [
        (str(one.public_id), f"{one.name}, {one.job}" if one.job else one.name) for one in people
    ]
