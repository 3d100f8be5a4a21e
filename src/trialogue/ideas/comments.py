"""The form of a comment: on an idea, and on a trial's draft plan."""

from trialogue.ideas.models import Comment
from trialogue.pages.forms import Form, choice, text


class Say(Form):
    """A comment: a question, a detail or an offer of help."""

    kind = choice("What do you want to add?", Comment.Kind.choices)
    text = text("Your words", rows=4, help_text="Leave out names and addresses of people.")
