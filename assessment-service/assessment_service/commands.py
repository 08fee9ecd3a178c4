"""What the operator of the platform does from the command line."""

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import yaml
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from assessment_service import demo, drafts
from assessment_service.models import db
from chassis.data.db import transaction
from chassis.errors import Invalid, Problem

assessments_commands = AppGroup("assessments", help="Bring in and publish assessments.")


def shipped() -> list[Path]:
    """The assessments that come with the service."""
    return sorted(Path(str(resources.files("assessment_service") / "data")).glob("*.yaml"))


@assessments_commands.command("import")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--shipped", "with_shipped", is_flag=True, help="Also those that come with the service."
)
@click.option("--author", type=click.UUID, help="Whose assessments they are.")
def import_files(files: Sequence[Path], with_shipped: bool, author: UUID | None) -> None:
    """Take YAML or JSON files as drafts: all of them, or none and a list of what is wrong."""
    wrong: list[str] = []
    with transaction(db.session):
        for file in [*files, *(shipped() if with_shipped else [])]:
            try:
                draft = drafts.import_document(read_file(file), author)
                click.echo(f"{draft.assessment.slug}: draft of version {draft.number}")
            except (ValueError, yaml.YAMLError) as error:
                wrong.append(f"{file.name}: {error}")
            except Invalid as problem:
                wrong += [
                    f"{file.name}{line_of(file, e['pointer'])}: {e['pointer']} {e['detail']}"
                    for e in problem.errors
                ]
        if wrong:
            db.session.rollback()
    for line in wrong:
        click.echo(line, err=True)
    if wrong:
        raise SystemExit(1)


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
                details = [f"{e['pointer']} {e['detail']}" for e in problem.errors] or [
                    problem.title()
                ]
                raise click.ClickException(f"{slug}: {'; '.join(details)}") from None
            click.echo(f"{slug}: published version {version.number}")
        if as_default or not drafts.has_default():
            drafts.make_default(slugs[0])
            click.echo(f"{slugs[0]}: started when none is named")


@click.command("demo")
@with_appcontext
def load_demo() -> None:
    """Load assessments and sessions of the demo people. Twice is once."""
    with transaction(db.session):
        click.echo(demo.load([read_file(file) for file in shipped()]))


def read_file(file: Path) -> Any:
    """The document in a file; `ValueError` or `YAMLError` if it is not readable."""
    content = file.read_text(encoding="utf-8")
    return json.loads(content) if file.suffix == ".json" else yaml.safe_load(content)


def line_of(file: Path, pointer: str) -> str:
    """Where in a YAML file a pointer points to, as `:line`."""
    if file.suffix == ".json":
        return ""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    for part in pointer.split("/")[1:]:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), node)
        elif (
            isinstance(node, yaml.SequenceNode) and part.isdecimal() and int(part) < len(node.value)
        ):
            node = node.value[int(part)]
    return f":{node.start_mark.line + 1}" if node else ""


def install(app: Flask) -> None:
    """Give the application its commands."""
    app.cli.add_command(assessments_commands)
    app.cli.add_command(load_demo)
