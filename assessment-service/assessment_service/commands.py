"""What the operator of the platform does from the command line."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import click
import yaml
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from assessment_service import demo, documents, drafts
from assessment_service.models import db
from chassis.data.db import transaction
from chassis.errors import Invalid, Problem

assessments_commands = AppGroup("assessments", help="Bring in and publish assessments.")


@assessments_commands.command("import")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--shipped", "with_shipped", is_flag=True, help="Also those that come with the service."
)
@click.option("--author", type=click.UUID, help="Whose assessments they are.")
def import_files(files: Sequence[Path], with_shipped: bool, author: UUID | None) -> None:
    """Take YAML or JSON files as drafts: all of them, or none and a list of what is wrong."""
    chosen, wrong = list(files), list[str]()
    if with_shipped:
        chosen += documents.shipped()
    with transaction(db.session):
        for file in chosen:
            try:
                draft = drafts.import_document(documents.read(file), author)
                click.echo(f"{draft.assessment.slug}: draft of version {draft.number}")
            except (ValueError, yaml.YAMLError) as error:
                wrong.append(f"{file.name}: {error}")
            except Invalid as problem:
                wrong += _lines_of(problem, file)
        # After the last file: a list of all that is wrong is worth more than its beginning.
        if wrong:
            db.session.rollback()
    for line in wrong:
        # The name of an unknown field may be what no terminal can show.
        click.echo(line.encode(errors="replace"), err=True)
    if wrong:
        raise SystemExit(1)


def _lines_of(problem: Invalid, file: Path) -> Iterator[str]:
    for error in problem.errors:
        line = documents.line_of(file, error["pointer"])
        yield f"{file.name}{line}: {error['pointer']} {error['detail']}"


@assessments_commands.command("publish")
@click.argument("slugs", nargs=-1, required=True)
@click.option(
    "--default", "as_default", is_flag=True, help="Start the first one when none is named."
)
def publish(slugs: Sequence[str], as_default: bool) -> None:
    """Publish the drafts of these assessments."""
    with transaction(db.session):
        for slug in slugs:
            try:
                version = drafts.release(drafts.draft_of(slug))
            except Problem as problem:
                details = [f"{error['pointer']} {error['detail']}" for error in problem.errors]
                reason = "; ".join(details) or problem.title()
                raise click.ClickException(f"{slug}: {reason}") from None
            click.echo(f"{slug}: published version {version.number}")
        if as_default or not drafts.has_default():
            drafts.make_default(slugs[0])
            click.echo(f"{slugs[0]}: started when none is named")


@click.command("demo")
@with_appcontext
def load_demo() -> None:
    """Load assessments and sessions of the demo people. Twice is once."""
    with transaction(db.session):
        click.echo(demo.load())


def install(app: Flask) -> None:
    """Give the application its commands."""
    app.cli.add_command(assessments_commands)
    app.cli.add_command(load_demo)
