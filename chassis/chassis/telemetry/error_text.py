"""Errors as text for logs and tables: where they were raised, and what kind they are.

What PostgreSQL says about an error holds values of rows and of statements: it is left out. Its code
(SQLSTATE), the table and the constraint tell what went wrong.
"""

import traceback
from collections.abc import Iterator

NAMES = ("schema_name", "table_name", "column_name", "constraint_name")


def described(error: BaseException) -> str:
    """The kind of the error, and its message if that holds no values of the database."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    # SQLAlchemy repeats what the driver says, with the statement.
    of_driver = getattr(error, "orig", error)
    if hasattr(of_driver, "sqlstate"):
        names = (getattr(getattr(of_driver, "diag", None), name, None) for name in NAMES)
        told = [str(of_driver.sqlstate), *filter(None, names)]
        return f"{kind}: {' '.join(told)}"
    return f"{kind}: {error}" if str(error) else kind


def formatted(error: BaseException) -> str:
    """The errors that led to this one and their traces, as Python prints them, but as `described`."""
    return "\n".join(_chain(error))


def _chain(error: BaseException) -> Iterator[str]:
    before = error.__cause__
    if before is None and not error.__suppress_context__:
        before = error.__context__
    if before is not None:
        yield from _chain(before)
        yield "\nThe next error came from that one:\n"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield described(error)
