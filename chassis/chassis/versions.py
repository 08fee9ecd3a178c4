"""Which version of a thing the caller means to change."""

from dataclasses import dataclass
from typing import Self

from chassis.errors import PreconditionFailed


@dataclass(frozen=True)
class ExpectedVersion:
    """The versions that a change may be made to; None stands for any version."""

    versions: frozenset[int] | None = None

    @classmethod
    def one(cls, version: int) -> Self:
        """This version and no other."""
        return cls(frozenset({version}))

    def check(self, version: int) -> None:
        """`PreconditionFailed` unless the present version is one of them."""
        if self.versions is not None and version not in self.versions:
            raise PreconditionFailed


ANY = ExpectedVersion()
