"""What each program may do in Redis, tried with a real one."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
import redis

from chassis import testing
from chassis.redis_client import connect
from chassis.service import Service
from dev.redis_users import ROOMS
from dev.servers import Redis
from dev.services import GATEWAY, SERVICES
from dev.services import Service as Program

PROGRAMS = [GATEWAY, *(service.name for service in SERVICES)]
USER, TUTORING = "user-service", "tutoring-service"
EVENT = {"event": "{}"}

Command = Callable[["redis.Redis"], object]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    folder = tmp_path_factory.mktemp("redis")
    server = Redis(folder / "redis", folder / "log", ephemeral=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def streams(server: Redis) -> None:
    """Every service has said something, and has a room."""
    with connect(server.events_url, timeout=5) as operator:
        operator.flushall()
        for service in SERVICES:
            operator.xadd(f"events:{service.name}", EVENT)
        for kinds in ROOMS.values():
            for kind in kinds:
                operator.xadd(f"room:{kind}:1", EVENT)
        operator.set("ticket:1", "sealed")
        operator.set("attempts:1", "9")


def as_program(server: Redis, program: str) -> "redis.Redis":
    return connect(server.users.address(program, server.events_url), timeout=5)


@pytest.mark.parametrize("program", [service.name for service in SERVICES])
def test_a_service_writes_its_own_events_and_reads_those_of_others(
    server: Redis, program: str
) -> None:
    with as_program(server, program) as connection:
        assert connection.xadd(f"events:{program}", EVENT)
        assert connection.info("server")["run_id"]
        for other in {service.name for service in SERVICES} - {program}:
            stream = f"events:{other}"
            connection.xgroup_create(stream, program, id="0", mkstream=True)
            [(_, [(entry, _)])] = connection.xreadgroup(program, "one", {stream: ">"})
            assert connection.xautoclaim(stream, program, "two", min_idle_time=0)[1]
            assert connection.xack(stream, program, entry) == 1


FORBIDDEN: dict[str, Command] = {
    "write the events of another": lambda r: r.xadd("events:havruta-service", EVENT),
    "delete the events of another": lambda r: r.delete("events:havruta-service"),
    "shorten the events of another": lambda r: r.xtrim("events:havruta-service", maxlen=0),
    "move the group of another": lambda r: r.xgroup_setid("events:havruta-service", USER, "$"),
    "write into the room of another": lambda r: r.xadd("room:havruta:1", EVENT),
    "read the room of another": lambda r: r.xrange("room:havruta:1"),
    "speak on the channel of another": lambda r: r.publish("room:havruta:1", "{}"),
    "listen to a channel": lambda r: r.execute_command("SUBSCRIBE", "room:havruta:1"),
    "take a ticket": lambda r: r.getdel("ticket:1"),
    "list all keys": lambda r: r.keys(),
    "delete all keys": lambda r: r.flushall(),
    "change settings": lambda r: r.config_set("maxmemory", 1),
    "see other connections": lambda r: r.client_list(),
    "give rights": lambda r: r.acl_setuser("guest", enabled=True, nopass=True),
    "stop the server": lambda r: r.shutdown(nosave=True),
}


@pytest.mark.parametrize("deed", FORBIDDEN)
@pytest.mark.parametrize("program", [USER, TUTORING, "study-session-service"])
def test_a_service_has_no_right_to(server: Redis, program: str, deed: str) -> None:
    with (
        as_program(server, program) as connection,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        FORBIDDEN[deed](connection)


def test_only_the_user_service_counts_attempts(server: Redis) -> None:
    for program in PROGRAMS:
        with as_program(server, program) as connection:
            if program == USER:
                assert connection.delete("attempts:1") == 1
            else:
                with pytest.raises(redis.exceptions.NoPermissionError):
                    connection.delete("attempts:1")


def test_the_gateway_reads_rooms_and_accounts_and_writes_neither(server: Redis) -> None:
    with as_program(server, GATEWAY) as connection:
        assert connection.xrange("room:havruta:1")
        assert connection.xrange("events:user-service")
        for stream in ("room:havruta:1", "events:user-service"):
            with pytest.raises(redis.exceptions.NoPermissionError):
                connection.xadd(stream, EVENT)
        with pytest.raises(redis.exceptions.NoPermissionError):
            connection.publish("room:havruta:1", "{}")
        with pytest.raises(redis.exceptions.NoPermissionError):
            connection.xrange("events:havruta-service")


def test_a_stranger_may_ask_whether_redis_is_there_and_nothing_else(server: Redis) -> None:
    with connect(f"redis://127.0.0.1:{server.port}/0", timeout=5) as stranger:
        assert stranger.ping()
        for command in (lambda: stranger.get("ticket:1"), lambda: stranger.info("server")):
            with pytest.raises(redis.exceptions.NoPermissionError):
                command()


def test_a_wrong_password_opens_nothing(server: Redis, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("guessed")
    address = f"redis://{USER}@127.0.0.1:{server.port}/0?passfile={tmp_path / 'password'}"
    with connect(address, timeout=5) as connection, pytest.raises(redis.exceptions.RedisError):
        connection.ping()


def test_a_password_is_replaced_while_programs_run(server: Redis) -> None:
    file = server.users.password_file(TUTORING)
    old = file.read_text()
    with as_program(server, TUTORING) as connection, connect(server.events_url) as operator:
        assert connection.xadd(f"events:{TUTORING}", EVENT)
        file.unlink()
        server.users.make()
        operator.execute_command("ACL LOAD")
        assert file.read_text() != old
        # The server has closed the connection; the next one has the new password.
        for _ in range(2):
            try:
                connection.xadd(f"events:{TUTORING}", EVENT)
            except redis.ConnectionError:
                continue
        assert connection.xadd(f"events:{TUTORING}", EVENT)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_the_rooms_of_a_service_are_those_that_it_declares(service: Program) -> None:
    module = import_module(f"{service.package}.app")
    environ = testing.environment(service.name, "postgresql://nobody@127.0.0.1:1/none")
    app: Service = module.create_app(environ)
    assert set(app.extensions["live_events"]) == set(ROOMS.get(service.name, ()))
