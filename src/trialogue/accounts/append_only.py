"""Triggers that make the database itself refuse to change or delete a row."""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython


def append_only(table: str) -> RunPython:
    """Return the migration step after which rows of `table` can be added and never changed."""

    def forbid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(_POSTGRESQL.format(table=table), params=None)
        else:
            for event in ("UPDATE", "DELETE"):
                editor.execute(_SQLITE.format(table=table, event=event, name=event.lower()))

    def allow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        else:
            for name in ("update", "delete"):
                editor.execute(f"DROP TRIGGER {table}_no_{name}")

    return RunPython(forbid, allow, elidable=False)


# TRUNCATE is left to the owner of the database: tests empty tables with it.
_POSTGRESQL = """
CREATE OR REPLACE FUNCTION trialogue_append_only() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END; $$ LANGUAGE plpgsql;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION trialogue_append_only();
"""
_SQLITE = """
CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
