"""A database server and its replica."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from dev.ephemeral import state_folder
from dev.servers import Postgres, Standby

# What is acknowledged is in the log, as it is in a server that is not ephemeral.
DURABLE = "synchronous_commit=on"


class Pair:
    """A primary, and a standby that follows it."""

    def __init__(self, primary: Postgres, standby: Standby) -> None:
        self.primary, self.standby = primary, standby

    def url(self, wanted: str) -> str:
        """The address of whichever server is as wanted, in words of libpq's `target_session_attrs`."""
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in (self.primary, self.standby))
        return f"postgresql://postgres@{hosts}/postgres?target_session_attrs={wanted}"

    @contextmanager
    def rejoined(self) -> Iterator[None]:
        """The former primary as a standby of what was promoted, at its former address."""
        former = self.primary
        data = former.data.with_name("rejoined")
        server = Standby(self.standby, data, former.log, DURABLE, ephemeral=True)
        server.port = former.port
        try:
            server.start()
            yield
        finally:
            server.stop()

    def pause(self) -> None:
        """Let the standby fall behind: what it receives, it does not show."""
        self.standby.execute("SELECT pg_wal_replay_pause()")

    def resume(self) -> None:
        self.standby.execute("SELECT pg_wal_replay_resume()")

    def is_level(self) -> bool:
        """Whether the standby shows all that is in the primary now."""
        [(position,)] = self.primary.execute("SELECT pg_current_wal_flush_lsn()::text")
        [(replayed,)] = self.standby.execute("SELECT pg_last_wal_replay_lsn()::text")
        return bool(replayed == position)


@contextmanager
def replicated(*, synchronous: bool = False) -> Iterator[Pair]:
    """Two servers of their own. If they are synchronous, the standby has all that is acknowledged."""
    with state_folder() as folder, ExitStack() as running:
        primary = Postgres(folder / "primary", folder / "primary.log", DURABLE, ephemeral=True)
        running.callback(primary.stop)
        primary.start()
        standby = Standby(
            primary, folder / "standby", folder / "standby.log", DURABLE, ephemeral=True
        )
        running.callback(standby.stop)
        standby.start()
        if synchronous:
            primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            primary.execute("SELECT pg_reload_conf()")
        yield Pair(primary, standby)
