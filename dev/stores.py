"""PostgreSQL and Redis as children of the launcher, for development and for tests."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from dev import binaries
from dev.processes import Child, User, spawn, wait_until

THROWAWAY_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# In a place that every account may enter: PostgreSQL refuses to run as root and runs as `nobody` then.
PUBLIC_STATE = Path("/var/tmp")  # noqa: S108 (what is put there has a private folder)
THROWAWAY_PREFIX = "lyceum-throwaway-"


class Postgres:
    """A PostgreSQL server whose data live in one folder."""

    def __init__(self, state: Path, *, throwaway: bool = False, port: int | None = None) -> None:
        self.data = state / "postgres"
        self.log = state / "postgres.log"
        self.throwaway = throwaway
        self.port = port or free_port()
        self.user = nobody() if os.geteuid() == 0 else None
        self.bin = runnable(binaries.postgres_bin(), self.user)
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """Where the superuser connects."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Make the cluster if there is none, and return when it takes connections."""
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        forget_dead_postmaster(self.data)
        # A throw-away cluster is not worth the checkpoint of an orderly end.
        stop_signal = signal.SIGQUIT if self.throwaway else signal.SIGINT
        self.child = spawn("postgres", self._command(), log=self.log, stop_signal=stop_signal, user=self.user)
        wait_until(self._answers, self.child.check, "PostgreSQL")

    def stop(self) -> None:
        if self.child:
            self.child.stop()

    def _make_cluster(self) -> None:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user:
            os.chown(self.data, self.user.uid, self.user.gid)
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            [str(self.bin / "initdb"), "-D", str(self.data), *options],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **(self.user.as_popen_arguments() if self.user else {}),
        )

    def _command(self) -> list[str | Path]:
        settings = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=400",
            "jit=off",
            *(THROWAWAY_SETTINGS if self.throwaway else ()),
        ]
        return [self.bin / "postgres", "-D", self.data, *(f"--{setting}" for setting in settings)]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Redis:
    """A Redis (or Valkey) server whose data, if they are to last, live in one folder."""

    def __init__(
        self, state: Path, *, throwaway: bool = False, port: int | None = None, name: str = "redis"
    ) -> None:
        self.name = name
        self.data = state / name
        self.log = state / f"{name}.log"
        self.throwaway = throwaway
        self.port = port or free_port()
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Return when the server answers."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.child = spawn(self.name, self._command(), log=self.log)
        wait_until(self._answers, self.child.check, "Redis")

    def stop(self) -> None:
        if self.child:
            self.child.stop()

    def _command(self) -> list[str | Path]:
        kept = "no" if self.throwaway else "yes"
        return [
            *(binaries.redis_server(), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.data),
            *("--save", "", "--appendonly", kept, "--databases", "64"),
        ]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
        except OSError:
            return False


@contextlib.contextmanager
def throwaway_state() -> Iterator[Path]:
    """A folder for what nobody will miss, gone afterwards (or at the next start, if this one was killed)."""
    sweep_throwaway_states()
    state = Path(tempfile.mkdtemp(prefix=THROWAWAY_PREFIX, dir=PUBLIC_STATE))
    state.chmod(0o711)  # so that PostgreSQL's own account reaches its folder
    with (state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield state
        finally:
            shutil.rmtree(state, ignore_errors=True)


def sweep_throwaway_states() -> None:
    """Remove the folders of launchers that were killed: nobody holds their lock any more."""
    for state in PUBLIC_STATE.glob(f"{THROWAWAY_PREFIX}*"):
        with contextlib.suppress(OSError), (state / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(state, ignore_errors=True)


@contextlib.contextmanager
def throwaway_servers() -> Iterator[tuple[Postgres, Redis]]:
    """Both servers, fast and forgetful, on free ports."""
    with throwaway_state() as state:
        postgres, redis = Postgres(state, throwaway=True), Redis(state, throwaway=True)
        try:
            postgres.start()
            redis.start()
            yield postgres, redis
        finally:
            redis.stop()
            postgres.stop()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def nobody() -> User:
    """The account that PostgreSQL runs as when the launcher is root."""
    account = pwd.getpwnam("nobody")
    return User(account.pw_uid, account.pw_gid)


def runnable(programs: Path, user: User | None) -> Path:
    """The folder itself, or a copy of its PostgreSQL where `user` may run it."""
    if user is None or _may_run(programs, user):
        return programs
    install = programs.parent
    copy = PUBLIC_STATE / f"lyceum-postgres-{digest(install)}"
    if not copy.exists():
        _copy_postgres(install, copy)
    return copy / install.parent.name / install.name / "bin"


def _may_run(programs: Path, user: User) -> bool:
    try:
        version = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, cwd="/", **user.as_popen_arguments()
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


def forget_dead_postmaster(data: Path) -> None:
    """Remove a lock file left by a crash whose process number now belongs to another program.

    PostgreSQL sees by itself that a number is unused; a number used again it takes for a running server.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    pid = lock.read_text().split("\n", 1)[0]
    command = Path(f"/proc/{pid}/cmdline")
    if command.exists() and str(data).encode() not in command.read_bytes():
        lock.unlink()


def digest(path: Path) -> str:
    """A short name for a folder of this machine."""
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
