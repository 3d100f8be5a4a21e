"""Triggers that make the database itself refuse to change or delete a row."""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython


def append_only(table: str, *, but_blanking: tuple[str, ...] = ()) -> RunPython:
    """Return the migration step after which rows of `table` can be added and never changed.

    The columns of `but_blanking` hold what is kept for a time only: they alone may be emptied,
    and never filled with anything else.
    """

    def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        postgresql = editor.connection.vendor == "postgresql"
        unless = _changes_more(editor, table, but_blanking) if but_blanking else ""
        when = f"WHEN ({unless})" if unless else ""
        if postgresql:
            editor.execute(_FUNCTION, params=None)
        for event in ("UPDATE", "DELETE"):
            sql = _POSTGRESQL if postgresql else _SQLITE
            editor.execute(
                sql.format(
                    table=table,
                    event=event,
                    name=event.lower(),
                    when=when if event == "UPDATE" else "",
                ),
                params=None,
            )

    def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        for name in ("update", "delete"):
            editor.execute(f"DROP TRIGGER {table}_no_{name}{on}")

    return RunPython(forbid, allow, elidable=False)


def _changes_more(editor: BaseDatabaseSchemaEditor, table: str, blanking: tuple[str, ...]) -> str:
    """Return the SQL that is true when an update does more than empty those columns."""
    connection = editor.connection
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)
    kept = [f'"{column.name}"' for column in described if column.name not in blanking]
    differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    changed = [f"NEW.{column} {differs} OLD.{column}" for column in kept]
    filled = [
        f'(NEW."{column}" IS NOT NULL AND CAST(NEW."{column}" AS TEXT) <> \'\' '
        f'AND NEW."{column}" {differs} OLD."{column}")'
        for column in blanking
    ]
    return " OR ".join([*changed, *filled])


# TRUNCATE is left to the owner of the database: tests empty tables with it.
_FUNCTION = """
CREATE OR REPLACE FUNCTION trialogue_append_only() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END; $$ LANGUAGE plpgsql;
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION trialogue_append_only();
"""
_SQLITE = """
CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
