"""What stands between callers and the processes of a service, as a Service of Kubernetes does."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

PIECE = 64 * 1024  # bytes


class Forwarder:
    """Passes each new connection at `port` to the next of its backends; open ones live as long as they do.

    Without a backend, or when the backend refuses, the connection is closed at once.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._backends: list[int] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"forwarder-{port}")

    def start(self) -> None:
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._pass_on, "127.0.0.1", self.port))

    def stop(self) -> None:
        """Close every connection."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def admit(self, port: int) -> None:
        """Give new connections to this port, too."""
        self._backends = [*self._backends, port]

    def take_out(self, port: int) -> None:
        """Give no new connection to this port."""
        self._backends = [backend for backend in self._backends if backend != port]

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _close(self) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _pass_on(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            backend, to_backend = await asyncio.open_connection("127.0.0.1", self._next())
        except OSError:
            to_client.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(pump(client, to_backend))
                both.create_task(pump(backend, to_client))
        except* (OSError, asyncio.CancelledError):
            pass  # one side is gone: so is the other
        finally:
            to_client.transport.abort()
            to_backend.transport.abort()

    def _next(self) -> int:
        """The backend whose turn it is."""
        if not self._backends:
            raise ConnectionRefusedError
        first, *others = self._backends
        self._backends = [*others, first]
        return first


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass on what comes, and then that no more will come."""
    while piece := await source.read(PIECE):
        target.write(piece)
        await target.drain()
    target.write_eof()
