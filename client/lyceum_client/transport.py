"""Speaks HTTP with one gateway, by `requests`."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

import requests
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from lyceum_client.answers import is_success, read, refusal_of
from lyceum_client.client import Client
from lyceum_client.errors import LyceumError, Refused, TimedOut, Unreachable, Unreadable
from lyceum_client.exchange import Request
from lyceum_client.live import SILENCE, Feed, LiveEvent
from lyceum_client.models import Page, SignedInTokens

PIECE = 64 * 1024  # bytes of a stream, at most, that are read at a time

Content = TypeVar("Content")
Item = TypeVar("Item")
Parameters = ParamSpec("Parameters")


class Transport(Client):
    """Calls operations, and waits for what they answer. Threads may share it."""

    def _connect(self) -> None:
        self.http = requests.Session()
        self._renewing = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        self.http.close()

    def sign_in(self, login: str, password: str, code: Callable[[], str] | None = None) -> Self:
        """Sign in with e-mail address or username; `code` gives one of the second factor if it is asked for.

        `Refused` with the code `mfa_required` if it is asked for and not given.
        """
        try:
            tokens = self.call(self._first_step(login, password), SignedInTokens)
        except Refused as refusal:
            tokens = self.call(self._second_step(refusal, code), SignedInTokens)
        self.adopt(tokens)
        return self

    @staticmethod
    def pages(
        operation: Callable[Parameters, Page[Item]],
        *args: Parameters.args,
        **options: Parameters.kwargs,
    ) -> Iterator[Page[Item]]:
        """The pages of a list: `lyceum.pages(lyceum.list_courses, limit=100)`."""
        page = operation(*args, **options)
        yield page
        while page["next"] is not None:
            options["cursor"] = page["next"]
            page = operation(*args, **options)
            yield page

    @classmethod
    def items(
        cls,
        operation: Callable[Parameters, Page[Item]],
        *args: Parameters.args,
        **options: Parameters.kwargs,
    ) -> Iterator[Item]:
        """The items of a list, over all its pages."""
        for page in cls.pages(operation, *args, **options):
            yield from page["items"]

    def call(self, request: Request, content: type[Content]) -> Content:
        """What a successful answer says; `LyceumError` otherwise."""
        attempts = self._attempts(request)
        while True:
            try:
                response = self._exchange(request)
            except LyceumError as failure:
                pause = attempts.pause_after(failure)
            else:
                answer: Content = read(response.status_code, response.headers, response.content)
                return answer
            time.sleep(pause)

    def stream(
        self, request: Request, last_event_id: str | None, timeout: float | None
    ) -> "EventStream":
        """The events of a live stream; it ends by itself after so many seconds, if any."""
        return EventStream(self, request, last_event_id, timeout)

    def open_stream(self, request: Request) -> requests.Response:
        """The answer that a stream comes with."""
        return self._exchange(request, stream=True, timeout=(self.timeout, SILENCE))

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer to any request, whatever it is; options and errors are those of `requests`."""
        options.setdefault("timeout", self.timeout)
        options.setdefault("allow_redirects", False)
        options.setdefault("auth", Bearer(self.token))
        return self.http.request(method, f"{self.gateway}{path}", **options)

    def _exchange(self, request: Request, **options: Any) -> requests.Response:
        """A successful answer, after an exchange of the token if that has expired."""
        token = self._token_for(request)
        try:
            return self._attempt(request, token, **options)
        except Refused as refusal:
            if not self._can_renew(token, refusal):
                raise
        self._renew(token)
        return self._attempt(request, self.token, **options)

    def _renew(self, expired: str | None) -> None:
        """Get the next token. Of many threads that need it, one asks."""
        with self._renewing:
            if request := self._renewal(expired):
                try:
                    response = self._attempt(request, None)
                except Refused as refusal:
                    raise self._after_refused_renewal(refusal) from refusal
                self.adopt(read(response.status_code, response.headers, response.content))

    def _attempt(self, request: Request, token: str | None, **options: Any) -> requests.Response:
        content = request.content
        with translated():
            response = self.send(
                request.method,
                request.path,
                params=request.parameters,
                headers=request.fields,
                data=content,
                auth=Bearer(token),
                **options,
            )
            if is_success(response.status_code):
                return response
            with response:
                raise refusal_of(response.status_code, response.headers, response.content)


class EventStream(Iterator[LiveEvent]):
    """The events of a live stream, as they come. After a cut it continues after the last one that it read.

    It ends with an `end` of the platform, after `timeout` seconds, or when any thread calls `close`. Raises
    `LyceumError` if it cannot be opened, now or again.
    """

    def __init__(
        self,
        transport: Transport,
        request: Request,
        last_event_id: str | None,
        timeout: float | None,
    ) -> None:
        self._transport = transport
        self._request = request
        self._feed = Feed(
            last_event_id, transport.patience, renewable=transport.refresh_token is not None
        )
        self._response: requests.Response | None = None
        self._reading = threading.Lock()
        self._closed = threading.Event()
        self._timer: threading.Timer | None = None
        if timeout is not None:
            self._timer = threading.Timer(timeout, self.close)
            self._timer.daemon = True
            self._timer.start()

    def __enter__(self) -> Self:
        """Open the stream: what happens from now on is in it."""
        self._progress_until(lambda: self._response is not None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __next__(self) -> LiveEvent:
        self._progress_until(lambda: bool(self._feed.ready) or self._feed.is_over)
        if self._feed.ready and not self._closed.is_set():
            return self._feed.ready.popleft()
        self.close()
        raise StopIteration

    def close(self) -> None:
        """End the stream, also while another thread waits for its next event."""
        self._closed.set()
        if self._timer:
            self._timer.cancel()
        if response := self._response:
            # Wakes the thread that reads, which drops the connection then.
            with contextlib.suppress(ValueError, RuntimeError, OSError):
                response.raw.shutdown()
        if self._reading.acquire(blocking=False):
            self._drop()
            self._reading.release()

    def _progress_until(self, is_done: Callable[[], bool]) -> None:
        """Take steps until this is so, or the stream has ended."""
        with self._reading:
            while not (is_done() or self._closed.is_set()):
                self._take_step()
            if self._closed.is_set():
                self._drop()

    def _take_step(self) -> None:
        """Open the stream or read from it; if that fails, drop the connection and wait, or raise."""
        try:
            if self._response:
                self._read(self._response)
            else:
                self._open()
        except LyceumError as failure:
            self._drop()
            if not self._closed.is_set():
                self._closed.wait(self._feed.pause_after(failure))

    def _open(self) -> None:
        self._response = self._transport.open_stream(self._feed.asking(self._request))
        self._feed.begin(self._response.headers.get("Content-Type", ""))

    def _read(self, response: requests.Response) -> None:
        with translated():
            piece = response.raw.read1(PIECE, decode_content=True)
        self._feed.take(piece)

    def _drop(self) -> None:
        if self._response:
            self._response.close()
        self._response = None


class Bearer(requests.auth.AuthBase):
    """Sends the token, if there is one. Without it, `requests` would send what it finds in ~/.netrc."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers.setdefault("Authorization", f"Bearer {self._token}")
        return request


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise what `requests` and `urllib3` raise as `LyceumError`."""
    try:
        yield
    except ValueError:
        # A header or an address that cannot be sent.
        raise
    except (requests.exceptions.ContentDecodingError, DecodeError) as error:
        raise Unreadable(str(error)) from error
    except (requests.Timeout, ReadTimeoutError) as error:
        raise TimedOut(str(error)) from error
    except (OSError, HTTPError) as error:
        raise Unreachable(str(error)) from error
