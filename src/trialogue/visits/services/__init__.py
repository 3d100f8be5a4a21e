"""Everything that changes visits: one function for each thing a person does."""

from trialogue.visits.services.listing import list_day, list_days

__all__ = ["list_day", "list_days"]
