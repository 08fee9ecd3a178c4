"""The class of gunicorn workers that run a service.

gunicorn's `gthread` gives a thread to each new connection, and keeps it there until a whole request has
come: a few connections that send nothing stop it. Here connections wait in the kernel (epoll), and a thread
takes one only while its socket is ready. It collects what has come, and calls the application when that is
a whole request.
"""

import contextlib
import errno
import math
import os
import select
import socket
import threading
import time
from typing import Any

from gunicorn.workers.base import Worker

from chassis.web.connections import Connection

MAX_HELD = 64 * 1024 * 1024  # bytes of bodies and answers that may wait in memory
LAST_REQUEST_WITHIN = 2  # seconds for which kept connections stay open when the worker stops


class EpollWorker(Worker):
    """`cfg.threads` threads share one epoll; the main thread accepts connections and watches deadlines."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[Connection] = set()
        # Those that wait, by the number of their socket. The thread that takes one out owns it: `pop` is
        # atomic.
        self._waiting: dict[int, Connection] = {}
        self._idle_until = math.inf

    def init_process(self) -> None:
        self._poller = select.epoll()
        super().init_process()

    def count_request(self) -> None:
        """Count a request, and stop after as many as are configured."""
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False

    def keeps_connections(self) -> bool:
        """Whether a client may send another request on its connection."""
        return self.alive and not self._is_full()

    def has_memory(self) -> bool:
        """Whether a connection may keep a large body or answer while it waits."""
        held = sum(connection.wait.held for connection in list(self._waiting.values()))
        return held <= MAX_HELD

    def run(self) -> None:
        for listener in self.sockets:
            listener.setblocking(False)
        for number in range(self.cfg.threads):
            threading.Thread(target=self._take_turns, name=f"turn-{number}", daemon=True).start()
        swept = 0.0
        while self.alive and self.ppid == os.getppid():
            self.notify()
            self._accept_new()
            if time.monotonic() - swept > 1:
                swept = time.monotonic()
                self._end_overdue()
        self._stop()

    def _is_full(self) -> bool:
        return bool(len(self._open) >= self.cfg.worker_connections)

    def _accept_new(self) -> None:
        """Accept what has come, or wait a while for it. A signal ends the wait."""
        full = self._is_full()
        signals = self.PIPE[0]
        doors: list[Any] = [signals] if full else [signals, *self.sockets]
        ready, _, _ = select.select(doors, [], [], 0.1 if full else 1)
        for door in ready:
            if door == signals:
                os.read(signals, 4096)
            else:
                self._accept(door)

    def _accept(self, listener: socket.socket) -> bool:
        try:
            sock, address = listener.accept()
        except OSError as error:
            # Another process was faster, or the client is gone.
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                self.log.error("no connection accepted: %s", error)
                time.sleep(0.1)
            return False
        connection = Connection(self, sock, address, listener.getsockname())
        self._open.add(connection)
        self._waiting[connection.number] = connection
        self._poller.register(connection.number, connection.wait.events | select.EPOLLONESHOT)
        return True

    def _take_turns(self) -> None:
        """Go on with one ready connection after the other."""
        while True:
            for number, _ in self._poller.poll(maxevents=1):
                # None: the main thread was faster.
                if connection := self._waiting.pop(number, None):
                    self._keep(connection, going_on=connection.go_on())

    def _keep(self, connection: Connection, *, going_on: bool) -> None:
        """Let the connection wait for what it wants next, unless it has ended."""
        if not going_on:
            self._open.discard(connection)
            return
        self._waiting[connection.number] = connection
        # By now another thread may own it, and may have closed it.
        with contextlib.suppress(OSError):
            self._poller.modify(connection.number, connection.wait.events | select.EPOLLONESHOT)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for number, connection in list(self._waiting.items()):
            if not connection.is_overdue(now, self._idle_until):
                continue
            # The number may be that of a newer connection now: what is taken out is asked again.
            taken = self._waiting.pop(number, None)
            if taken:
                overdue = taken.is_overdue(now, self._idle_until)
                self._keep(taken, going_on=not overdue or taken.time_out())

    def _stop(self) -> None:
        """Answer what is under way, tell each client that it was the last answer, and close the rest."""
        self.alive = False
        began = time.monotonic()
        for listener in self.sockets:
            # To close a listener resets the connections that nobody has accepted.
            while not self._is_full() and self._accept(listener):
                pass
            listener.close()
        self._idle_until = began + min(LAST_REQUEST_WITHIN, self.cfg.graceful_timeout / 2)
        while self._open and time.monotonic() < began + self.cfg.graceful_timeout:
            self.notify()
            self._end_overdue()
            time.sleep(0.02)
