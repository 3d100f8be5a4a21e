"""Limits: how often somebody may call within a period, whichever process answers."""

from datetime import datetime, timedelta

from django.db import connection

from trialogue.accounts.models import Calls


def may_call(key: str, *, most: int, each: timedelta, at: datetime) -> bool:
    """Count one more call in the period that `at` is in; whether it is one of the `most` first.

    One statement, so that no two processes read the same number.
    """
    since = at - timedelta(seconds=at.timestamp() % each.total_seconds())
    field = Calls._meta.get_field("since")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Calls._meta.db_table} (key, since, number) VALUES (%s, %s, 1) "  # noqa: S608
            "ON CONFLICT (key, since) DO UPDATE "
            f"SET number = {Calls._meta.db_table}.number + 1 RETURNING number",
            [key, field.get_db_prep_value(since.replace(microsecond=0), connection)],
        )
        return bool(cursor.fetchone()[0] <= most)
