"""When something happened, as pages say it."""

from datetime import datetime, time

from django import template

from trialogue.methods.verdicts import clock_time

register = template.Library()


@register.filter(expects_localtime=True)
def clock(at: datetime | time) -> str:
    """Write the time of day, of a moment too: 2:15pm, midday."""
    return clock_time(at.time() if isinstance(at, datetime) else at)
