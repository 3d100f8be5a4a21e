"""Everything that changes the register."""

from trialogue.evidence.services.log import append, new_identifier, rebuild
from trialogue.evidence.services.receiving import receive

__all__ = ["append", "new_identifier", "rebuild", "receive"]
