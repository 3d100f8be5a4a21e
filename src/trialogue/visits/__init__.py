"""Visits by people who pass the door anyway: scheme, rounds, residents, plan, visits, concerns."""
