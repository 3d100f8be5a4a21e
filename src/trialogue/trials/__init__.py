"""From a plan to an honest result."""
