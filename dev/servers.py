"""PostgreSQL and Redis as children of the launcher, for development and for tests."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from dev import binaries
from dev.ports import free_port
from dev.processes import Child, die_with_parent, run_as, spawn, wait_until
from dev.redis_users import OPERATOR, RedisUsers
from dev.unprivileged import PUBLIC_STATE, digest, executable_by, unprivileged_user

EPHEMERAL_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Server:
    """A server whose data are in one folder. An ephemeral one does not make them durable."""

    def __init__(self, data: Path, log: Path, *, ephemeral: bool = False) -> None:
        self.data = data
        self.log = log
        self.ephemeral = ephemeral
        self.port = free_port()
        self._child: Child | None = None

    def start(self) -> None:
        """Return when the server answers."""
        self._child = self._spawn()
        wait_until(self._answers, self._child.check, self._child.name)

    def stop(self) -> None:
        """End the server in good order."""
        if self._child:
            self._child.stop()

    def check(self) -> None:
        """Raise ProcessDied unless the server is running."""
        if self._child:
            self._child.check()

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal, such as SIGSTOP for a server that hangs and SIGCONT for its recovery."""
        if self._child:
            self._child.process.send_signal(number)

    def _spawn(self) -> Child:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError


class Postgres(Server):
    """PostgreSQL, with more settings if they are given (`name=value`).

    It refuses to run as root: a launcher that is root runs it as `nobody`.
    """

    def __init__(self, data: Path, log: Path, *settings: str, ephemeral: bool = False) -> None:
        super().__init__(data, log, ephemeral=ephemeral)
        self._settings = settings
        self._user = unprivileged_user()
        self._bin = executable_by(binaries.postgres_bin(), self._user)

    @property
    def url(self) -> str:
        """The address for the superuser."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the server, and to the processes of its connections."""
        if not self._child:
            return
        server = self._child.process.pid
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        super().kill(number)  # first, so that it starts no others
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), number)

    def _spawn(self) -> Child:
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        wait_for_previous_server(self.data)
        # SIGQUIT skips the checkpoint of an orderly shutdown: an ephemeral cluster does not need
        # it, and an orphan has no time for it. Committed data are in the write-ahead log anyway.
        # SIGTERM is never sent: PostgreSQL would wait until every client has disconnected.
        stop_signal = signal.SIGQUIT if self.ephemeral else signal.SIGINT
        return spawn(
            "postgres",
            self._command(),
            log=self.log,
            stop_signal=stop_signal,
            orphan_signal=signal.SIGQUIT,
            user=self._user,
        )

    def _make_cluster(self) -> None:
        """Make it under another name: an interrupted initdb leaves what looks like a cluster."""
        unfinished = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        if self._user:
            os.chown(unfinished, self._user.uid, self._user.gid)
        self._fill(unfinished)
        unfinished.rename(self.data)

    def _fill(self, cluster: Path) -> None:
        """Make a cluster in an empty folder."""
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        self._run("initdb", "-D", str(cluster), *options, "--no-sync")

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        subprocess.run(
            [str(self._bin / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            # The current folder may be closed to the account that it runs as.
            cwd="/",
            preexec_fn=die_with_parent(signal.SIGTERM),
            **run_as(self._user),
        )

    def _command(self) -> list[str | Path]:
        settings = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            # The default folder may not be writable, and another path may be too long: the path of
            # a socket has at most 107 bytes.
            "unix_socket_directories=",
            # Five services with two processes of up to ten connections are a hundred. Tests run
            # several platforms.
            "max_connections=400",
            "jit=off",
            # Without the details of an error, which hold values of rows.
            "log_error_verbosity=terse",
        ]
        if self.ephemeral:
            settings += EPHEMERAL_SETTINGS
        settings += self._settings
        return [self._bin / "postgres", "-D", self.data, *(f"--{setting}" for setting in settings)]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def execute(self, query: LiteralString) -> Sequence[tuple[Any, ...]]:
        """The rows of a statement of the superuser."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []


class Standby(Postgres):
    """A replica of another server, which it follows by streaming replication until it is promoted."""

    def __init__(
        self, primary: Postgres, data: Path, log: Path, *settings: str, ephemeral: bool = False
    ) -> None:
        super().__init__(data, log, *settings, ephemeral=ephemeral)
        self._primary = primary

    def promote(self) -> None:
        """Become a primary, and return when changes are taken."""
        self.execute("SELECT pg_promote()")

    def _fill(self, cluster: Path) -> None:
        source = ["-h", "127.0.0.1", "-p", str(self._primary.port), "-U", "postgres"]
        options = ["-D", str(cluster), "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        self._run("pg_basebackup", *source, *options)


class Redis(Server):
    """Redis or Valkey, with a user for each program. The addresses are the operator's."""

    def __init__(self, data: Path, log: Path, *, ephemeral: bool = False) -> None:
        super().__init__(data, log, ephemeral=ephemeral)
        self.users = RedisUsers(data.with_name(f"{data.name}-users"))
        self.users.make()

    @property
    def cache_url(self) -> str:
        return self._url(0)

    @property
    def events_url(self) -> str:
        """Another database than the cache: a program that confuses the two finds nothing."""
        return self._url(1)

    def _url(self, database: int) -> str:
        return self.users.address(OPERATOR, f"redis://127.0.0.1:{self.port}/{database}")

    def _spawn(self) -> Child:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return spawn("redis", self._command(), log=self.log)

    def _command(self) -> list[str | Path]:
        append_only = "no" if self.ephemeral else "yes"
        return [
            binaries.redis_server(),
            *("--bind", "127.0.0.1", "--port", str(self.port)),
            *("--dir", self.data, "--save", "", "--appendonly", append_only),
            *("--databases", "64", "--aclfile", self.users.acl),
        ]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                # It accepts connections while it loads its data, and answers -LOADING.
                return connection.recv(5) == b"+PONG"
        except OSError:
            return False


def wait_for_previous_server(data: Path) -> None:
    """Wait until the server of a killed launcher has ended, and remove its outdated lock file.

    PostgreSQL itself ignores a lock file whose process number is unused. But if another program has
    got the number, PostgreSQL takes that for a running server and refuses to start.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    command = Path(f"/proc/{lock.read_text().splitlines()[0]}/cmdline")
    wait_until(
        lambda: not _runs_on(data, command), lambda: None, "the end of the previous PostgreSQL"
    )
    if command.exists():
        lock.unlink(missing_ok=True)


def _runs_on(data: Path, command: Path) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return os.fsencode(data) in command.read_bytes()
    return False


def persistent_postgres(state: Path, log: Path) -> Postgres:
    """The server of a state folder. For root its data are elsewhere, linked from there.

    The state folder may be in a home that PostgreSQL's account cannot enter.
    """
    data = state / "postgres"
    if os.geteuid() != 0:
        return Postgres(data, log)
    public = PUBLIC_STATE / f"lyceum-{digest(str(state.resolve()))}"
    if not data.is_symlink():
        shutil.rmtree(public, ignore_errors=True)  # of an earlier state folder at this path
        public.mkdir(mode=0o711)
        data.symlink_to(public / "postgres")
    return Postgres(public / "postgres", log)
