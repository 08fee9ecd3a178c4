"""The platform as deploy/kubernetes describes it, on this machine, for as long as a command runs."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.kubernetes.make_secrets import made
from dev.binaries import ServerNotFound, postgres_bin
from dev.cluster import Cluster, wait_for_end
from dev.ephemeral import state_folder
from dev.mail import MailCatcher
from dev.mailbox import MailFolder
from dev.manifests import MISSING, ROOT, has_kubectl, rendered
from dev.ports import free_port
from dev.processes import run_in_foreground
from dev.redis_users import RedisUsers
from dev.servers import Postgres, Redis, Server
from dev.services import GATEWAY, SERVICES

OVERLAY = "small"
# The only settings that no manifest has. The machine is busy with other tests at the same time, and everybody
# signs in from one address.
FOR_TESTS = {GATEWAY: {"PATIENCE": "3", "SIGN_INS_PER_MINUTE": "6000"}}
# Unlike other servers of tests, this one asks the roles for their passwords.
AUTHENTICATION = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True)
class Running:
    """What tests need of a platform that runs."""

    folder: Path
    postgres: Postgres
    cluster: Cluster

    @property
    def gateway_url(self) -> str:
        return self.cluster.gateway_url

    @property
    def mailbox(self) -> MailFolder:
        """Every e-mail that it has sent."""
        return MailFolder(self.folder / "mail")


def run(command: Sequence[str]) -> int:
    """Run the command next to a platform with the demo, and return its status.

    The command finds it by GATEWAY_URL, and its e-mails in MAIL_FOLDER.
    """
    if not has_kubectl():
        raise ServerNotFound(MISSING)
    with running() as platform:
        load_demo(platform.cluster)
        mails = str(platform.folder / "mail")
        return run_in_foreground(
            command, {"GATEWAY_URL": platform.gateway_url, "MAIL_FOLDER": mails}
        )


@contextlib.contextmanager
def running() -> Iterator[Running]:
    """The platform, with a PostgreSQL, two Redis and an e-mail catcher of its own."""
    with state_folder() as folder, contextlib.ExitStack() as stack:
        secrets = made(folder / "vault")
        postgres = Postgres(folder / "postgres", folder / "postgres.log", ephemeral=True)
        stores: dict[str, Server] = {"postgres.stores": postgres}
        for name in ("cache", "events"):
            stores[f"{name}.stores"] = redis_with(folder / "vault/redis", folder / name)
        for server in stores.values():
            stack.callback(server.stop)
            server.start()
        make_databases(postgres, folder / "vault/passwords")
        mail = MailCatcher(folder / "mail", free_port(), announce=False)
        stack.callback(mail.stop)
        mail.start()
        outside = {host: f"127.0.0.1:{server.port}" for host, server in stores.items()}
        outside["smtp.example"] = mail.url.rpartition("/")[2]
        cluster = Cluster(rendered(OVERLAY), folder / "pods", secrets, outside, FOR_TESTS)
        stack.callback(cluster.stop)
        cluster.start()
        yield Running(folder, postgres, cluster)


def redis_with(users: Path, data: Path) -> Redis:
    """A Redis with the users of the vault."""
    redis = Redis(data, data.with_suffix(".log"), ephemeral=True)
    redis.users = RedisUsers(users)
    return redis


def make_databases(postgres: Postgres, passwords: Path) -> None:
    """Make databases and roles as docs/kubernetes.md says, and have the server ask for passwords."""
    (postgres.data / "pg_hba.conf").write_text(AUTHENTICATION)
    postgres.execute("SELECT pg_reload_conf()")
    for service in SERVICES:
        own = {"DATABASE": service.database, "SHARE": str(passwords / service.database)}
        subprocess.run(
            [
                *(postgres_bin() / "psql", postgres.url, "-qAtX", "-v", "ON_ERROR_STOP=1"),
                *("-f", ROOT / "deploy/compose/database.sql"),
            ],
            env={**os.environ, **own},
            check=True,
            stdout=subprocess.DEVNULL,
        )


def load_demo(cluster: Cluster) -> None:
    """Load the people of the demo, and what they do, in all services at once."""
    commands = [
        cluster.run(service.name, "flask", "--app", f"{service.package}.app", "demo")
        for service in SERVICES
    ]
    for child in commands:
        wait_for_end(child)
