"""A database server and its replica."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from dev.ephemeral import state_folder
from dev.servers import Postgres, Standby


class Pair:
    """A primary, and a standby that follows it."""

    def __init__(self, primary: Postgres, standby: Standby) -> None:
        self.primary, self.standby = primary, standby

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


# What is acknowledged is in the log, as it is in a server that is not ephemeral.
DURABLE = "synchronous_commit=on"


@contextmanager
def replicated() -> Iterator[Pair]:
    """Two servers of their own."""
    with state_folder() as folder, ExitStack() as running:
        primary = Postgres(folder / "primary", folder / "primary.log", DURABLE, ephemeral=True)
        running.callback(primary.stop)
        primary.start()
        standby = Standby(
            primary, folder / "standby", folder / "standby.log", DURABLE, ephemeral=True
        )
        running.callback(standby.stop)
        standby.start()
        yield Pair(primary, standby)
