"""Django's own commands."""

import click

from trialogue.cli.site import use_site

ABOUT = """Usage: trialogue manage COMMAND [OPTIONS]

  Django's own commands, on this site's settings. A council needs few of them:

  trialogue manage migrate                 make or upgrade the database, as serve does
  trialogue manage changepassword E-MAIL   set somebody's password at the console
  trialogue manage sendtestemail E-MAIL    see whether mail leaves
  trialogue manage rebuild_evidence        make the lists of the register from its events
  trialogue manage check --deploy          what Django thinks of the settings
  trialogue manage dbshell                 the database's own shell

  All of them:      trialogue manage help
  One of them:      trialogue manage help migrate
"""


@click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """Django's own commands: `trialogue manage migrate`."""
    if words in ((), ("--help",), ("-h",)):
        click.echo(ABOUT)
        return
    use_site()
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    execute_from_command_line(["trialogue manage", *words])
