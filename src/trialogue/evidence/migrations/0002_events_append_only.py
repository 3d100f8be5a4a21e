"""The log never changes: the database refuses."""

from django.db import migrations

from trialogue.accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_evidence")]

    operations = [append_only("evidence_event")]
