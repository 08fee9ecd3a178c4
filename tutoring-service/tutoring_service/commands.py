"""Commands beside the service: demo data, and rehearsing the migrations with data of the older
application.
"""

import click
from flask.cli import AppGroup, with_appcontext

from chassis.data.db import in_transaction
from tutoring_service import demo, legacy
from tutoring_service.models import db

legacy_commands = AppGroup("legacy", help="Data of the older application.")


@click.command("demo")
@with_appcontext
def demo_command() -> None:
    """Load the demo data, unless it is there."""
    click.echo(
        "demo data loaded" if in_transaction(db.session, demo.load) else "the demo data is there"
    )


@legacy_commands.command("load")
@click.option("--sessions", type=click.IntRange(1), default=25, show_default=True)
@click.option(
    "--orphans",
    type=click.IntRange(0),
    default=0,
    help="So many of them without an enrolled course.",
)
def load(sessions: int, orphans: int) -> None:
    """Fill the tables of the first migration with sessions of every kind."""
    with db.engine.begin() as connection:
        legacy.load(connection, sessions, orphans)
    click.echo(f"{sessions} sessions loaded")
