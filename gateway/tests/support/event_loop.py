"""The event loop of an edge, in a thread of its own."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from gateway.edge.deadlines import Deadlines
from gateway.edge.services import Service
from gateway.upstream import Upstream

Result = TypeVar("Result")
GENEROUS = 20  # seconds


def wait_until(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + GENEROUS
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


class Loop:
    """A loop that runs, and ways for a test to have something done on it."""

    def __init__(self, patience: float = 1.0) -> None:
        self.loop = asyncio.new_event_loop()
        self.threads = ThreadPoolExecutor(8)
        self._services: list[Service] = []
        self._patience = patience
        self.deadlines = Deadlines(self.loop)
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.call(self.deadlines.start)

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """What the function returns on the loop."""

        async def call() -> Result:
            return function(*arguments)

        return self.run(call())

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What the coroutine returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(GENEROUS)

    def wait_for(self, begin: Callable[[Callable[[Result], None]], None]) -> Result:
        """What is handed, sooner or later, to the function that `begin` is given."""
        found: Future[Result] = Future()
        self.call(begin, found.set_result)
        return found.result(GENEROUS)

    def service(self, name: str, url: str) -> Service:
        """A service that is called on the loop."""
        service = Service(name, url, self.loop, self.deadlines, self._patience)
        self._services.append(service)
        return service

    def upstream(self, name: str, url: str) -> Upstream:
        """A service that is called from a thread."""
        return Upstream(self.service(name, url), self.loop)

    def stop(self) -> None:
        """End the loop with everything on it."""
        self.run(self._end_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
        self.threads.shutdown()

    async def _end_tasks(self) -> None:
        for service in self._services:
            service.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
