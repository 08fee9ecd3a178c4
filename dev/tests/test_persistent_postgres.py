import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dev.servers import Postgres, persistent_postgres


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    postgres = persistent_postgres(tmp_path, tmp_path / "postgres.log")
    yield postgres
    postgres.stop()
    if (link := tmp_path / "postgres").is_symlink():
        shutil.rmtree(link.readlink().parent)


def test_a_lock_file_with_the_pid_of_another_program_is_ignored(
    postgres: Postgres,
) -> None:
    postgres.start()
    postgres.stop()
    lock = postgres.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{postgres.data}\n0\n{postgres.port}\n\n127.0.0.1\n")
    postgres.start()
    psycopg.connect(postgres.url).close()


def test_a_half_made_cluster_is_made_again(postgres: Postgres) -> None:
    unfinished = postgres.data.with_name("postgres.new")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18")
    postgres.start()
    psycopg.connect(postgres.url).close()
    assert not unfinished.exists()


def test_data_of_a_removed_folder_do_not_appear_in_the_next_folder(
    postgres: Postgres, tmp_path: Path
) -> None:
    postgres.start()
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE left_over")
    postgres.stop()
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    fresh = persistent_postgres(tmp_path, tmp_path / "postgres.log")
    fresh.start()
    with psycopg.connect(fresh.url) as connection:
        assert (
            connection.execute("SELECT 1 FROM pg_database WHERE datname = 'left_over'").fetchall()
            == []
        )
    fresh.stop()
