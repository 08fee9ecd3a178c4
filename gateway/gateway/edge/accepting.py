"""Accepts connections, until it is told to stop; what was accepted by then is served."""

import asyncio
import socket
from collections.abc import Callable, Iterable

import structlog

AT_ONCE = 64  # connections accepted before others get their turn
PAUSE = 1.0  # seconds without accepting, where no file or no memory is left for another connection

log = structlog.get_logger(__name__)


class Acceptor:
    """Accepts the connections of some listening sockets, which other processes may share."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listeners: Iterable[socket.socket],
        protocol: Callable[[], asyncio.Protocol],
    ) -> None:
        self._loop = loop
        self._listeners = list(listeners)
        self._protocol = protocol
        self._arriving: set[asyncio.Task[None]] = set()
        self._stopped = False

    def start(self) -> None:
        """Begin to accept."""
        for listener in self._listeners:
            listener.setblocking(False)
            self._loop.add_reader(listener, self._accept, listener)

    async def stop(self) -> None:
        """Accept no more. Every accepted connection has been made known to its protocol at the end."""
        self._stopped = True
        for listener in self._listeners:
            self._loop.remove_reader(listener)
            listener.close()
        await asyncio.gather(*self._arriving, return_exceptions=True)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                client, _address = listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                log.error("connection_not_accepted", reason=str(error))
                self._loop.remove_reader(listener)
                self._loop.call_later(PAUSE, self._go_on, listener)
                return
            arriving = self._loop.create_task(self._take(client))
            self._arriving.add(arriving)
            arriving.add_done_callback(self._arriving.discard)

    def _go_on(self, listener: socket.socket) -> None:
        if not self._stopped:
            self._loop.add_reader(listener, self._accept, listener)

    async def _take(self, client: socket.socket) -> None:
        client.setblocking(False)
        try:
            await self._loop.connect_accepted_socket(self._protocol, client)
        except OSError:  # the client has left already
            client.close()
