"""A decision after each look, in a row of its own: a look is never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trialogue.accounts.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("trials", "0004_said_by_themselves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name="look",
            name="decision",
        ),
        migrations.AddField(
            model_name="look",
            name="answers",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="LookDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[("go on", "go on"), ("stop for harm", "stop for harm")],
                        max_length=14,
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "look",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decision",
                        to="trials.look",
                    ),
                ),
            ],
        ),
        append_only("trials_lookdecision"),
    ]
