"""Both clients, so that one story is told of both."""

import asyncio
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from lyceum_client import LiveEvent, Lyceum, LyceumError
from lyceum_client.aio import AsyncLyceum


class Waiting:
    """The client that waits."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.client = Lyceum(*args, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()

    def ask(self, operation: str, *args: Any, **options: Any) -> Any:
        return getattr(self.client, operation)(*args, **options)

    def ask_at_once(self, operation: str, times: int) -> list[Any]:
        """What each of so many calls at the same moment gives or raises."""
        start = threading.Barrier(times)

        def ask() -> Any:
            start.wait(10)
            try:
                return self.ask(operation)
            except LyceumError as error:
                return error

        with ThreadPoolExecutor(times) as threads:
            return [call.result() for call in [threads.submit(ask) for _ in range(times)]]

    def items(self, operation: str, **options: Any) -> list[Any]:
        return list(self.client.items(getattr(self.client, operation), **options))

    def events(self, most: int = 100, **options: Any) -> list[LiveEvent]:
        """The events of a stream, so many at most."""
        with self.client.stream_user_events(**options) as events:
            return list(itertools.islice(events, most))


class Awaiting:
    """The client that is awaited."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._runner = asyncio.Runner()
        self.client = AsyncLyceum(*args, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._runner.run(self.client.close())
        self._runner.close()

    def ask(self, operation: str, *args: Any, **options: Any) -> Any:
        async def ask() -> Any:
            return await getattr(self.client, operation)(*args, **options)

        return self._runner.run(ask())

    def ask_at_once(self, operation: str, times: int) -> list[Any]:
        async def ask() -> list[Any]:
            calls = [getattr(self.client, operation)() for _ in range(times)]
            return await asyncio.gather(*calls, return_exceptions=True)

        return self._runner.run(ask())

    def items(self, operation: str, **options: Any) -> list[Any]:
        async def read() -> list[Any]:
            return [i async for i in self.client.items(getattr(self.client, operation), **options)]

        return self._runner.run(read())

    def events(self, most: int = 100, **options: Any) -> list[LiveEvent]:
        async def read() -> list[LiveEvent]:
            read: list[LiveEvent] = []
            async with self.client.stream_user_events(**options) as events:
                while len(read) < most and (event := await anext(events, None)):
                    read.append(event)
            return read

        return self._runner.run(read())
