"""PgBouncer between services and PostgreSQL, as deploy/pgbouncer sets it up."""

import configparser
import os
import shutil
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from dev import ephemeral
from dev.binaries import ServerNotFound
from dev.processes import Child, spawn
from dev.servers import Server
from dev.unprivileged import unprivileged_user

EXAMPLE = Path(__file__).resolve().parents[1] / "deploy" / "pgbouncer" / "pgbouncer.ini"
POOL_SIZE = 4  # connections of the server, for the ten and more of a service under test
DEBIAN_FOLDER = "/usr/sbin"  # not on the path of ordinary users


def program() -> str | None:
    """Where PgBouncer is on this machine; None if it is not."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:{DEBIAN_FOLDER}")


@contextmanager
def crowded(server: str) -> Iterator["PgBouncer"]:
    """A pooler for the superuser of the server, with fewer connections than a service has."""
    if not program():
        raise ServerNotFound("no PgBouncer found: apt-get install pgbouncer")
    settings = {"auth_type": "trust", "default_pool_size": POOL_SIZE, "reserve_pool_size": 0}
    with ephemeral.state_folder() as folder:
        secrets = {"postgres": ""}
        log = folder / "pgbouncer.log"
        bouncer = PgBouncer(folder / "pgbouncer", log, server, secrets, **settings)
        try:
            bouncer.start()
            yield bouncer
        finally:
            bouncer.stop()


class PgBouncer(Server):
    """A pooler before a PostgreSQL, in a folder that the account of PostgreSQL may enter.

    `secrets` are the passwords of the roles, or their SCRAM secrets. `settings` are other than those of the
    example.
    """

    def __init__(
        self,
        folder: Path,
        log: Path,
        server: str,
        secrets: Mapping[str, str],
        **settings: object,
    ) -> None:
        super().__init__(folder, log, ephemeral=True)
        self._server = urlsplit(server)
        self._secrets = secrets
        self._settings = settings
        self._user = unprivileged_user()

    def url(self, credentials: str, database: str) -> str:
        """The address of a database for `role` or `role:password`."""
        return f"postgresql://{credentials}@127.0.0.1:{self.port}/{database}"

    def _spawn(self) -> Child:
        self._write()
        # SIGINT would wait until every client has disconnected.
        command: list[str | Path] = [program() or "pgbouncer", self.data / "pgbouncer.ini"]
        return spawn(
            "pgbouncer", command, log=self.log, stop_signal=signal.SIGTERM, user=self._user
        )

    def _write(self) -> None:
        """Write the example with what is different here."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        users = self.data / "userlist.txt"
        users.write_text(
            "".join(f'"{role}" "{secret}"\n' for role, secret in self._secrets.items())
        )
        written = configparser.RawConfigParser()
        written.read(EXAMPLE)
        written["databases"]["*"] = f"host={self._server.hostname} port={self._server.port}"
        own = {
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_file": users,
            "pidfile": "",
            "logfile": "",
            **self._settings,
        }
        written["pgbouncer"].update({name: str(value) for name, value in own.items()})
        with (self.data / "pgbouncer.ini").open("w") as file:
            written.write(file)
        if self._user:
            for path in (self.data, *self.data.iterdir()):
                os.chown(path, self._user.uid, self._user.gid)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True
