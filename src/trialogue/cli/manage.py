"""Django's own commands."""

import os

import click


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """Django's own commands: `trialogue manage migrate`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialogue.site.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    execute_from_command_line(["trialogue manage", *words])
