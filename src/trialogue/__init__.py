"""Small fair trials of collaboration, and what they found."""
