"""What a request leaves in the memory of a process."""

import asyncio
import gc
import http.client
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from chassis.testing import a_user, token_for
from gateway.app import create_app
from gateway.edge.edge import Edge
from gateway.edge.exchange import Exchange

from .support.gateway_process import Doubles, settings

Result = TypeVar("Result")
GENEROUS = 20  # seconds


class Served:
    """An edge in this process, on a loop in a thread."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._thread = threading.Thread(target=edge.loop.run_forever)
        self._thread.start()
        self._server = self.run(self._serve())
        self.port = self._server.sockets[0].getsockname()[1]

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What the coroutine returns on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._edge.loop).result(GENEROUS)

    def stop(self) -> None:
        self.run(self._end())
        self._edge.loop.call_soon_threadsafe(self._edge.loop.stop)
        self._thread.join(GENEROUS)

    async def exchanges(self) -> int:
        """How many requests are in memory, those included that are garbage."""
        return sum(isinstance(found, Exchange) for found in gc.get_objects())

    async def _serve(self) -> asyncio.Server:
        self._edge.start()
        return await self._edge.loop.create_server(self._edge.connection, "127.0.0.1", 0)

    async def _end(self) -> None:
        self._edge.end()
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def served(services: Doubles, internal: Doubles) -> Iterator[Served]:
    served = Served(create_app(settings(services, internal)).extensions["edge"])
    yield served
    served.stop()


def test_an_answer_leaves_nothing_to_the_garbage_collector(served: Served) -> None:
    headers = {"Authorization": f"Bearer {token_for(a_user())}"}
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=GENEROUS)
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            client.request("GET", "/api/texts", headers=headers)
            assert client.getresponse().read()
        left = served.run(served.exchanges())
    finally:
        gc.enable()
        client.close()
    assert left == 0
