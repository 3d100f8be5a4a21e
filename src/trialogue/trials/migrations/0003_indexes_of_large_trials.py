"""Index what the pages of a trial of 100,000 units count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trials", "0002_append_only")]

    operations = [
        migrations.RemoveIndex(model_name="measurement", name="measured"),
        migrations.AddIndex(
            model_name="measurement",
            index=models.Index(
                fields=["trial", "outcome", "wave", "unit", "version", "value"], name="measured"
            ),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(fields=["trial"], condition=models.Q(late=True), name="late_units"),
        ),
    ]
