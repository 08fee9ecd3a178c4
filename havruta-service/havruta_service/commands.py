"""The `flask` commands of this service."""

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from chassis.data.db import in_transaction, transaction
from havruta_service import demo, text_import
from havruta_service.models import TextVersion, db
from havruta_service.text_formats import TextFile, UnreadableFile, read_file
from havruta_service.text_import import Description, ImportRefused

# Of languages that are written from the right to the left, those that texts are likely to come in.
RIGHT_TO_LEFT = ("he", "arc", "yi", "lad", "jrb", "ar", "fa", "syr", "ur")
# Characters, as the table has room for.
LONGEST = {
    "id": 40,
    "title": 200,
    "language": 35,
    "licence": 100,
    "attribution": 500,
    "source": 500,
}
ID = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

texts_commands = AppGroup("texts", help="Bring in the words of books, list and remove them.")


def install(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(load_demo)
    app.cli.add_command(texts_commands)


@click.command("demo")
@with_appcontext
def load_demo() -> None:
    """Load the havrutas of the demo. Doing it again changes nothing."""
    click.echo(f"{in_transaction(db.session, demo.load)} havrutas added")


@texts_commands.command("import")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--id", "version_id", required=True, help="A short name of the version: jps-1917.")
@click.option("--title")
@click.option("--language", help="A BCP 47 tag: en.")
@click.option("--direction", type=click.Choice(["ltr", "rtl"]))
@click.option("--licence", help="Under which the words may be shown.")
@click.option("--attribution", help="Who is to be named; the title if no one else is.")
@click.option("--source", help="Where the words are from.")
@click.option("--replace", is_flag=True, help="Replace the version of this id.")
def import_texts(paths: Sequence[Path], *, replace: bool, **said: str | None) -> None:
    """Take in books as Sefaria (.json), OSIS (.xml) or lines (.tsv) have them: all, or none."""
    try:
        files = [read_file(path) for path in paths]
        about = _described(said, files)
        written = [passage for file in files for passage in file.passages]
        with click.progressbar(written, label="Reading", file=sys.stderr) as reading:
            passages = text_import.collect(reading)
        with (
            transaction(db.session),
            click.progressbar(length=len(written), label="Storing", file=sys.stderr) as storing,
        ):
            for count in text_import.store(about, passages, replace=replace):
                storing.update(count)
    except (UnreadableFile, ImportRefused) as refusal:
        for fault in getattr(refusal, "faults", [str(refusal)]):
            # A reference may be what no terminal can show.
            click.echo(fault.encode(errors="replace"), err=True)
        raise SystemExit(1) from None
    click.echo(f"{about.id}: {len(passages)} books, {len(written):,} passages")


@texts_commands.command("list")
def list_texts() -> None:
    """List the versions that are here."""
    versions = select(TextVersion).order_by(TextVersion.id)
    for version in db.session.scalars(versions):
        books = f"{len(version.books)} books in {version.language}"
        click.echo(f"{version.id}: {version.title}, {books}, {version.licence}")


@texts_commands.command("remove")
@click.argument("version_id", metavar="ID")
def remove_text(version_id: str) -> None:
    """Remove a version with its words."""
    with transaction(db.session):
        was_here = text_import.remove(version_id)
    if not was_here:
        raise click.ClickException(f"There is no version {version_id}.")


def _described(said: Mapping[str, str | None], files: Sequence[TextFile]) -> Description:
    """What is said of the version: by the options, or else by all files alike."""
    title = _said("title", said, [file.title for file in files])
    language = _said("language", said, [file.language for file in files])
    version_id = said["version_id"] or ""
    if not ID.fullmatch(version_id):
        raise ImportRefused(["--id takes small letters, digits and dashes."])
    if not LANGUAGE.fullmatch(language):
        raise ImportRefused([f"{language!r} is no BCP 47 tag of a language."])
    to_the_left = language.split("-")[0] in RIGHT_TO_LEFT
    about = Description(
        id=version_id,
        title=title,
        language=language,
        direction=said["direction"] or ("rtl" if to_the_left else "ltr"),
        licence=_said("licence", said, [file.licence for file in files]),
        attribution=said["attribution"] or title,
        source=said["source"] or _only([file.source for file in files]) or "",
    )
    for name, most in LONGEST.items():
        if len(getattr(about, name)) > most:
            raise ImportRefused([f"The {name} is longer than {most} characters."])
    return about


def _said(name: str, said: Mapping[str, str | None], by_files: Sequence[str | None]) -> str:
    text = (said[name] or _only(by_files) or "").strip()
    if not text:
        raise ImportRefused([f"The files do not say one {name} for all: --{name} does."])
    return text


def _only(values: Sequence[str | None]) -> str | None:
    """What all of them say; None if they differ."""
    first, *others = dict.fromkeys(values)
    return None if others else first
