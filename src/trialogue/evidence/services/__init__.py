"""Everything that changes the register."""

from trialogue.evidence.services.log import append, change_key, new_identifier, rebuild
from trialogue.evidence.services.receiving import receive

__all__ = ["append", "change_key", "new_identifier", "rebuild", "receive"]
