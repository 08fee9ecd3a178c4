"""gunicorn's worker that runs the edge: it starts, watches, stops and restarts it as it does any other."""

import asyncio
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from gunicorn.workers.base import Worker

# The arbiter imports this module, and needs no edge of its own.
if TYPE_CHECKING:
    from gateway.edge.edge import Edge

NOTIFY = 1.0  # seconds between two signs of life to the arbiter
# A thread that computes gives the interpreter up after so long. By default the loop would wait ten times as
# long.
SWITCH = 0.0005  # seconds


class EdgeWorker(Worker):
    """Serves the application's edge on its loop."""

    def init_signals(self) -> None:
        """The loop takes them: see `_follow_signals`."""
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.siginterrupt(signal.SIGTERM, False)

    def run(self) -> None:
        application: Any = self.wsgi
        edge: Edge = application.extensions["edge"]
        sys.setswitchinterval(SWITCH)
        asyncio.set_event_loop(edge.loop)
        try:
            edge.loop.run_until_complete(self._serve(edge))
        finally:
            edge.end()
        sys.stderr.flush()
        # Threads that still wait for a service must not hold the process up.
        os._exit(0)

    async def _serve(self, edge: "Edge") -> None:
        self._stopped = asyncio.Event()
        self._follow_signals(edge.loop)
        edge.start()
        listeners: list[Any] = self.sockets
        acceptor = edge.acceptor([listener.sock for listener in listeners])
        acceptor.start()
        beating = edge.loop.create_task(self._beat())
        await self._stopped.wait()
        await acceptor.stop()
        edge.stop()
        await self._wait_for_the_last(edge)
        beating.cancel()

    def _follow_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.add_signal_handler(signal.SIGTERM, self._stopped.set)
        for number in (signal.SIGINT, signal.SIGQUIT):
            loop.add_signal_handler(number, self._stop_at_once)
        # What these ask of the arbiter is nothing to a worker.
        for number in (signal.SIGHUP, signal.SIGUSR2, signal.SIGWINCH, signal.SIGUSR1):
            loop.add_signal_handler(number, _nothing)

    def _stop_at_once(self) -> None:
        self.cfg.set("graceful_timeout", 0)
        self._stopped.set()

    async def _beat(self) -> None:
        """Tell the arbiter that the loop turns; stop if the arbiter is gone."""
        while True:
            self.notify()
            if self.ppid != os.getppid():
                self._stopped.set()
            await asyncio.sleep(NOTIFY)

    async def _wait_for_the_last(self, edge: "Edge") -> None:
        async def gone() -> None:
            while edge.clients:
                self.notify()
                edge.close_idle()
                await asyncio.sleep(0.05)

        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(gone(), self.cfg.graceful_timeout)


def _nothing() -> None:
    pass
