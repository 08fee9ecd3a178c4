"""A Redis of several servers, of which sentinels say which is the primary."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from dev import binaries
from dev.processes import Child, spawn
from dev.redis_users import OPERATOR
from dev.servers import Redis, Server

NAME = "lyceum"
SENTINELS, QUORUM = 3, 2
DOWN_AFTER = 500  # milliseconds of silence until a sentinel takes the primary for dead


class Node(Redis):
    """One of the servers: the primary, or a replica of it."""

    def __init__(self, data: Path, log: Path, primary: "Node | None" = None) -> None:
        super().__init__(data, log, ephemeral=True)
        self._primary = primary
        if primary:
            self.users = primary.users

    def _command(self) -> list[str | Path]:
        # A primary, too, may have to follow another one some day.
        password = self.users.password_file(OPERATOR).read_text()
        command = [*super()._command(), "--masteruser", OPERATOR, "--masterauth", password]
        # A replica that has to be filled again is so at once.
        command += ["--repl-diskless-sync-delay", "0"]
        if self._primary:
            command += ["--replicaof", f"127.0.0.1 {self._primary.port}"]
        return command


class Sentinel(Server):
    """One of those who watch."""

    def __init__(self, data: Path, log: Path, primary: Node) -> None:
        super().__init__(data, log, ephemeral=True)
        self._primary = primary

    def _spawn(self) -> Child:
        self.data.mkdir()
        # It writes down there what it learns.
        (self.data / "sentinel.conf").write_text(self._configuration())
        program = [binaries.redis_server(), self.data / "sentinel.conf", "--sentinel"]
        return spawn("sentinel", program, log=self.log)

    def _configuration(self) -> str:
        password = self._primary.users.password_file(OPERATOR).read_text()
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"dir {self.data}",
            f"sentinel monitor {NAME} 127.0.0.1 {self._primary.port} {QUORUM}",
            f"sentinel auth-user {NAME} {OPERATOR}",
            f"sentinel auth-pass {NAME} {password}",
            f"sentinel down-after-milliseconds {NAME} {DOWN_AFTER}",
            f"sentinel failover-timeout {NAME} 5000",
        ]
        return "\n".join([*lines, ""])

    _answers = Redis._answers


class WatchedRedis(Redis):
    """A primary, a replica and three sentinels. The addresses are those of the sentinels."""

    def __init__(self, folder: Path) -> None:
        self.primary = Node(folder / "redis-a", folder / "redis-a.log")
        self.replica = Node(folder / "redis-b", folder / "redis-b.log", self.primary)
        self.users = self.primary.users
        self.sentinels: Sequence[Sentinel] = [
            Sentinel(folder / f"sentinel-{number}", folder / f"sentinel-{number}.log", self.primary)
            for number in range(SENTINELS)
        ]
        self._running = ExitStack()

    def start(self) -> None:
        for server in (self.primary, self.replica, *self.sentinels):
            self._running.callback(server.stop)
            server.start()

    def stop(self) -> None:
        self._running.close()

    def _url(self, database: int) -> str:
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return self.users.address(OPERATOR, f"sentinel://{hosts}/{database}?name={NAME}")
