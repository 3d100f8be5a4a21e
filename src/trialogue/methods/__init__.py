"""Pure functions: numbers in, numbers out. A room a question.

From a plan to a result in Python: docs/guides/library.md.
"""
