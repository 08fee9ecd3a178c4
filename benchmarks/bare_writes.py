"""How much of PostgreSQL's speed reaches people who write in a chat, and who join a session.

    make bench args="bare_writes [--pairs 5] [--json FILE]"

Five hundred messages and as many joins of fifty people in ten sessions, by eight connections, once
through the service, and once as the service's statements alone by psycopg; live events, and the host's
notification of a join, are published by the same thread. Those who join ask for the same session at the
same time. answer_submits.py measures the answers of assessments. Nothing is kept on one core.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import ClauseElement, create_engine, make_url

from benchmarks.measuring import Figures, Report, arguments, in_turns, median, ratio, throughput
from benchmarks.processes import Programs
from benchmarks.serving import Connection, gunicorn
from chassis import redis_client, testing
from chassis.auth.service_tokens import ServiceIdentity
from chassis.clock import now
from chassis.data.limits import TURN
from chassis.messaging.conversations import WINDOW
from chassis.messaging.publisher import Publisher, PublishingThread
from study_session_service import chat, lifecycle, participation, seats
from study_session_service.models import messages

PEOPLE, SESSIONS = 50, 10
CONTENT = "Shalom! Shall I bring the grammar, or do we read from the screen this time?"
Write = tuple[UUID, testing.User]
Connect = Callable[[], Callable[[Write], None]]
Bare = psycopg.Connection[Any]
Values = dict[str, Any]
Transact = Callable[[Bare, Values], None]

A_SESSION = """
INSERT INTO study_sessions (host_id, title, subject, session_type, latitude, longitude, start_time,
    duration_minutes, max_participants, current_participants)
VALUES (gen_random_uuid(), 'A session', 'Talmud', 'discussion', 31, 35, now() + interval '1 hour', 90, 100,
    cardinality(%(people)s::uuid[]))
RETURNING id
"""
SEATS = """
INSERT INTO session_participants (session_id, user_id, role)
SELECT %(session)s, unnest(%(people)s::uuid[]), 'participant'
"""
PUBLISH = """
INSERT INTO outbox (id, stream, seq, body, created_at)
VALUES (gen_random_uuid(), %(stream)s, %(seq)s, %(body)s, now())
"""
DIALECT = make_url("postgresql+psycopg://").get_dialect()()


def main() -> None:
    options = arguments(__doc__).parse_args()
    report = Report("write", "by", "writes/s", "of psycopg", "service's cpu µs")
    people = [testing.a_user(f"person{number}") for number in range(PEOPLE)]
    with (
        testing.database("study_session_service") as url,
        gunicorn("study_session_service", url) as port,
        publishing(url) as thread,
    ):
        programs = Programs.at(port)
        for title, seated, service, bare in (
            ("a message", True, over_http(port, "messages"), by_psycopg(url, thread, say)),
            ("a join", False, over_http(port, "join"), by_psycopg(url, thread, join)),
        ):
            ready = partial(writes, url, people, seated)
            subjects = {
                "service": partial(one, programs, ready, service),
                "psycopg": partial(one, programs, ready, bare),
            }
            in_turns(1, subjects)  # warms up
            turns = in_turns(options.pairs, subjects)
            report.keep(title, turns)
            for name in subjects:
                report.add(
                    title,
                    name,
                    median(turns, name, "per_second"),
                    ratio(turns, name, "psycopg", "per_second"),
                    median(turns, name, "cpu_us") if name == "service" else "",
                )
    report.end(options.json)


def one(programs: Programs, ready: Callable[[], list[Write]], connect: Connect) -> Figures:
    items = ready()
    began = programs.seconds()
    speed = throughput(items, connect)
    cost = 1e6 * (programs.seconds() - began) / len(items)
    return {"per_second": speed, "cpu_us": cost}


def writes(url: str, people: list[testing.User], seated: bool) -> list[Write]:
    """Every person once in each of some new sessions, in which they have a seat already or not."""
    ids = [person.id for person in people]
    found = []
    with psycopg.connect(url) as connection:
        for _ in range(SESSIONS):
            values: dict[str, Any] = {"people": ids if seated else []}
            row = connection.execute(A_SESSION, values).fetchone()
            assert row
            if seated:
                connection.execute(SEATS, {"session": row[0], "people": ids})
            found += [(row[0], person) for person in people]
    return found


def over_http(port: int, what: str) -> Connect:
    """Writes on a kept-alive connection."""
    content = json.dumps({"content": CONTENT}).encode() if what == "messages" else b""

    def connect() -> Callable[[Write], None]:
        connection = Connection(port)

        def write(item: Write) -> None:
            session, person = item
            headers = {"Authorization": f"Bearer {token(person)}"}
            if content:
                headers["Content-Type"] = "application/json"
            connection.ask("POST", f"/api/study-sessions/{session}/{what}", content, headers)

        return write

    return connect


tokens: dict[UUID, str] = {}


def token(person: testing.User) -> str:
    """The person's token. One that is used again was verified before."""
    if person.id not in tokens:
        tokens[person.id] = testing.token_for(person)
    return tokens[person.id]


@contextmanager
def publishing(url: str) -> Iterator[PublishingThread]:
    """The thread that publishes in the service, in this program."""
    engine = create_engine(url)
    name = messages.service
    publisher = Publisher(
        messages,
        engine,
        redis_client.connect(testing.redis_url(), timeout=2),
        ServiceIdentity(name, testing.key_files().service_keys[name], name),
    )
    thread = PublishingThread(publisher)
    yield thread
    thread.stop()
    publisher.close()
    engine.dispose()


def by_psycopg(url: str, thread: PublishingThread, transact: Transact) -> Connect:
    """Writes as the statements alone, and a commit."""

    def connect() -> Callable[[Write], None]:
        connection = psycopg.connect(url, row_factory=namedtuple_row)

        def write(item: Write) -> None:
            session, person = item
            transact(connection, values_of(session, person.id))
            connection.commit()
            thread.wake()

        return write

    return connect


def values_of(session: UUID, user: UUID) -> Values:
    """What the statements of a message and of a join are bound to."""
    at = now()
    message = {
        "session_id": session,
        "user_id": user,
        "content": CONTENT,
        "client_message_id": None,
        "created_at": at,
    }
    return {
        **{f"new_{name}": value for name, value in message.items()},
        "session_id": session,
        "room_id": session,
        "session": session,
        "viewer_id": user,
        "author_id": user,
        "user": user,
        "name": f"joining:{user}",
        "at": at,
        "since": at - WINDOW,
        "begins": at,
        "ends": at + timedelta(hours=1),
        "most": 2000,
    }


def say(connection: Bare, values: Values) -> None:
    for statement in (lifecycle.LOCK, chat.STANDING):
        assert ask(connection, statement, values)
    [message] = ask(connection, chat.conversation.saying, values)
    publish(connection, values, message.seq)


def join(connection: Bare, values: Values) -> None:
    for statement in (TURN, participation.STANDING, participation.OVERLAPPING):
        ask(connection, statement, values)
    [seat] = ask(connection, seats.taking(), values)
    publish(connection, values, seat.last_seq)
    notify_host(connection, values, seat)


def publish(connection: Bare, values: Values, seq: int) -> None:
    event = {
        "seq": seq,
        "type": "message",
        "data": {"id": str(uuid4()), "content": CONTENT},
        "members_changed": [],
    }
    send(connection, f"room:study-session:{values['session_id']}", seq, event)


def notify_host(connection: Bare, values: Values, seat: Any) -> None:
    event = {
        "id": str(uuid4()),
        "type": "notification.requested",
        "aggregate_id": f"study_session:{values['session_id']}",
        "aggregate_version": seat.last_seq,
        "actor": str(values["user"]),
        "data": {"user_ids": [str(seat.host_id)], "kind": "person_joined"},
    }
    send(connection, f"events:{messages.service}", None, event)


def send(connection: Bare, stream: str, seq: int | None, event: Values) -> None:
    row = {"stream": stream, "seq": seq, "body": json.dumps(event)}
    connection.execute(PUBLISH, row)


def ask(connection: Bare, statement: ClauseElement, values: Values) -> list[Any]:
    """The rows of one of the service's statements."""
    text, fixed = compiled(statement)
    return connection.execute(text, {**fixed, **values}).fetchall()


@cache
def compiled(statement: ClauseElement) -> tuple[str, Values]:
    """Its text, and the values that it has by itself."""
    found = statement.compile(dialect=DIALECT)
    return str(found), found.params


if __name__ == "__main__":
    main()
