"""The pages of no step, or of several."""
