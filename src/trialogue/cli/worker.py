"""Run the worker alone."""

import os

import click


@click.command()
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
def worker(parent: int | None) -> None:
    """Run the worker alone: tasks, messages and what happens at a time."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialogue.site.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("work", parent=parent)
