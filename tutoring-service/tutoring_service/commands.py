"""The commands of the service: demo data, and data of the older application to rehearse migrations with."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from chassis.data.db import in_transaction
from tutoring_service import demo, legacy
from tutoring_service.models import db

older = AppGroup("legacy", help="Data of the older application.")


def install(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(load_demo)
    app.cli.add_command(older)


@click.command("demo")
@with_appcontext
def load_demo() -> None:
    """Load the demo data, unless it is there."""
    loaded = in_transaction(db.session, demo.load)
    click.echo("demo data loaded" if loaded else "the demo data is there")


@older.command("load")
@click.option("--sessions", type=click.IntRange(1), default=25, show_default=True)
@click.option(
    "--orphans",
    type=click.IntRange(0),
    default=0,
    help="So many of them without an enrolled course.",
)
def load_older(sessions: int, orphans: int) -> None:
    """Fill the tables of the first migration with sessions of every kind."""
    with db.engine.begin() as connection:
        legacy.load(connection, sessions, orphans)
    click.echo(f"{sessions} sessions loaded")
