"""Documents that are too large for memory: each is written whole to a file without a name, and then read.

The file is gone when the document is closed, or the process ends.
"""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chassis.errors import Problem, Unavailable

IN_MEMORY = 256 * 1024  # bytes of a document that has no file yet
GIB = 1024**3
MOST = 8 * GIB  # bytes of all documents of a process
MOST_OF_ONE = 2 * GIB
# A service has four threads, and most of them are for short requests.
WRITTEN_AT_ONCE = 2


class DocumentTooLarge(Problem):
    """The document is larger than the platform writes; its operator has to hand it out."""

    code = "document_too_large"
    status = 507


class Spool:
    """The documents of one process.

    So many are `written_at_once`. One has at most `most_of_one` bytes, and all that are not closed `most`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most: int = MOST,
        most_of_one: int = MOST_OF_ONE,
        written_at_once: int = WRITTEN_AT_ONCE,
    ) -> None:
        self.folder = folder
        self.most_of_one = most_of_one
        self._most = most
        self._held = 0
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(written_at_once)

    @property
    def held(self) -> int:
        """Bytes of all documents that are not closed."""
        return self._held

    @contextmanager
    def turn(self, patience: float) -> Iterator[None]:
        """Write a document in the block; `Unavailable` if others still do after so many seconds."""
        if not self._turns.acquire(timeout=patience):
            raise Unavailable("too many documents are being written", retry_after=5)
        try:
            yield
        finally:
            self._turns.release()

    def take(self, size: int) -> None:
        """Take room for so many bytes; `Unavailable` if the documents of others leave none."""
        with self._lock:
            if self._held + size > self._most:
                raise Unavailable("too many documents wait to be read", retry_after=60)
            self._held += size

    def give_back(self, size: int) -> None:
        """So many bytes are gone."""
        with self._lock:
            self._held -= size


class Document:
    """Bytes that are written first and read afterwards, by one thread at a time."""

    def __init__(self, spool: Spool) -> None:
        self.size = 0
        self._spool = spool
        folder = str(spool.folder)
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=folder)  # noqa: SIM115  # see close

    def __del__(self) -> None:
        # An answer may be dropped unread, and what it took has to come back.
        self.close()

    def write(self, data: bytes) -> None:
        """Add the data.

        `DocumentTooLarge` if the document would get too long, `Unavailable` if there is no room for it now.
        """
        if self.size + len(data) > self._spool.most_of_one:
            raise DocumentTooLarge(f"it has more than {self._spool.most_of_one} bytes")
        self._spool.take(len(data))
        self.size += len(data)
        with _full_disk():
            self._file.write(data)

    def finish(self) -> None:
        """End the writing: what is read begins at the first byte."""
        with _full_disk():
            self._file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, so many or all that are left."""
        data: bytes = self._file.read(size)
        return data

    def close(self) -> None:
        """Remove the document."""
        with suppress(
            OSError
        ):  # what a full disk has not taken cannot be written at the end either
            self._file.close()
        size, self.size = self.size, 0
        self._spool.give_back(size)


@contextmanager
def _full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            "there is no room for the document on the disk", retry_after=60
        ) from error
