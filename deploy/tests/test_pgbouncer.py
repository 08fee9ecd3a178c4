"""A service works behind PgBouncer in transaction mode, set up as deploy/pgbouncer says."""

import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy import URL, String, func, make_url, select, text
from sqlalchemy.exc import OperationalError

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.data import reads, session_settings
from chassis.data.db import in_transaction
from chassis.data.reading import Reading, only_reads
from chassis.messaging.worker import Sweep, run_sweep
from dev import ephemeral, pooler
from study_session_service.models import db, messages

PACKAGE = "study_session_service"
PASSWORD = "it's-\\any"
SERVER_CONNECTIONS = 3
THREADS = 8
LONG = 20  # seconds
RUTH = testing.a_user("ruth")

pytestmark = pytest.mark.skipif(
    pooler.program() is None, reason="needs the PgBouncer of Debian: apt-get install pgbouncer"
)


@contextmanager
def as_admin(database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
    url = testing.server("TEST_POSTGRES_URL")
    with psycopg.connect(url, autocommit=True, dbname=database) as connection:
        yield connection


@pytest.fixture(scope="module")
def role() -> Iterator[str]:
    """A role that owns a database of its name, as each service has one."""
    name = f"pooled_{secrets.token_hex(4)}"
    own = sql.Identifier(name)
    with as_admin() as admin:
        password = sql.Literal(PASSWORD)
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(own, password))
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(own, own))
    yield name
    with as_admin() as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))
        admin.execute(sql.SQL("DROP ROLE {}").format(own))


@pytest.fixture(scope="module")
def bouncer(role: str) -> Iterator[pooler.PgBouncer]:
    with pooling(role) as bouncer:
        yield bouncer


@contextmanager
def pooling(role: str, **settings: object) -> Iterator[pooler.PgBouncer]:
    """A PgBouncer for the databases of the role, with fewer connections than the service has threads."""
    with as_admin() as admin:
        query = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"
        [secret] = admin.execute(query, [role]).fetchone() or [""]
    assert secret.startswith("SCRAM-SHA-256$")
    with ephemeral.state_folder() as folder:
        bouncer = pooler.PgBouncer(
            folder / "pgbouncer",
            folder / "pgbouncer.log",
            testing.server("TEST_POSTGRES_URL"),
            {role: secret},
            default_pool_size=SERVER_CONNECTIONS,
            reserve_pool_size=0,
            **settings,
        )
        bouncer.start()
        try:
            yield bouncer
        finally:
            bouncer.stop()


@pytest.fixture(scope="module")
def addresses(bouncer: pooler.PgBouncer, role: str) -> dict[str, str]:
    """Where the service finds its database, through the pooler and past it."""
    return {"DATABASE_URL": pooled(bouncer, role, role), "DATABASE_DIRECT_URL": direct(role, role)}


def pooled(bouncer: pooler.PgBouncer, role: str, database: str) -> str:
    return written(URL.create("postgresql", role, PASSWORD, "127.0.0.1", bouncer.port, database))


def direct(role: str, database: str) -> str:
    server = make_url(testing.server("TEST_POSTGRES_URL"))
    return written(server.set(username=role, password=PASSWORD, database=database))


def written(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def app(addresses: dict[str, str]) -> Iterator[Flask]:
    """The service on a database that it has migrated, with operations that sleep."""
    with running(addresses) as app:
        with app.app_context():
            upgrade()
        app.add_url_rule("/api/slow", view_func=sleep, methods=["GET"])
        app.add_url_rule("/api/slow", "slow_write", sleep_in_transaction, methods=["POST"])
        app.add_url_rule("/api/short", view_func=nap, methods=["GET"])
        app.add_url_rule("/api/next", view_func=nap_after, methods=["GET"])
        yield app


@contextmanager
def running(addresses: dict[str, str]) -> Iterator[Flask]:
    app = testing.application(PACKAGE, "", **addresses)
    app.test_client_class = testing.ApiClient
    yield app
    testing.close(app)


@only_reads(Reading.SNAPSHOT)
def sleep() -> NoReturn:
    """For long: nothing but a deadline ends it in time."""
    db.session.scalar(select(func.set_config("statement_timeout", "0", True)))
    rest(LONG)
    raise AssertionError("PostgreSQL has slept to the end")


def sleep_in_transaction() -> NoReturn:
    sleep()


@only_reads()
def nap() -> dict[str, str]:
    return rest(0.01)


@only_reads()
def nap_after() -> dict[str, str]:
    return rest(0.004)


def rest(seconds: float) -> dict[str, str]:
    return {"slept": str(db.session.scalar(select(func.pg_sleep(seconds))))}


def state_of(client: FlaskClient) -> tuple[int, str]:
    """What `/readyz` says of the database."""
    answer = client.get("/readyz")
    return answer.status_code, answer.json["checks"]["database"]


def connections(role: str, condition: str = "true") -> list[int]:
    """The processes of PostgreSQL behind the pooler."""
    query = sql.SQL("SELECT pid FROM pg_stat_activity WHERE usename = %s AND {}")
    with as_admin() as admin:
        rows = admin.execute(query.format(sql.SQL(condition)), [role]).fetchall()
    return [pid for [pid] in rows]


def end_connections(role: str) -> int:
    """End all connections behind the pooler from the side of PostgreSQL; how many they were."""
    with as_admin() as admin:
        query = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = %s"
        ended = admin.execute(query, [role]).fetchall()
    assert all(gone for [gone] in ended)
    return len(ended)


def at_once(app: Flask, ask: Callable[[FlaskClient, int], Any], count: int) -> list[int]:
    """The statuses of so many requests by more threads than there are connections."""
    with ThreadPoolExecutor(THREADS) as threads:
        answers = threads.map(lambda number: ask(app.test_client(), number), range(count))
        return [answer.status_code for answer in answers]


def search(client: FlaskClient, _: int = 0) -> Any:
    return client.get("/api/study-sessions?lat=31.778&lng=35.235&radius_km=5")


def host(client: FlaskClient, number: int) -> Any:
    start = now() + timedelta(hours=2 + 2 * number)
    body = {
        "title": "Berakhot",
        "subject": "Talmud",
        "session_type": "discussion",
        "latitude": 31.778,
        "longitude": 35.235,
        "start_time": rfc3339(start),
        "duration_minutes": 60,
    }
    return client.post("/api/study-sessions", json=body, user=RUTH)


def hold_all(app: Flask) -> None:
    """Have each thread a connection to the pooler, at the same time."""

    def hold() -> None:
        with app.app_context(), db.engine.connect():
            all_hold.wait()

    all_hold = threading.Barrier(THREADS, timeout=10)
    testing.race([hold] * THREADS)


def test_requests_share_fewer_connections_of_the_server(
    client: FlaskClient, app: Flask, role: str
) -> None:
    hold_all(app)
    assert state_of(client) == (200, "ok")
    # More often than psycopg waits until it prepares a statement by itself.
    assert at_once(app, search, 80) == [200] * 80
    assert at_once(app, host, 24) == [201] * 24
    with app.app_context():
        # One of them may be publishing.
        assert db.engine.pool.checkedin() >= THREADS - 1
    # One more may be on its way out.
    assert 0 < len(connections(role)) <= SERVER_CONNECTIONS + 1


def test_the_settings_are_in_force_on_every_connection(in_app: Flask, role: str) -> None:
    def in_force() -> tuple[int, dict[str, str]]:
        pid = db.session.scalar(select(func.pg_backend_pid()))
        all_hold.wait()
        shown = {
            name: db.session.scalar(text(f"SHOW {name}")) for name in session_settings.SETTINGS
        }
        return pid, shown

    def show() -> tuple[int, dict[str, str]]:
        with in_app.app_context():
            return in_transaction(db.session, in_force)

    all_hold = threading.Barrier(SERVER_CONNECTIONS, timeout=10)
    for _ in range(2):
        pids, found = zip(*testing.race([show] * SERVER_CONNECTIONS), strict=True)
        assert list(found) == [session_settings.SETTINGS] * SERVER_CONNECTIONS
        assert len(set(pids)) == SERVER_CONNECTIONS
        end_connections(role)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_deadline_ends_what_runs_behind_the_pooler(
    client: FlaskClient, app: Flask, role: str, method: str
) -> None:
    def ask(own: FlaskClient, _: int) -> Any:
        return own.open("/api/slow", method=method, headers={"X-Request-Timeout": "300"})

    # More than there are connections of the server: some still wait for one when their time is over.
    assert at_once(app, ask, THREADS) == [503] * THREADS
    assert connections(role, "state <> 'idle'") == []
    assert search(client).status_code == 200


def test_no_cancellation_reaches_the_next_request(client: FlaskClient, app: Flask) -> None:
    statuses = []
    timeout = 20
    for _ in range(100):
        limit = {"X-Request-Timeout": f"{timeout}"}
        first = client.get("/api/short", headers=limit).status_code
        assert client.get("/api/next").status_code == 200
        statuses.append(first)
        # So that the time is over just when the request ends.
        timeout = max(1, timeout + (1 if first == 503 else -1))
    assert set(statuses) == {200, 503}


@pytest.mark.parametrize(("how", "changes"), [(Reading.ALONE, True), (Reading.SNAPSHOT, False)])
def test_only_the_statements_of_a_snapshot_see_the_same(
    in_app: Flask, role: str, how: Reading, changes: bool
) -> None:
    seen = select(func.pg_current_snapshot().cast(String))

    def work() -> bool:
        before = db.session.scalar(seen)
        with psycopg.connect(direct(role, role)) as other:
            other.execute("SELECT pg_current_xact_id()")
        return bool(db.session.scalar(seen) != before)

    assert reads.read(db.session, work, how) is changes


def test_the_lock_of_a_sweep_ends_with_its_transaction(in_app: Flask) -> None:
    runs: list[int] = []

    def work() -> int:
        runs.append(1)
        # While it works, another worker skips its turn.
        with ThreadPoolExecutor(1) as other:
            assert other.submit(skip).result() == 0
        return 0

    def skip() -> int:
        with in_app.app_context():
            return run_sweep(messages, Sweep("any", 1, lambda: pytest.fail("both have it")))

    for _ in range(2 * SERVER_CONNECTIONS):
        run_sweep(messages, Sweep("any", 1, work))
    assert len(runs) == 2 * SERVER_CONNECTIONS
    with as_admin(db.engine.url.database or "") as admin:
        query = (
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert admin.execute(query).fetchone() == (0,)


def test_a_read_whose_server_connection_ends_is_run_again(in_app: Flask) -> None:
    statements = [select(func.pg_terminate_backend(func.pg_backend_pid())), select(1)]
    assert reads.read(db.session, lambda: db.session.scalar(statements.pop(0)), Reading.ALONE) == 1


def test_an_error_of_the_pooler_itself_counts_as_the_end_of_the_connection(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []
    hold_all(in_app)
    held = [db.engine.connect() for _ in range(SERVER_CONNECTIONS)]
    for connection in held:
        connection.execute(select(1))

    def work() -> int:
        runs.append(1)
        if len(runs) == 2:
            give_back()
        return int(db.session.scalar(select(1)))

    def give_back() -> None:
        for connection in held:
            connection.close()

    # The pooler says that the wait was too long before it closes the connection.
    monkeypatch.setattr(db.engine.dialect, "is_disconnect", lambda *_: False)
    try:
        assert reads.read(db.session, work, Reading.ALONE) == 1
    finally:
        give_back()
    assert len(runs) == 2


def test_no_request_fails_when_the_server_has_ended_idle_connections(
    client: FlaskClient, app: Flask, role: str
) -> None:
    hold_all(app)
    assert at_once(app, search, THREADS) == [200] * THREADS
    assert end_connections(role) > 0
    assert at_once(app, search, 24) == [200] * 24
    assert end_connections(role) > 0
    assert at_once(app, host, 8) == [201] * 8


def test_a_restart_of_the_pooler_is_survived(
    client: FlaskClient, app: Flask, bouncer: pooler.PgBouncer
) -> None:
    hold_all(app)
    bouncer.stop()
    assert search(client).status_code == 503
    assert host(client, 0).status_code == 503
    assert state_of(client) == (503, "failed")
    bouncer.start()
    assert at_once(app, host, 8) == [201] * 8
    assert state_of(client) == (200, "ok")
    hold_all(app)
    bouncer.stop()
    bouncer.start()
    # All connections of the service are dead, and it finds that out by itself.
    assert at_once(app, search, 24) == [200] * 24


def test_a_program_that_is_not_told_of_the_pooler_says_what_is_wrong(
    addresses: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    with running({"DATABASE_URL": addresses["DATABASE_URL"]}) as app:
        assert state_of(app.test_client()) == (503, "failed")
        assert "unsupported startup parameter: options" in capfd.readouterr().err
        assert search(app.test_client()).status_code == 503


def test_a_connection_without_timeouts_is_not_used(
    bouncer: pooler.PgBouncer, role: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody has run `db upgrade` with the address past the pooler."""
    name = f"{role}_bare"
    with as_admin() as admin:
        made = sql.Identifier(name), sql.Identifier(role)
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*made))
    both = {
        "DATABASE_URL": pooled(bouncer, role, name),
        "DATABASE_DIRECT_URL": direct(role, name),
    }
    try:
        with running(both) as app:
            client = app.test_client()
            assert search(client).status_code == 503
            assert state_of(client) == (503, "failed")
            assert "session_settings_missing" in capfd.readouterr().err
            with app.app_context(), pytest.raises(OperationalError, match="statement_timeout"):
                db.engine.connect()
    finally:
        with as_admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_setting_that_costs_no_safety_only_degrades(
    client: FlaskClient, app: Flask, role: str
) -> None:
    own = sql.Identifier(role)
    with psycopg.connect(direct(role, role), autocommit=True) as connection:
        change = sql.SQL("ALTER ROLE {} IN DATABASE {} SET jit = on")
        connection.execute(change.format(own, own))
    end_connections(role)
    assert state_of(client) == (200, "degraded")
    assert search(client).status_code == 200
    with app.app_context():
        upgrade()
    end_connections(role)
    assert state_of(client) == (200, "ok")


def test_no_migration_runs_through_a_pooler(
    addresses: dict[str, str], role: str, capfd: pytest.CaptureFixture[str]
) -> None:
    untold = running({"DATABASE_URL": addresses["DATABASE_URL"]})
    refused = pytest.raises(OperationalError, match="unsupported startup parameter")
    with untold as app, app.app_context(), refused:
        upgrade()
    # Behind one that is told to drop the settings those are in force that the role carries.
    with pooling(role, ignore_startup_parameters="options") as careless:
        wrong = {name: pooled(careless, role, role) for name in addresses}
        with running(wrong) as app, app.app_context(), pytest.raises(SystemExit):
            upgrade()
    said = capfd.readouterr().err
    assert "lock_timeout" in said
    assert "DATABASE_DIRECT_URL" in said
