"""What each operation answers to each kind of caller through the gateway, from the services' own tables."""

import runpy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chassis.testing.matrix import Matrix, Row

ROOT = Path(__file__).parents[2]
DELETED = "deleted"
TABLES = ("ACCESS", "STREAMS")


@dataclass(frozen=True)
class Entry:
    """The first row of an operation in the table of this folder."""

    folder: str
    row: Row
    answers: Mapping[str, int]

    def expected(self, callers: Iterable[str], *, asks_all: bool) -> dict[str, int]:
        """The statuses for one caller of each, and for the deleted one: of all, or of those whose call
        changes nothing. The service's own tests ask for everyone.
        """
        asking = self.row.gateway.callers
        if asking is None:
            harmless = [caller for caller in callers if asks_all or self._status(caller) >= 400]
            first = {self._status(caller): caller for caller in reversed(harmless)}
            asking = [caller for caller in harmless if caller in {DELETED, *first.values()}]
        return {caller: self._status(caller) for caller in asking}

    def _status(self, caller: str) -> int:
        gateway, status = self.row.gateway, self.answers[caller]
        if caller == DELETED and gateway.reads_token:
            return 401
        return gateway.statuses.get(status, status)


def entries(folders: Iterable[str]) -> dict[str, Entry]:
    """Every operation of the tables in these folders, by its id."""
    found: dict[str, Entry] = {}
    for folder in folders:
        module = runpy.run_path(str(ROOT / folder / "tests" / "access.py"))
        tables: list[Matrix] = [module[name] for name in TABLES if name in module]
        for table in tables:
            for row in table.rows:
                found.setdefault(row.operation, Entry(folder, row, table.answers(row)))
    return found
