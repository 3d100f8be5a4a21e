"""Show the demonstration."""

import os
import sys

import click

from trialogue.cli.serve import HOST, PORT, free_or_stop, serve
from trialogue.cli.site import use_site
from trialogue.cli.slips import Whole


@click.command()
@click.option("--port", type=Whole(), envvar="TRIALOGUE_PORT", default=8000, help=PORT)
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help=HOST)
@click.option("--no-serve", is_flag=True, help="Fill the site and stop.")
@click.option("--reset", is_flag=True, help="Empty the demonstration and fill it again.")
@click.pass_context
def demo(context: click.Context, port: int, host: str, no_serve: bool, reset: bool) -> None:
    """Fill an empty site with a made-up council, and serve it.

    Takes about half a minute the first time and prints who to sign in as. The next time it
    serves what is there. No e-mail leaves it. It refuses a site that holds anything real: give
    it a folder of its own.

    \b
      TRIALOGUE_DATA=demo-data trialogue demo
      TRIALOGUE_DATA=demo-data trialogue demo --reset
    """
    use_site()
    if not no_serve:
        free_or_stop(host, port)
    import django
    from django.conf import settings

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    django.setup()
    from django.core.management import call_command

    call_command("demonstration", reset=reset)
    if no_serve:
        return
    if not settings.DEMONSTRATION:
        # Only now is it the demonstration, which the settings of this process do not know.
        words = ["serve", "--port", str(port), "--host", host]
        os.execv(sys.executable, [sys.executable, "-m", "trialogue.cli", *words])  # noqa: S606
    context.invoke(serve, port=port, host=host, no_worker=False)
