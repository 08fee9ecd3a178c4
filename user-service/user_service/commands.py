"""What the operator can do from a shell."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from chassis.data.db import in_transaction
from user_service import demo, roles, signing
from user_service.accounts import find
from user_service.models import Role, db
from user_service.runtime import runtime

users = AppGroup("users", help="Accounts.")
keys = AppGroup("keys", help="The keys that sign access tokens.")


def install(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (users, keys, load_demo):
        app.cli.add_command(command)


@users.command("grant")
@click.argument("login")
@click.argument("role", type=click.Choice([str(role) for role in Role]))
def grant(login: str, role: str) -> None:
    """Give the person with this e-mail address or username a role."""

    def work() -> list[str]:
        user = find(login)
        if user is None:
            raise click.ClickException(f"there is no account {login!r}")
        return roles.grant(user, Role(role)).roles

    click.echo(f"{login}: {', '.join(in_transaction(db.session, work))}")


@keys.command("new")
def new_key() -> None:
    """Make a key and publish it. It signs after `flask keys use`."""
    click.echo(signing.make_key(runtime().keyring.directory))


@keys.command("use")
@click.argument("kid")
@click.option(
    "--at-once",
    is_flag=True,
    help="Even if others may not know the key yet: the old one has leaked.",
)
def use_key(kid: str, at_once: bool) -> None:
    """Sign with this key from now on."""
    try:
        signing.use_key(runtime().keyring.directory, kid, at_once=at_once)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


@click.command("demo")
@with_appcontext
def load_demo() -> None:
    """Load the people of the demo. Doing it again changes nothing."""
    click.echo(f"{in_transaction(db.session, demo.load)} people added")
