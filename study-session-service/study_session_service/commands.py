"""The commands of this service: `flask --app study_session_service.app …`."""

import click
from flask import Flask
from flask.cli import with_appcontext

from chassis.data.db import in_transaction
from study_session_service import demo
from study_session_service.models import db


@click.command("demo")
@with_appcontext
def load_demo() -> None:
    """Load the demo sessions, if they are not there yet."""
    count = in_transaction(db.session, demo.load)
    click.echo(f"{count} study sessions loaded")


def install(app: Flask) -> None:
    """Give the application its commands."""
    app.cli.add_command(load_demo)
