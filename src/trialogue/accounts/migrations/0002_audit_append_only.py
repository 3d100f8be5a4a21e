from django.db import migrations

from trialogue.accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_accounts")]
    operations = [append_only("accounts_auditentry")]
