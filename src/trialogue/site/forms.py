"""Forms of no step."""

from trialogue.pages.forms import Form, text


class OutboxFilter(Form):
    """Whose e-mails."""

    to = text("To", help_text="A name, like ruth")
