from django.db import migrations

from trialogue.accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("ideas", "0001_ideas")]
    operations = [append_only("ideas_similarshown"), append_only("ideas_answergiven")]
