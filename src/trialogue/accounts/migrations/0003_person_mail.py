from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_append_only")]
    operations = [
        migrations.AddField(
            model_name="person",
            name="mail",
            field=models.CharField(
                choices=[
                    ("at once", "Each at once"),
                    ("daily", "What is urgent at once, the rest in one e-mail a day"),
                    ("never", "None but those about your account"),
                ],
                default="daily",
                max_length=8,
            ),
        ),
    ]
