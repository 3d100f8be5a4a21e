"""Organisations, the people who sign in, what each may do, and the trail of what they did."""
