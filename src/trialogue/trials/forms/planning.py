"""Forms of the gate, of sign-off and of the team."""

from django import forms

from trialogue.pages.forms import DateField, Form, choice, text, tick
from trialogue.trials.services.planning import GOING_AHEAD


class Gate(Form):
    """Who tried it before, and why we go ahead."""

    title = text(
        "What would you try?",
        needed="Enter a title that says what you try",
        max_length=300,
        help_text="80 characters at most, like “An evening text, so that fewer collections are "
        "missed”.",
    )
    starter = forms.CharField(required=False, widget=forms.HiddenInput)
    idea = forms.IntegerField(required=False, widget=forms.HiddenInput)
    going_ahead = choice(
        "Why do you go ahead?", GOING_AHEAD.items(), needed="Choose why you go ahead"
    )
    why = text("Say more, if you like", rows=3)


class SignOff(Form):
    """A manager's answer to a plan or a result."""

    document_hash = forms.CharField(widget=forms.HiddenInput)
    answer = choice(
        "Your answer",
        [("agreed", "I sign it off"), ("back", "I send it back")],
        needed="Choose whether you sign it off",
    )
    note = text("If you send it back, what has to change?", rows=3)


class OpenDraft(Form):
    """Until when people comment on the draft."""

    until = DateField(
        label="Open the draft for comments until",
        help_text="Everyone who can sign in here can read it and comment, that day included.",
        error_messages={"required": "Enter the last day for comments"},
    )


class AnswerComment(Form):
    """The team's answer to a comment on the draft."""

    text = text(
        "Your answer",
        needed="Enter your answer",
        rows=4,
        help_text="It stands under the comment, with your name.",
    )


class Register(Form):
    """The lead's word that the plan is final."""

    agreed = tick(
        "I understand that the plan cannot be changed after this",
        needed="Tick the box to say that you understand",
    )


class Member(Form):
    """A person to add to the team."""

    email = forms.EmailField(
        label="E-mail address",
        error_messages={
            "required": "Enter the e-mail address of a person here",
            "invalid": "Enter an e-mail address like name@example.org",
        },
    )
    role = choice(
        "Their part",
        [
            ("lead", "Lead: plans and runs the trial"),
            ("analyst", "Analyst: checks and analyses it"),
            ("safety person", "Safety person: looks for harm; is not the lead"),
            ("team", "Team: loads lists and outcomes"),
        ],
        needed="Choose a part",
    )


class Amendment(Form):
    """Why the plan changes. Stands below the form of the question itself."""

    reason = text("Why does the plan change?", needed="Enter why the plan changes", rows=3)


class Deviation(Form):
    """What went differently."""

    item = text("What went differently?", needed="Enter what went differently")
    planned = text("What was planned?", needed="Enter what was planned")
    done = text("What was done?", needed="Enter what was done")
    reason = text("Why?", needed="Enter why", rows=3)
    effect = choice(
        "How does it change the reading of the result?",
        [("none", "Not at all"), ("small", "A little"), ("large", "Much"), ("unclear", "Unclear")],
        needed="Choose how it changes the reading",
    )


class Story(Form):
    """What only people know of a result."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    delivered = text("Was it delivered as planned?", rows=3)
    delivered_done = forms.IntegerField(
        label="How many deliveries were done as planned?", required=False, min_value=0
    )
    delivered_planned = forms.IntegerField(
        label="Of how many that were planned?", required=False, min_value=0
    )
    contaminated = text(
        "Did the groups mix? Say how, or leave it empty",
        help_text="If they mixed so much that they cannot be compared, the verdict is “Could not "
        "be tested”.",
    )
    unexpected = text("Were there effects that nobody expected?", rows=3)
    differently = text("What would you do differently?", rows=3)
    people_expected = text("Did people take part for the reasons you expected?", rows=3)
    limitations = text("What can this trial not say?", rows=3)
    decision = choice(
        "What do you do next?",
        [("adopt", "Take it up"), ("adapt", "Change it and go on"), ("stop", "Stop it")],
    )
    decision_by = text("Who decided?", help_text="A post, not a name.")
    decision_words = text("Say more about the decision, if you like", rows=2)
