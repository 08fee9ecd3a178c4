"""What the connections of one process share, and what is done every second."""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterable
from time import monotonic

import structlog

from chassis.telemetry.tracing import close as send_spans
from gateway.edge import tracing
from gateway.edge.accepting import Acceptor
from gateway.edge.connection import ClientConnection
from gateway.edge.deadlines import Deadlines
from gateway.edge.exchange import Exchange, date_line
from gateway.edge.front import Front
from gateway.edge.journal import Journal
from gateway.edge.quotas import Quotas, network_of
from gateway.edge.rooms import RoomHub
from gateway.edge.services import Service

SECOND = 1.0
TRANSPORT_SECURITY = b"Strict-Transport-Security: max-age=31536000\r\n"
MOST_UNREAD = 8 * 1024 * 1024  # bytes of answers that one caller has not read
DRAINED = 2.0  # seconds without a request, after which a process that stops closes a connection

log = structlog.get_logger(__name__)


class Unread:
    """Connections whose clients do not read what they were sent."""

    def __init__(self) -> None:
        self._clients: set[ClientConnection] = set()

    def add(self, client: ClientConnection) -> None:
        """More waits than the transport likes to hold."""
        self._clients.add(client)

    def discard(self, client: ClientConnection) -> None:
        """The client has read, or gone."""
        self._clients.discard(client)

    def is_too_much(self, subject: str) -> bool:
        """Whether this person or address has to read before they are sent more."""
        if not self._clients:
            return False
        waiting = sum(client.behind for client in self._clients if client.subject == subject)
        return waiting > MOST_UNREAD


class Edge:
    """The clients of one process."""

    def __init__(
        self,
        *,
        loop: asyncio.AbstractEventLoop,
        deadlines: Deadlines,
        front: Front,
        quotas: Quotas,
        hub: RoomHub,
        journal: Journal,
        services: Iterable[Service],
        most: int,
        per_address: Callable[[str], int],
        is_https: bool,
        access_cookie: bytes,
    ) -> None:
        """`most` connections are taken, and of each address as many as `per_address` tells.

        Clients that reach the platform by `https` are told to use nothing else for a year (RFC 6797).
        `access_cookie` is the name of the cookie that may stand for a token.
        """
        self.loop = loop
        self.front = front
        self.date = date_line()
        self.transport_security = TRANSPORT_SECURITY if is_https else b""
        self.access_cookie = access_cookie
        self.stopping = False
        self._deadlines = deadlines
        self._quotas = quotas
        self._hub = hub
        self._journal = journal
        self._services = list(services)
        self._most = most
        self._per_address = per_address
        self._clients: set[ClientConnection] = set()
        self.unread = Unread()
        self._of_address: Counter[str] = Counter()

    @property
    def clients(self) -> int:
        """How many connections are open."""
        return len(self._clients)

    def start(self) -> None:
        """Begin what goes on by itself. Needs the loop to run."""
        self._deadlines.start()
        self._hub.start()
        self._every_second()

    def acceptor(self, listeners: Iterable[socket.socket]) -> Acceptor:
        """What accepts clients at these sockets."""
        return Acceptor(self.loop, listeners, self.connection)

    def connection(self) -> ClientConnection:
        """The protocol of a new connection."""
        return ClientConnection(self)

    def welcome(self, client: ClientConnection) -> bool:
        """Take a new connection, unless there are too many, or its address has too many."""
        address = network_of(client.peer)
        self._of_address[address] += 1
        self._clients.add(client)
        own = self._per_address(client.peer)
        return len(self._clients) <= self._most and self._of_address[address] <= own

    def forget(self, client: ClientConnection) -> None:
        """A connection has ended."""
        self._clients.discard(client)
        self.unread.discard(client)
        address = network_of(client.peer)
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]

    def answered(self, exchange: Exchange, status: int, size: int) -> None:
        """A request has been answered by so many bytes."""
        if exchange.kind:
            self._quotas.charge(exchange.kind, exchange.subject, size)
        if not exchange.told:
            if exchange.span:
                tracing.end(exchange, exchange.span, status)
            self._journal.tell(exchange, status)

    def stop(self) -> None:
        """Let what has begun come to its end, and begin nothing more."""
        self.stopping = True
        self._hub.close()

    def close_idle(self) -> None:
        """Close what has been idle for a while: a request may be on its way on any other connection."""
        now = monotonic()
        for client in list(self._clients):
            if client.idle_for(now) > DRAINED:
                client.close()

    def end(self) -> None:
        """The process ends now."""
        for client in list(self._clients):
            client.abort()
        self._journal.flush()
        send_spans()

    def _every_second(self) -> None:
        self.loop.call_later(SECOND, self._every_second)
        self.date = date_line()
        now = monotonic()
        for client in list(self._clients):
            client.sweep(now)
        for service in self._services:
            service.sweep()
