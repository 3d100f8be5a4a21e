from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0003_confirmation_times")]

    operations = [
        migrations.AddField(
            model_name=model, name="appeal_answer", field=models.TextField(blank=True, default="")
        )
        for model in ("idea", "comment")
    ]
