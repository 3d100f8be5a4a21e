"""Run the worker alone."""

import click

from trialogue.cli.site import use_site


@click.command()
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
def worker(parent: int | None) -> None:
    """Run the worker alone: tasks, messages and what happens at a time.

    `trialogue serve` runs one beside the server. Run more for more speed, each with the same
    settings as the server; two never do the same thing twice. Start the server first: it makes
    or upgrades the database.

    \b
      trialogue serve --no-worker
      trialogue worker
    """
    use_site()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("work", parent=parent)
