"""What was recorded or agreed is never changed: only emptied when the time to keep it is over."""

from django.db import migrations

from trialogue.accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_visits")]
    operations = [
        append_only("visits_questionset"),
        append_only("visits_roundversion"),
        append_only("visits_agreement", but_blanking=("who", "authority")),
        append_only("visits_visitevent", but_blanking=("body",)),
        append_only("visits_acknowledgement", but_blanking=("will_do",)),
        append_only("visits_concernstep", but_blanking=("words",)),
    ]
