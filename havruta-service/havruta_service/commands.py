"""The `flask` commands of this service."""

import click
from flask import Flask
from flask.cli import with_appcontext

from chassis.data.db import in_transaction
from havruta_service import demo
from havruta_service.models import db


def install(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(load_demo)


@click.command("demo")
@with_appcontext
def load_demo() -> None:
    """Load the havrutas of the demo. Doing it again changes nothing."""
    click.echo(f"{in_transaction(db.session, demo.load)} havrutas added")
