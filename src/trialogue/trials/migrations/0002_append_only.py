"""What is answered, signed, placed, measured or analysed is never changed or deleted."""

from django.db import migrations

from trialogue.accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("trials", "0001_trials")]
    operations = [
        append_only("trials_answer"),
        append_only("trials_signoff"),
        append_only("trials_assignment"),
        append_only("trials_measurement"),
        append_only("trials_analysis"),
        append_only("trials_look"),
        append_only("trials_harmreport"),
    ]
