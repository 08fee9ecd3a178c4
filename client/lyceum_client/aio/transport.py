"""Speaks HTTP with one gateway, by `httpx` under asyncio."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

import httpx

from lyceum_client.answers import is_success, read, refusal_of
from lyceum_client.client import Client
from lyceum_client.errors import LyceumError, Refused, TimedOut, Unreachable, Unreadable
from lyceum_client.exchange import Request
from lyceum_client.live import SILENCE, Feed, LiveEvent
from lyceum_client.models import Page, SignedInTokens

Content = TypeVar("Content")
Item = TypeVar("Item")
Parameters = ParamSpec("Parameters")


class AsyncTransport(Client):
    """Calls operations. The tasks of one event loop may share it."""

    def _connect(self) -> None:
        self.http = httpx.AsyncClient(timeout=self.timeout)
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self.http.aclose()

    async def sign_in(
        self, login: str, password: str, code: Callable[[], str] | None = None
    ) -> Self:
        """Sign in with e-mail address or username; `code` gives one of the second factor if it is asked for.

        `Refused` with the code `mfa_required` if it is asked for and not given.
        """
        try:
            tokens = await self.call(self._first_step(login, password), SignedInTokens)
        except Refused as refusal:
            tokens = await self.call(self._second_step(refusal, code), SignedInTokens)
        self.adopt(tokens)
        return self

    @staticmethod
    async def pages(
        operation: Callable[Parameters, Awaitable[Page[Item]]],
        *args: Parameters.args,
        **options: Parameters.kwargs,
    ) -> AsyncIterator[Page[Item]]:
        """The pages of a list: `lyceum.pages(lyceum.list_courses, limit=100)`."""
        page = await operation(*args, **options)
        yield page
        while page["next"] is not None:
            options["cursor"] = page["next"]
            page = await operation(*args, **options)
            yield page

    @classmethod
    async def items(
        cls,
        operation: Callable[Parameters, Awaitable[Page[Item]]],
        *args: Parameters.args,
        **options: Parameters.kwargs,
    ) -> AsyncIterator[Item]:
        """The items of a list, over all its pages."""
        async for page in cls.pages(operation, *args, **options):
            for item in page["items"]:
                yield item

    async def call(self, request: Request, content: type[Content]) -> Content:
        """What a successful answer says; `LyceumError` otherwise."""
        attempts = self._attempts(request)
        while True:
            try:
                response = await self._exchange(request)
            except LyceumError as failure:
                pause = attempts.pause_after(failure)
            else:
                answer: Content = read(response.status_code, response.headers, response.content)
                return answer
            await asyncio.sleep(pause)

    def stream(
        self, request: Request, last_event_id: str | None, timeout: float | None
    ) -> "AsyncEventStream":
        """The events of a live stream; it ends by itself after so many seconds, if any."""
        return AsyncEventStream(self, request, last_event_id, timeout)

    async def open_stream(self, request: Request) -> httpx.Response:
        """The answer that a stream comes with."""
        return await self._exchange(request, stream=True)

    async def _exchange(self, request: Request, *, stream: bool = False) -> httpx.Response:
        """A successful answer, after an exchange of the token if that has expired."""
        token = self._token_for(request)
        try:
            return await self._attempt(request, token, stream=stream)
        except Refused as refusal:
            if not self._can_renew(token, refusal):
                raise
        await self._renew(token)
        return await self._attempt(request, self.token, stream=stream)

    async def _renew(self, expired: str | None) -> None:
        """Get the next token. Of many tasks that need it, one asks."""
        if self._renewing is None or self._renewing.done():
            if (request := self._renewal(expired)) is None:
                return
            self._renewing = asyncio.create_task(self._renew_by(request))
        # A task that is cancelled meanwhile does not take the next tokens with it.
        await asyncio.shield(self._renewing)

    async def _renew_by(self, request: Request) -> None:
        try:
            response = await self._attempt(request, None)
        except Refused as refusal:
            raise self._after_refused_renewal(refusal) from refusal
        self.adopt(read(response.status_code, response.headers, response.content))

    async def _attempt(
        self, request: Request, token: str | None, *, stream: bool = False
    ) -> httpx.Response:
        content = request.content
        with translated():
            response = await self.http.send(
                self.http.build_request(
                    request.method,
                    f"{self.gateway}{request.path}",
                    params=request.parameters,
                    headers=request.fields
                    | ({"Authorization": f"Bearer {token}"} if token else {}),
                    content=content,
                    timeout=httpx.Timeout(self.timeout, read=SILENCE if stream else self.timeout),
                ),
                stream=stream,
            )
            if is_success(response.status_code):
                return response
            body = await response.aread()
            raise refusal_of(response.status_code, response.headers, body)


class AsyncEventStream(AsyncIterator[LiveEvent]):
    """The events of a live stream, as they come. After a cut it continues after the last one that it read.

    It ends with an `end` of the platform, after `timeout` seconds, or when any task calls `close`. Raises
    `LyceumError` if it cannot be opened, now or again.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        request: Request,
        last_event_id: str | None,
        timeout: float | None,
    ) -> None:
        self._transport = transport
        self._request = request
        self._feed = Feed(
            last_event_id, transport.patience, renewable=transport.refresh_token is not None
        )
        self._response: httpx.Response | None = None
        self._step: asyncio.Future[None] | None = None
        self._waiting: asyncio.Timeout | None = None
        self._end = None if timeout is None else _now() + timeout

    async def __aenter__(self) -> Self:
        """Open the stream: what happens from now on is in it."""
        await self._progress_until(lambda: self._response is not None)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def __anext__(self) -> LiveEvent:
        await self._progress_until(lambda: bool(self._feed.ready) or self._feed.is_over)
        if self._feed.ready and (self._end is None or _now() < self._end):
            return self._feed.ready.popleft()
        await self.close()
        raise StopAsyncIteration

    async def close(self) -> None:
        """End the stream, also while another task waits for its next event."""
        self._end = _now()
        if self._waiting:
            # That task drops the connection.
            self._waiting.reschedule(self._end)
        else:
            await self._drop()

    async def _progress_until(self, is_done: Callable[[], bool]) -> None:
        """Take steps until this is so, or the stream has ended."""
        try:
            async with asyncio.timeout_at(self._end) as self._waiting:
                while not is_done():
                    await self._take_step()
        except TimeoutError:
            await self._drop()
        finally:
            self._waiting = None

    async def _take_step(self) -> None:
        """Open the stream or read from it; if that fails, drop the connection and wait, or raise."""
        if self._step is None:
            self._step = asyncio.ensure_future(self._read() if self._response else self._open())
        # If the caller is cancelled, the step goes on for the next one, so that no event is lost.
        await asyncio.wait({self._step})
        step, self._step = self._step, None
        try:
            step.result()
        except LyceumError as failure:
            await self._drop()
            await asyncio.sleep(self._feed.pause_after(failure))

    async def _open(self) -> None:
        self._response = await self._transport.open_stream(self._feed.asking(self._request))
        self._pieces = self._response.aiter_bytes()
        self._feed.begin(self._response.headers.get("Content-Type", ""))

    async def _read(self) -> None:
        with translated():
            piece = await anext(self._pieces, b"")
        self._feed.take(piece)

    async def _drop(self) -> None:
        if self._step:
            self._step.cancel()
            await asyncio.gather(self._step, return_exceptions=True)
        self._step = None
        if self._response:
            await self._response.aclose()
        self._response = None


def _now() -> float:
    return asyncio.get_running_loop().time()


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise what `httpx` raises as `LyceumError`."""
    try:
        yield
    except httpx.DecodingError as error:
        raise Unreadable(str(error)) from error
    except httpx.TimeoutException as error:
        raise TimedOut(str(error)) from error
    except httpx.TransportError as error:
        raise Unreachable(str(error)) from error
