"""How much of PostgreSQL's speed reaches people who write in a chat, and who join a session.

    make bench args="bare_writes [--pairs 5] [--json FILE]"

Five hundred messages and as many joins of fifty people in ten sessions, by eight connections, once
through the service, and once as the transaction alone by psycopg. Those who join ask for the same session at
the same time. answer_submits.py measures the answers of assessments. Nothing is kept on one core.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg

from benchmarks.measuring import (
    Figures,
    Programs,
    Report,
    arguments,
    in_turns,
    median,
    ratio,
    throughput,
)
from benchmarks.serving import Connection, gunicorn
from chassis import testing

PEOPLE, SESSIONS = 50, 10
CONTENT = "Shalom! Shall I bring the grammar, or do we read from the screen this time?"
Write = tuple[UUID, testing.User]
Connect = Callable[[], Callable[[Write], None]]

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
VALUES (gen_random_uuid(), 'room:study-session:' || %(session)s::text, %(seq)s, %(body)s, now())
"""
LOCK = "SELECT * FROM study_sessions WHERE id = %(session)s FOR UPDATE"
SEAT = "SELECT * FROM session_participants WHERE session_id = %(session)s AND user_id = %(user)s"
RECENT = """
SELECT created_at FROM chat_messages WHERE session_id = %(session)s AND user_id = %(user)s
    AND created_at > now() - interval '10 seconds' ORDER BY created_at
"""
NUMBER = """
UPDATE study_sessions SET last_seq = last_seq + 1 WHERE id = %(session)s RETURNING last_seq
"""
MESSAGE = """
INSERT INTO chat_messages (session_id, user_id, content, seq)
VALUES (%(session)s, %(user)s, %(content)s, %(seq)s) RETURNING *
"""
TAKE = """
INSERT INTO session_participants (session_id, user_id, role)
SELECT id, %(user)s, 'participant' FROM study_sessions
    WHERE id = %(session)s AND is_open AND current_participants < max_participants
ON CONFLICT (session_id, user_id) DO NOTHING RETURNING *
"""
COUNT = """
UPDATE study_sessions SET current_participants = current_participants + 1, last_seq = last_seq + 1
WHERE id = %(session)s AND current_participants < max_participants RETURNING last_seq
"""


def main() -> None:
    options = arguments(__doc__).parse_args()
    report = Report("write", "by", "writes/s", "of psycopg", "service's cpu µs")
    people = [testing.a_user(f"person{number}") for number in range(PEOPLE)]
    with (
        testing.database("study_session_service") as url,
        gunicorn("study_session_service", url) as port,
    ):
        programs = Programs.at(port)
        for title, seated, service, bare in (
            ("a message", True, over_http(port, "messages"), by_psycopg(url, say)),
            ("a join", False, over_http(port, "join"), by_psycopg(url, join)),
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


def by_psycopg(url: str, transact: Callable[[Any, dict[str, Any]], None]) -> Connect:
    """Writes as the statements alone, and a commit."""

    def connect() -> Callable[[Write], None]:
        connection = psycopg.connect(url)

        def write(item: Write) -> None:
            session, person = item
            transact(connection, {"session": session, "user": person.id, "content": CONTENT})
            connection.commit()

        return write

    return connect


def say(connection: psycopg.Connection[Any], values: dict[str, Any]) -> None:
    connection.execute(LOCK, values)
    assert connection.execute(SEAT, values).fetchone()
    connection.execute(RECENT, values).fetchall()
    message = {**values, "seq": only(connection, NUMBER, values)}
    connection.execute(MESSAGE, message)
    publish(connection, message)


def join(connection: psycopg.Connection[Any], values: dict[str, Any]) -> None:
    assert connection.execute(TAKE, values).fetchone()
    publish(connection, {**values, "seq": only(connection, COUNT, values)})


def publish(connection: psycopg.Connection[Any], values: dict[str, Any]) -> None:
    event = {
        "seq": values["seq"],
        "type": "message",
        "data": {"id": str(uuid4()), "content": CONTENT},
    }
    connection.execute(PUBLISH, {**values, "body": json.dumps(event)})


def only(connection: psycopg.Connection[Any], statement: str, values: dict[str, Any]) -> int:
    row = connection.execute(statement, values).fetchone()
    assert row
    return int(row[0])


if __name__ == "__main__":
    main()
