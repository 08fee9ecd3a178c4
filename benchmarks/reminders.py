"""How long it takes to say reminders that are due at once: until the last is published.

    python -m benchmarks.reminders [--reminders 10000] [--json file]

Either each session has its usual reminder, which twenty people are told. Or each reminder is one that a
person chose: twenty in a session, or one. The sweep and the relay of one worker do it, as in production.

TEST_POSTGRES_URL and TEST_REDIS_URL name the servers to use; `make servers` starts some.
"""

import argparse
import json
import time
from pathlib import Path

import psycopg

from chassis import testing
from chassis.messaging.worker import run_sweep

PEOPLE = 20
SESSIONS = """
INSERT INTO study_sessions (host_id, title, subject, session_type, latitude, longitude, start_time,
    duration_minutes, max_participants, current_participants)
SELECT gen_random_uuid(), 'Evening reading', 'Talmud', 'discussion', 48.1, 11.5,
    now() + interval '15 minutes', 60, 20, 20
FROM generate_series(1, %(sessions)s)
"""
SEATS = """
INSERT INTO session_participants (session_id, user_id)
SELECT id, gen_random_uuid() FROM study_sessions, generate_series(1, %(people)s)
"""
USUAL = """
INSERT INTO session_reminders (session_id, minutes_before, due_at) SELECT id, 15, now() FROM study_sessions
"""
CHOSEN = """
INSERT INTO session_reminders (session_id, user_id, minutes_before, due_at)
SELECT session_id, user_id, 15, now() FROM session_participants
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {
        "sessions of 20 people": said(options.reminders, PEOPLE, USUAL),
        "chosen, 20 in each session": said(options.reminders // PEOPLE, PEOPLE, CHOSEN),
        "chosen, each in a session": said(options.reminders, 1, CHOSEN),
    }
    for name, seconds in found.items():
        print(
            f"{name:<28} said {seconds['said']:>6.1f} s  published {seconds['published']:>6.1f} s"
        )
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


def said(sessions: int, people: int, reminders: str) -> dict[str, float]:
    """Seconds until all are marked as sent, and until all are published."""
    with testing.database("study_session_service") as url:
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(SESSIONS, {"sessions": sessions})
            database.execute(SEATS, {"people": people})
            database.execute(reminders.encode())
            database.execute("VACUUM ANALYZE")
        app = testing.application("study_session_service", url)
        with app.app_context():
            setup = app.extensions["worker"]
            [sweep] = [each for each in setup.sweeps if each.name == "reminders"]
            began = time.perf_counter()
            run_sweep(setup.messages, sweep)
            sent = time.perf_counter() - began
            with psycopg.connect(url, autocommit=True) as database:
                while unpublished(database):
                    setup.publisher.publish_pending()
            published = time.perf_counter() - began
        testing.close(app)
    return {"said": sent, "published": published}


def unpublished(database: "psycopg.Connection[tuple[bool]]") -> bool:
    query = "SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL)"
    row = database.execute(query).fetchone()
    return bool(row and row[0])


if __name__ == "__main__":
    main()
