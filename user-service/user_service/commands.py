"""What the operator can do from a shell."""

from functools import partial
from uuid import UUID

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from chassis.data.db import in_transaction
from user_service import demo, roles, second_factor_enrolment, signing
from user_service.accounts import find
from user_service.models import Role, db
from user_service.runtime import runtime

users = AppGroup("users", help="Accounts.")
second_factors = AppGroup("second-factors", help="The secrets of second factors.")
keys = AppGroup("keys", help="The keys that sign access tokens.")


def install(app: Flask) -> None:
    """Add the commands to `flask`."""
    for command in (users, second_factors, keys, load_demo):
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


@second_factors.command("reseal")
def reseal() -> None:
    """Seal each secret by the first of the sealing keys, so that the others are needed no longer."""
    sealed = lost = 0
    after = UUID(int=0)
    while done := in_transaction(db.session, partial(second_factor_enrolment.reseal, after)):
        after, sealed, lost = done.up_to, sealed + done.sealed, lost + done.lost
    click.echo(f"{sealed} secrets sealed by the first key, {lost} that no key opens")


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
