"""Writes exports: all parts whole into one document, before anything of it is sent."""

import threading
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Protocol
from uuid import UUID

import orjson
import structlog

from chassis.auth.service_tokens import ServiceIdentity
from chassis.auth.tokens import Caller
from chassis.clock import now, rfc3339
from chassis.errors import Problem, Unavailable
from chassis.spool import Document, DocumentTooLarge, Spool
from gateway.edge.compression import LEVEL
from gateway.edge.deliveries import Delivery
from gateway.errors import BadGateway, ClientGone, TooManyAtOnce
from gateway.upstream import Upstream

TARGET = "/internal/export"
GZIP = zlib.MAX_WBITS | 16  # what zlib calls the format
PATIENCE = 10.0  # seconds that an export waits while others are written
# Each has a thread of the views, which are 32.
IN_HAND = 8  # exports that are written or wait for it
AGAIN = 10  # seconds after which a person whose export is under way may ask again

log = structlog.get_logger(__name__)


class Writable(Protocol):
    """What a document is written to."""

    def write(self, data: bytes) -> None:
        """Write the data."""


class Zipped:
    """Writes to a document as gzip."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)

    def write(self, data: bytes) -> None:
        """Write the data."""
        self._document.write(self._packer.compress(data))

    def finish(self) -> None:
        """Write what is left."""
        self._document.write(self._packer.flush())


class Exports:
    """The exports of one process: one of each person at a time, from its beginning until it has been sent."""

    def __init__(
        self,
        internal: Mapping[str, Upstream],
        identity: ServiceIdentity,
        spool: Spool,
        threads: ThreadPoolExecutor,
    ) -> None:
        self._internal = internal
        self._identity = identity
        self._spool = spool
        self._threads = threads
        self._under_way: set[UUID] = set()
        self._in_hand = 0
        self._lock = threading.Lock()

    def write(self, caller: Caller, parts: Mapping[str, str], *, zipped: bool) -> Delivery:
        """A document with a part from the service of each name, as gzip if it is `zipped`.

        `TooManyAtOnce` while another export of the person is under way, `Unavailable` if a part is not whole
        or too many exports are being written, `DocumentTooLarge` if there is too much.
        """
        self._begin(caller.id)
        try:
            with self._turn():
                document = Document(self._spool)
                self._write(document, caller, parts, zipped=zipped)
        except BaseException:
            self._end(caller.id)
            raise
        return Delivery(document, self._threads, partial(self._end, caller.id))

    def _write(
        self, document: Document, caller: Caller, parts: Mapping[str, str], *, zipped: bool
    ) -> None:
        try:
            if zipped:
                packed = Zipped(document)
                self._write_parts(packed, caller, parts)
                packed.finish()
            else:
                self._write_parts(document, caller, parts)
            document.finish()
        except BaseException:
            document.close()
            raise

    def _write_parts(self, to: Writable, caller: Caller, parts: Mapping[str, str]) -> None:
        about = {"user_id": caller.id, "exported_at": rfc3339(now())}
        to.write(orjson.dumps(about).removesuffix(b"}"))
        for name, service in parts.items():
            to.write(b',"%b":' % name.encode())
            try:
                self._write_part(to, service, caller.token)
            except (ClientGone, DocumentTooLarge):
                raise
            except Problem as problem:
                log.warning("part_failed", part=name, upstream=service, reason=problem.code)
                raise Unavailable(
                    f"{service} does not answer just now, and is needed for this"
                ) from problem
        to.write(b"}\n")

    def _write_part(self, to: Writable, service: str, token: str) -> None:
        """Write the answer of the service, whose framing tells that it is whole."""
        download = self._internal[service].download(
            TARGET, self._identity.token_for(service), token
        )
        first = last = b""
        for piece in download.pieces():
            first = first or piece.lstrip()[:1]
            last = piece.rstrip()[-1:] or last
            to.write(piece)
        if (first, last) != (b"{", b"}"):
            raise BadGateway(f"{service} gave an answer of another form")

    def _begin(self, user_id: UUID) -> None:
        with self._lock:
            if user_id in self._under_way:
                raise TooManyAtOnce("one export at a time", retry_after=AGAIN)
            self._under_way.add(user_id)

    def _end(self, user_id: UUID) -> None:
        with self._lock:
            self._under_way.discard(user_id)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Write an export in the block, with no more others than a service can have."""
        with self._lock:
            if self._in_hand >= IN_HAND:
                raise Unavailable("too many exports are being written", retry_after=AGAIN)
            self._in_hand += 1
        try:
            with self._spool.turn(PATIENCE):
                yield
        finally:
            with self._lock:
                self._in_hand -= 1
