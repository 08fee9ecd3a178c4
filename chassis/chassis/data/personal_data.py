"""Everything that a service's tables hold about a person, as JSON."""

from collections.abc import Iterator, Mapping

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Table,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
)

from chassis.data import reads
from chassis.data.reading import Reading
from chassis.spool import Document, Spool

SECRETS = frozenset(
    {
        "password_hash",
        "token_hash",
        "code_hash",
        "challenge_hash",
        "sealed_secret",
        "credential_id",
        "public_key",
        "invitation_token",
    }
)
"""Columns whose values open an account or an invitation, or are there to recognise what does."""
# The largest rows have a megabyte, which bounds what is in memory.
ROWS_AT_ONCE = 32


def document_about(db: SQLAlchemy, owned: Mapping[str, ColumnElement[bool]]) -> Document:
    """The rows of each table that meet its condition, without secrets, in the order of their primary keys.

    `owned` maps the name of each table with people in it to the condition that finds a person's rows. The
    document is a JSON object: the names of the tables with lists of rows. It is whole, or there is none.
    """
    if reads.present() is Reading.ALONE:
        raise RuntimeError("rows of several tables agree in a snapshot only")
    spool: Spool = current_app.extensions["spool"]
    with spool.turn(patience=0):
        document = Document(spool)
        try:
            for piece in _pieces(db, owned):
                document.write(piece.encode())
            document.finish()
        except BaseException:
            document.close()
            raise
    return document


def _pieces(db: SQLAlchemy, owned: Mapping[str, ColumnElement[bool]]) -> Iterator[str]:
    before = "{"
    for name, condition in owned.items():
        yield f'{before}"{name}":['
        yield from _rows(db, name, condition)
        yield "]"
        before = ","
    yield "}\n"


def _rows(db: SQLAlchemy, name: str, condition: ColumnElement[bool]) -> Iterator[str]:
    """The rows as JSON, some at a time, with commas between them."""
    before = ""
    # PostgreSQL keeps the rows, and gives so many at a time.
    found = db.session.scalars(
        _query(db.metadata.tables[name], condition), execution_options={"yield_per": ROWS_AT_ONCE}
    )
    for rows in found.partitions():
        yield before + ",".join(rows)
        before = ","


def _query(table: Table, condition: ColumnElement[bool]) -> Select[str]:
    """The rows in the order of their keys, which alone are sorted: large rows would take seconds."""
    keys = select(*table.primary_key).where(condition).order_by(*table.primary_key).subquery("keys")
    # No column has a name with a space, which would be meant instead.
    held = table.alias("the row")
    whole_row = func.to_jsonb(literal_column(f'"{held.name}"'))
    secrets = literal(sorted(SECRETS), ARRAY(Text))
    same = [held.c[key.name] == keys.c[key.name] for key in table.primary_key]
    # By its limit it cannot be joined in any other way than by one look-up after the other, in their order.
    shown = (
        select(cast(whole_row.op("-")(secrets), Text).label("shown"))
        .where(*same)
        .limit(1)
        .lateral("rows")
    )
    return select(shown.c.shown).select_from(keys.join(shown, true())).order_by(*keys.c)
