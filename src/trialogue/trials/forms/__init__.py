"""Forms of trials."""
