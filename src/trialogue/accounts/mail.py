"""Mail on the console, a line a message, where no mail server is set."""

import re
import sys
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

LINK = re.compile(r"https?://\S+")


class Console(BaseEmailBackend):
    """Says whom each message is for, what it is about and where it leads. Nothing leaves."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write a line for each message; return how many there were."""
        for message in email_messages:
            sys.stderr.write(f"{line(message)}\n")
        sys.stderr.flush()
        return len(email_messages)


def line(message: EmailMessage) -> str:
    """Return a message in one line: `e-mail to ruth@…: "Subject" http://link`."""
    link = LINK.search(str(message.body))
    words = f'e-mail to {", ".join(message.to)}: "{message.subject}"'
    return f"{words} {link.group()}" if link else words
