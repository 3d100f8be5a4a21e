"""Pages of the register, and its log for machines."""
