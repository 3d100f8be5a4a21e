"""Suggestions, and who tried them."""
