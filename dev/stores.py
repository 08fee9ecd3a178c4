"""PostgreSQL and Redis as children of the launcher, for development and for tests."""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

from dev import binaries
from dev.ports import free_port
from dev.processes import Child, User, die_with_parent, spawn, wait_until

THROWAWAY_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# In a place that every account may enter: PostgreSQL refuses to run as root and runs as `nobody`
# then.
PUBLIC_STATE = Path("/var/tmp")  # noqa: S108 (what is put there has a private folder)


class Server:
    """A server whose data live in one folder, and who forgets them if it is a throw-away one."""

    def __init__(self, data: Path, log: Path, *, throwaway: bool = False) -> None:
        self.data = data
        self.log = log
        self.throwaway = throwaway
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
    """PostgreSQL. Its programs refuse to run as root, so that root runs them as `nobody`."""

    def __init__(self, data: Path, log: Path, *, throwaway: bool = False) -> None:
        super().__init__(data, log, throwaway=throwaway)
        self._user = nobody() if os.geteuid() == 0 else None
        self._bin = runnable(binaries.postgres_bin(), self._user)

    @property
    def url(self) -> str:
        """Where the superuser connects."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def _spawn(self) -> Child:
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        outlive_former_server(self.data)
        # SIGQUIT spares the checkpoint of an orderly end: a throw-away cluster is not worth it, and
        # an orphan has no time for it. What was committed is in the log of the database either way.
        # SIGTERM is never sent: PostgreSQL would wait until every client has left.
        return spawn(
            "postgres",
            self._command(),
            log=self.log,
            stop_signal=signal.SIGQUIT if self.throwaway else signal.SIGINT,
            orphan_signal=signal.SIGQUIT,
            user=self._user,
        )

    def _make_cluster(self) -> None:
        """Make it under another name first: an interrupted initdb leaves what looks like a cluster."""
        unfinished = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        if self._user:
            os.chown(unfinished, self._user.uid, self._user.gid)
        options = [
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        subprocess.run(
            [str(self._bin / "initdb"), "-D", str(unfinished), *options],
            check=True,
            stdout=subprocess.DEVNULL,
            # Where we are may be closed to the account that it runs as.
            cwd="/",
            preexec_fn=die_with_parent(signal.SIGTERM),
            **(self._user.as_popen_arguments() if self._user else {}),
        )
        unfinished.rename(self.data)

    def _command(self) -> list[str | Path]:
        settings = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            # The usual folder may not be ours to write to, and a path of ours be too long: a
            # socket's has 107 bytes.
            "unix_socket_directories=",
            # Five services with two processes of up to ten connections are a hundred, and tests run
            # several platforms.
            "max_connections=400",
            "jit=off",
            *(THROWAWAY_SETTINGS if self.throwaway else ()),
        ]
        return [self._bin / "postgres", "-D", self.data, *(f"--{setting}" for setting in settings)]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Redis(Server):
    """Redis or Valkey."""

    @property
    def cache_url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def events_url(self) -> str:
        """Apart from the cache: who confuses the two finds nothing."""
        return f"redis://127.0.0.1:{self.port}/1"

    def _spawn(self) -> Child:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return spawn("redis", self._command(), log=self.log)

    def _command(self) -> list[str | Path]:
        kept = "no" if self.throwaway else "yes"
        return [
            *(
                binaries.redis_server(),
                "--bind",
                "127.0.0.1",
                "--port",
                str(self.port),
                "--dir",
                self.data,
            ),
            *("--save", "", "--appendonly", kept, "--databases", "64"),
        ]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                # While it loads its data it takes connections already, and answers -LOADING.
                return connection.recv(5) == b"+PONG"
        except OSError:
            return False


def nobody() -> User:
    """The account that PostgreSQL runs as when the launcher is root."""
    account = pwd.getpwnam("nobody")
    return User(account.pw_uid, account.pw_gid)


def runnable(programs: Path, user: User | None) -> Path:
    """The folder itself, or a copy of its PostgreSQL where `user` may run it."""
    if user is None or _may_run(programs, user):
        return programs
    install = programs.parent
    changed = (programs / "postgres").stat().st_mtime_ns
    copy = PUBLIC_STATE / f"lyceum-postgres-{digest(f'{install} {changed}')}"
    if not copy.exists():
        _copy_postgres(install, copy)
    if copy.stat().st_uid != os.geteuid():
        raise PermissionError(f"{copy} belongs to somebody else")
    return copy / install.parent.name / install.name / "bin"


def _may_run(programs: Path, user: User) -> bool:
    try:
        version = subprocess.run(
            [programs / "postgres", "--version"],
            capture_output=True,
            cwd="/",
            **user.as_popen_arguments(),
        )
    except PermissionError:
        return False
    return version.returncode == 0


def _copy_postgres(install: Path, copy: Path) -> None:
    """Copy a wheel's PostgreSQL with the shared libraries that lie beside the package."""
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")
    unfinished = Path(tempfile.mkdtemp(prefix=".lyceum-postgres-", dir=copy.parent))
    shutil.copytree(install, unfinished / package.name / install.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", unfinished], check=True)
    with contextlib.suppress(FileExistsError):  # another launcher was quicker
        unfinished.rename(copy)


def outlive_former_server(data: Path) -> None:
    """Wait for a server that a killed launcher left behind to end; forget one that ended long ago.

    PostgreSQL sees by itself that a process number in its lock file is unused. A number that another program
    has by now it takes for a running server, and would refuse to start for ever.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    command = Path(f"/proc/{lock.read_text().splitlines()[0]}/cmdline")
    wait_until(
        lambda: not _runs_on(data, command), lambda: None, "the end of the former PostgreSQL"
    )
    if command.exists():
        lock.unlink(missing_ok=True)


def _runs_on(data: Path, command: Path) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return os.fsencode(data) in command.read_bytes()
    return False


def lasting_postgres(state: Path, log: Path) -> Postgres:
    """The server of a state folder, which may be in a home that PostgreSQL's account cannot enter
    when we are root.
    """
    data = state / "postgres"
    if os.geteuid() != 0:
        return Postgres(data, log)
    public = PUBLIC_STATE / f"lyceum-{digest(str(state.resolve()))}"
    if not data.is_symlink():
        shutil.rmtree(public, ignore_errors=True)  # of a checkout that was here before
        public.mkdir(mode=0o711)
        data.symlink_to(public / "postgres")
    return Postgres(public / "postgres", log)


def digest(text: str) -> str:
    """A short name for something long."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
