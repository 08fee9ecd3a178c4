import os
import secrets
import subprocess
from pathlib import Path

import psycopg
import pytest

from dev.binaries import postgres_bin

SCRIPT = Path(__file__).resolve().parents[1] / "compose" / "database.sql"


@pytest.fixture
def server():
    return os.environ["TEST_POSTGRES_URL"]


@pytest.fixture
def names(server):
    """Names of two databases, which are removed afterwards."""
    names = [f"compose_{secrets.token_hex(4)}" for _ in range(2)]
    yield names
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"DROP ROLE IF EXISTS {name}_service")


def test_a_service_can_connect_to_its_own_database_only(server, names, tmp_path):
    for name in names:
        make(server, tmp_path, name, "one")
    own, other = names
    with connect_as(server, own, role=f"{own}_service") as connection:
        connection.execute("CREATE EXTENSION btree_gist")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect_as(server, other, role=f"{own}_service")


def test_making_a_database_again_keeps_it_and_sets_the_password(server, names, tmp_path):
    name = names[0]
    make(server, tmp_path, name, "one")
    with connect_as(server, name, role=f"{name}_service") as connection:
        connection.execute("CREATE TABLE notes (id integer)")
    before = stored_password(server, name)
    make(server, tmp_path, name, "it's \\two")
    assert stored_password(server, name) != before
    with connect_as(server, name, role=f"{name}_service") as connection:
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)


def make(server: str, folder: Path, name: str, password: str) -> None:
    share = folder / name
    share.write_text(password)
    command = [postgres_bin() / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-f", SCRIPT, server]
    subprocess.run(command, check=True, env={**os.environ, "DATABASE": name, "SHARE": str(share)})


def connect_as(server: str, database: str, *, role: str) -> psycopg.Connection:
    return psycopg.connect(server, dbname=database, user=role)


def stored_password(server: str, name: str) -> str:
    with psycopg.connect(server) as connection:
        query = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"
        return connection.execute(query, (f"{name}_service",)).fetchone()[0]
