"""The days that rounds run on. Everywhere else a day of the week is its index, Monday 0."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
SHORT = tuple(day[:3] for day in WEEKDAYS)
