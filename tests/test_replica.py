"""What the study-session-service reads in a replica of its database, and when it does not."""

import random
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from prometheus_client import REGISTRY
from sqlalchemy import make_url

from chassis import testing
from chassis.clock import now, rfc3339
from chassis.data import replica as replicas
from chassis.data.replica import Replica
from chassis.testing import User, a_user, count_queries

from .support.people import eventually
from .support.replicas import Pair, replicated
from .support.study_sessions import BASE

pytestmark = pytest.mark.needs("database servers of its own")

HERE = f"{BASE}?lat=31.778&lng=35.235&radius_km=1&limit=100"
MAP = f"{BASE}/clusters?bbox=35.2,31.7,35.3,31.8&zoom=8"
WITHIN = 30.0  # seconds: the machine is busy with other tests
WANTED = {
    "title": "Berakhot",
    "subject": "Talmud",
    "session_type": "discussion",
    "latitude": 31.778,
    "longitude": 35.235,
    "duration_minutes": 60,
}
ALWAYS = 1000.0  # seconds, in place of those after which a replica is too far behind
RACERS, ROUNDS = 4, 12


# On a busy machine an answer may take long, and the replica would be left for that.
PATIENT = {"PATIENCE": WITHIN, "SESSION_SETTINGS": {"statement_timeout": f"{WITHIN:.0f}s"}}


@contextmanager
def service(pair: Pair, *, patient: bool = True, **settings: str) -> Iterator[Flask]:
    """The service on the primary, with the standby as its replica, which has more time than elsewhere."""
    settings = {"DATABASE_REPLICA_URL": pair.standby.url, **settings}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in PATIENT.items() if patient else ():
            patch.setattr(replicas, name, value)
        app = testing.application("study_session_service", pair.primary.url, **settings)
    app.test_client_class = testing.ApiClient
    with app.app_context():
        upgrade()
    yield app
    testing.close(app)


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """The primary, too, has more time to say how far it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replicas, "PRIMARY_PATIENCE", f"{1000 * WITHIN:.0f}")
        yield


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with replicated() as pair:
        yield pair


@pytest.fixture(scope="module")
def app(pair: Pair) -> Iterator[Flask]:
    with service(pair) as app:
        yield app


@pytest.fixture
def client(app: Flask, pair: Pair) -> Iterator[FlaskClient]:
    """A client of the service, whose replica is in use and shows everything."""
    settle(app, pair)
    yield app.test_client()
    testing.empty(app)


@pytest.fixture
def behind(client: FlaskClient, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The replica shows nothing new, and is in use for as long as the test takes."""
    monkeypatch.setattr(replicas, "MOST_BEHIND", ALWAYS)
    pair.pause()
    yield
    pair.resume()


@pytest.fixture
def host() -> User:
    return a_user("ruth")


@pytest.fixture
def stranger() -> User:
    return a_user("boaz")


def settle(app: Flask, pair: Pair) -> None:
    eventually(pair.is_level, WITHIN)
    wait_for_use(app.test_client())


def wait_for_use(client: FlaskClient) -> None:
    eventually(lambda: client.get("/readyz").json["checks"]["replica"] == "ok", WITHIN)


def host_session(client: FlaskClient, host: User, *guests: User, title: str = "Berakhot") -> str:
    """Open a session in Jerusalem and let the guests join; its address."""
    wanted = WANTED | {"title": title, "start_time": soon()}
    answer = client.post(BASE, json=wanted, user=host)
    assert answer.status_code == 201, answer.json
    path = f"{BASE}/{answer.json['id']}"
    for guest in guests:
        assert client.post(f"{path}/join", user=guest).status_code == 201
    return path


def soon() -> str:
    return rfc3339(now() + timedelta(hours=2))


def found(client: FlaskClient, reader: User | None, where: str = HERE) -> list[str]:
    """The titles of what a search finds."""
    answer = client.get(where, user=reader)
    assert answer.status_code == 200, answer.json
    return sorted(item["title"] for item in answer.json["items"])


def drawn(client: FlaskClient, reader: User | None) -> int:
    """How many sessions a map shows."""
    answer = client.get(MAP, user=reader)
    assert answer.status_code == 200, answer.json
    return len(answer.json["sessions"]) + sum(each["count"] for each in answer.json["clusters"])


def said(client: FlaskClient, reader: User, path: str, page: str = "") -> list[str | None]:
    """What was said in a session, earliest first."""
    answer = client.get(f"{path}/messages{page}", user=reader)
    assert answer.status_code == 200, answer.json
    return [message["content"] for message in reversed(answer.json["items"])]


def say(client: FlaskClient, author: User, path: str, content: str) -> str:
    answer = client.post(f"{path}/messages", json={"content": content}, user=author)
    assert answer.status_code == 201, answer.json
    return f"{path}/messages/{answer.json['id']}"


def wrote_long_ago() -> None:
    """Nobody has written of late."""
    with redis.Redis.from_url(testing.redis_url()) as store:
        store.delete(*store.scan_iter("written:*"))


def answered_by(server: str) -> float:
    labels = {"answered_by": server}
    return REGISTRY.get_sample_value("replica_reads_total", labels) or 0.0


@pytest.mark.usefixtures("behind")
def test_people_find_in_the_replica_what_others_do_and_at_once_what_they_did(
    client: FlaskClient, pair: Pair, host: User, stranger: User
) -> None:
    host_session(client, host)
    for reader in (None, stranger):
        assert (found(client, reader), drawn(client, reader)) == ([], 0)
    assert (found(client, host), drawn(client, host)) == (["Berakhot"], 1)
    pair.resume()
    for reader in (None, stranger):
        eventually(lambda reader=reader: found(client, reader) == ["Berakhot"], WITHIN)
        assert drawn(client, reader) == 1


@pytest.mark.usefixtures("behind")
@pytest.mark.parametrize("change", ["join", "leave", "update", "cancel"])
def test_each_change_is_seen_at_once_by_its_author(
    client: FlaskClient, pair: Pair, host: User, stranger: User, change: str
) -> None:
    pair.resume()
    path = host_session(client, host, stranger)
    eventually(pair.is_level, WITHIN)
    pair.pause()
    wrote_long_ago()
    author = {"join": a_user("naomi"), "leave": stranger}.get(change, host)
    before = client.get(HERE, user=author).json["items"]
    if change == "update":
        new = {"title": "Shabbat"}
        answer = client.patch(path, json=new, headers={"If-Match": "*"}, user=author)
    else:
        answer = client.post(f"{path}/{change}", user=author)
    assert answer.status_code < 300, answer.json
    assert client.get(HERE, user=author).json["items"] != before
    assert client.get(HERE, user=a_user()).json["items"][0]["title"] == "Berakhot"


@pytest.mark.usefixtures("behind")
def test_nobody_misses_a_message_that_the_replica_does_not_show(
    client: FlaskClient, pair: Pair, host: User, stranger: User
) -> None:
    pair.resume()
    path = host_session(client, host, stranger)
    first = say(client, host, path, "Shalom")
    eventually(pair.is_level, WITHIN)
    pair.pause()
    for page in ("", "?after=0"):
        assert said(client, stranger, path, page) == ["Shalom"]
    say(client, stranger, path, "Where were we?")
    for page in ("", "?after=0"):
        for reader in (host, stranger):
            assert said(client, reader, path, page) == ["Shalom", "Where were we?"]
    changed = client.patch(first, json={"content": "Shalom aleikhem"}, user=host)
    assert changed.status_code == 200
    assert said(client, stranger, path, "?after=0") == ["Shalom aleikhem", "Where were we?"]
    assert client.delete(first, user=host).status_code == 204
    assert said(client, stranger, path, "?after=0") == [None, "Where were we?"]


@pytest.mark.usefixtures("behind")
def test_the_history_is_read_in_the_replica_once_it_has_the_last_event(
    app: Flask, client: FlaskClient, pair: Pair, host: User, stranger: User
) -> None:
    pair.resume()
    path = host_session(client, host, stranger)
    for number in range(60):
        if number % 10 == 0:
            author = a_user()
            assert client.post(f"{path}/join", user=author).status_code == 201
        say(client, author, path, str(number))
    eventually(pair.is_level, WITHIN)
    for page in ("?after=0&limit=40", "?limit=51", "?before=30", ""):
        with count_queries(app) as statements:
            assert said(client, stranger, path, page)
        assert [text for text in statements if "FROM chat_messages" in text] == [], page


@pytest.mark.usefixtures("behind")
def test_a_removed_participant_reads_nothing_more(
    client: FlaskClient, pair: Pair, host: User, stranger: User
) -> None:
    pair.resume()
    path = host_session(client, host, stranger)
    say(client, host, path, "Shalom")
    eventually(pair.is_level, WITHIN)
    pair.pause()
    assert client.delete(f"{path}/participants/{stranger.id}", user=host).status_code == 204
    assert client.get(f"{path}/messages?after=0", user=stranger).status_code == 403


@pytest.mark.usefixtures("behind")
def test_the_list_that_is_kept_for_all_is_never_an_old_one(client: FlaskClient, host: User) -> None:
    assert found(client, None, BASE) == []
    host_session(client, host)
    for _ in range(2):
        assert found(client, None, BASE) == ["Berakhot"]


def test_a_replica_too_far_behind_is_not_used(
    client: FlaskClient, pair: Pair, host: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.pause()
    monkeypatch.setattr(replicas, "MOST_BEHIND", 0.5)
    host_session(client, host)
    eventually(lambda: found(client, None) == ["Berakhot"], WITHIN)
    eventually(lambda: client.get("/readyz").json["checks"]["replica"] == "degraded", WITHIN)
    assert client.get("/readyz").status_code == 200
    pair.resume()
    monkeypatch.undo()
    wait_for_use(client)


def test_without_redis_people_who_are_signed_in_read_from_the_primary(
    pair: Pair, host: User, stranger: User
) -> None:
    with service(pair, CACHE_URL="redis://127.0.0.1:1/0") as app:
        client = app.test_client()
        settle(app, pair)
        for reader, server in ((stranger, "primary"), (None, "replica")):
            before = answered_by(server)
            assert found(client, reader) == []
            assert answered_by(server) == before + 1


def test_the_primary_answers_when_the_replica_is_away(
    client: FlaskClient, pair: Pair, host: User, stranger: User
) -> None:
    path = host_session(client, host, stranger)
    say(client, host, path, "Shalom")
    eventually(pair.is_level, WITHIN)
    try:
        pair.standby.kill()
        everything_is_answered(client, path, stranger)
    finally:
        pair.standby.stop()
        pair.standby.start()
    wait_for_use(client)


def test_the_primary_answers_when_the_replica_hangs(pair: Pair, host: User, stranger: User) -> None:
    with service(pair, patient=False) as app:
        client = app.test_client()
        # Three times what the gateway gives a read: this machine is busy with other tests.
        client.environ_base["HTTP_X_REQUEST_TIMEOUT"] = "3300"
        path = host_session(client, host, stranger)
        say(client, host, path, "Shalom")
        settle(app, pair)
        for _ in range(3):  # so that connections are open
            everything_is_answered(client, path, stranger)
        pair.standby.kill(signal.SIGSTOP)
        try:
            everything_is_answered(client, path, stranger)
        finally:
            pair.standby.kill(signal.SIGCONT)
        wait_for_use(client)
        testing.empty(app)


def everything_is_answered(client: FlaskClient, path: str, reader: User) -> None:
    for person in (None, reader):
        assert found(client, person) == ["Berakhot"]
        assert drawn(client, person) == 1
    assert said(client, reader, path, "?after=0") == ["Shalom"]


def test_a_database_of_another_name_or_server_is_no_replica(app: Flask, pair: Pair) -> None:
    other = make_url(pair.standby.url).set(database="template1").render_as_string()
    for address in (other, testing.server("TEST_POSTGRES_URL")):
        with service(pair, DATABASE_REPLICA_URL=address) as mistaken:
            assert not is_in_use_after_a_look(mistaken)
    assert is_in_use_after_a_look(app)


def is_in_use_after_a_look(app: Flask) -> bool:
    replica: Replica = app.extensions["replica"]
    replica.look()
    return replica.is_in_use()


def test_a_replica_that_nobody_looks_at_is_soon_not_used(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_in_use_after_a_look(app)
    monkeypatch.setattr(replicas, "MOST_BEHIND", 0.0)
    assert not app.extensions["replica"].is_in_use()


def test_people_see_what_they_wrote_while_the_replica_comes_and_goes(
    app: Flask, client: FlaskClient, pair: Pair
) -> None:
    failures: list[BaseException] = []
    ended = threading.Event()

    def disturb() -> None:
        chance = random.Random(ROUNDS)
        while not ended.wait(chance.uniform(0, 0.2)):
            pair.pause()
            ended.wait(chance.uniform(0, 0.2))
            pair.resume()

    def write(number: int) -> None:
        own, host, guest = app.test_client(), a_user(), a_user()
        try:
            path = host_session(own, host, guest, title=f"{number}: 0")
            words: list[str | None] = []
            for step in range(ROUNDS):
                title, who = f"{number}: {step}", (host, guest)[step % 2]
                new = {"title": title}
                own.patch(path, json=new, headers={"If-Match": "*"}, user=host)
                assert title in found(own, host)
                words.append(title)
                say(own, who, path, title)
                for reader in (host, guest):
                    assert said(own, reader, path, "?after=0") == words
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(RACERS)]
    disturber = threading.Thread(target=disturb)
    for thread in (disturber, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    ended.set()
    disturber.join()
    assert failures == []


def test_a_change_that_comes_to_a_standby_is_refused_for_the_moment(
    app: Flask, pair: Pair, host: User
) -> None:
    """As after a failover, before a name leads to the new primary."""
    mistaken = testing.application("study_session_service", pair.standby.url)
    mistaken.test_client_class = testing.ApiClient
    settle(app, pair)
    answer = mistaken.test_client().post(BASE, json=WANTED | {"start_time": soon()}, user=host)
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    testing.close(mistaken)


def test_a_replica_that_becomes_a_primary_is_none_any_more() -> None:
    with replicated() as pair, service(pair) as app:
        client, host = app.test_client(), a_user()
        path = host_session(client, host)
        settle(app, pair)
        pair.standby.promote()
        assert not is_in_use_after_a_look(app)
        # Nothing that is written from now on reaches it.
        say(client, host, path, "Shalom")
        assert said(client, host, path, "?after=0") == ["Shalom"]
        eventually(lambda: client.get("/readyz").json["checks"]["replica"] == "degraded", WITHIN)
        host_session(client, host, title="Shabbat")
        assert found(client, None) == ["Berakhot", "Shabbat"]


def positions(*known: tuple[float, int]) -> replicas.Positions:
    found = replicas.Positions()
    for at, position in known:
        found.note(at, position)
    return found


@pytest.mark.parametrize(
    ("replayed", "reached"), [(99, None), (100, 1.0), (149, 1.0), (150, 3.0), (151, 3.0)]
)
def test_what_was_replayed_tells_what_is_shown(replayed: int, reached: float | None) -> None:
    # From the second to the third nothing was written.
    known: Sequence[Any] = [(1.0, 100), (2.0, 150), (3.0, 150)]
    assert positions(*known).reached(replayed) == reached


def test_what_is_too_long_ago_is_forgotten() -> None:
    assert positions((1.0, 100), (6.0, 200)).reached(100) == 1.0
    assert positions((1.0, 100), (6.1, 200)).reached(100) is None
