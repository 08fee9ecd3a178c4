"""How much of PostgreSQL's speed reaches people who answer questions, and how long authors wait for figures.

    python -m benchmarks.answer_submits [--pairs 5] [--answers 1000000] [--json results.json]

Submits: first answers to questions, by eight connections, once through HTTP and gunicorn and once as the same
two statements and a commit by psycopg, in turns. Figures: the statistics of an assessment with few and with a
million answers, before and after its closed sessions were counted into `answer_tallies`.

TEST_POSTGRES_URL and TEST_REDIS_URL name the servers to use; `make servers` starts some.
"""

import argparse
import json
import os
import secrets
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from assessment_service import answers, documents, drafts, versions
from assessment_service.demo import INTERESTS, some_answer
from assessment_service.models import db
from assessment_service.statistics import count_closed
from assessment_service.versions import Pinned
from benchmarks.measuring import throughput
from benchmarks.serving import Connection, gunicorn
from chassis import testing
from chassis.clock import now
from chassis.data.db import transaction

SUBMITS = 2000
AUTHOR = testing.a_user("author", "author")
Pair = tuple[str, int, Any]

SESSIONS = """
INSERT INTO student_responses
    (session_id, assessment_id, version_id, shuffle_seed, status, completed_at, created_at)
SELECT replace(gen_random_uuid()::text, '-', ''), %(assessment_id)s, %(version_id)s, 0,
    (%(status)s::text)::sessionstatus, CASE WHEN %(status)s = 'completed' THEN now() END,
    now() - interval '10 minutes'
FROM generate_series(1, %(count)s) RETURNING id, session_id
"""
ANSWERS = """
INSERT INTO question_answers (response_id, question_id, value, choices)
SELECT response_id, question_id, to_jsonb(1 + (response_id + question_id) %% 5),
    ARRAY['', (1 + (response_id + question_id) %% 5)::text]
FROM unnest(%(sessions)s::int[]) AS response_id
CROSS JOIN unnest(%(questions)s::int[]) AS question_id
"""


def over_http(port: int) -> Callable[[], Callable[[Pair], None]]:
    """Submits on a kept-alive connection."""

    def connect() -> Callable[[Pair], None]:
        connection = Connection(port)

        def submit(pair: Pair) -> None:
            session_id, question_id, value = pair
            answer = {"session_id": session_id, "question_id": question_id, "value": value}
            headers = {"Content-Type": "application/json"}
            connection.ask("POST", "/api/v2/answers/submit", json.dumps(answer).encode(), headers)

        return submit

    return connect


def bare(url: str, version: Pinned) -> Callable[[], Callable[[Pair], None]]:
    """Submits as the statements alone: lock the session, save, commit."""
    dialect = make_url(url).get_dialect()()
    lock, save = (
        str(statement.compile(dialect=dialect)) for statement in (answers.LOCK, answers.SAVE)
    )

    def connect() -> Callable[[Pair], None]:
        connection = psycopg.connect(url)

        def submit(pair: Pair) -> None:
            session_id, question_id, value = pair
            row = connection.execute(lock, {"session_id": session_id}).fetchone()
            assert row
            kept = {
                "question_id": question_id,
                "value": value,
                "choices": ["", "1"],
                "client_seq": None,
                "xp": 10,
            }
            parameters = {
                "sent": json.dumps([kept]),
                "response_id": row[0],
                "page_id": version.page_of[question_id],
                "now": now(),
            }
            assert connection.execute(save, parameters).fetchone()
            connection.commit()

        return submit

    return connect


def sessions(
    url: str, version: Pinned, count: int, status: str = "active"
) -> list[tuple[int, str]]:
    """New sessions, as rows."""
    parameters = {
        "assessment_id": version.assessment_id,
        "version_id": version.id,
        "count": count,
        "status": status,
    }
    with psycopg.connect(url) as connection:
        return connection.execute(SESSIONS, parameters).fetchall()


def unanswered(url: str, version: Pinned, count: int) -> list[Pair]:
    """This many questions of new sessions, each with an answer. Neighbours belong to different sessions."""
    ids = [session_id for _, session_id in sessions(url, version, count // len(version.questions))]
    questions = list(version.questions.items())
    return [
        (session_id, i, some_answer(question, 1)) for i, question in questions for session_id in ids
    ]


def measure_submits(url: str, version: Pinned, pairs: int) -> dict[str, Any]:
    found: dict[str, list[float]] = {"http": [], "psycopg": []}
    with gunicorn("assessment_service", url) as port:
        throughput(unanswered(url, version, 500), over_http(port))
        for _ in range(pairs):
            found["psycopg"].append(
                throughput(unanswered(url, version, SUBMITS), bare(url, version))
            )
            found["http"].append(throughput(unanswered(url, version, SUBMITS), over_http(port)))
    ratios = [http / alone for http, alone in zip(found["http"], found["psycopg"], strict=True)]
    return {
        "http_per_second": round(statistics.median(found["http"])),
        "psycopg_per_second": round(statistics.median(found["psycopg"])),
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
    }


def measure_figures(app: Any, url: str, version: Pinned, count: int) -> dict[str, float]:
    """Milliseconds that an author waits: the median of nine requests."""
    questions = list(version.questions)

    def answer(sessions_wanted: int) -> None:
        ids = [row_id for row_id, _ in sessions(url, version, sessions_wanted, "completed")]
        with psycopg.connect(url) as connection:
            connection.execute(ANSWERS, {"sessions": ids, "questions": questions})
            connection.commit()
            connection.autocommit = True
            connection.execute("ANALYZE")

    def wait() -> float:
        client = app.test_client()
        times = []
        for _ in range(9):
            began = time.perf_counter()
            found = client.get(f"/api/v2/assessments/{version.slug}/statistics", user=AUTHOR)
            times.append((time.perf_counter() - began) * 1000)
            assert found.status_code == 200, found.json
        return round(statistics.median(times), 1)

    found = {}
    answer(40)
    found["few"] = wait()
    answer(count // len(questions))
    found["many, not counted yet"] = wait()
    with app.app_context():
        done = -1
        while done:
            with transaction(db.session):
                done = count_closed()
    found["many, counted"] = wait()
    return found


def publish(app: Any) -> Pinned:
    """The shipped inventory, as this run's assessment."""
    with app.app_context(), transaction(db.session):
        document = next(
            d for d in map(documents.read, documents.shipped()) if d["slug"] == INTERESTS
        )
        slug = f"benchmark-{secrets.token_hex(4)}"
        draft = drafts.import_document({**document, "slug": slug}, AUTHOR.id)
        return versions.pinned(drafts.release(draft).id)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not {"TEST_POSTGRES_URL", "TEST_REDIS_URL"} <= os.environ.keys():
        raise SystemExit(
            "set TEST_POSTGRES_URL and TEST_REDIS_URL; `make servers` starts servers and prints them"
        )
    with testing.database("assessment_service") as url:
        app = testing.application("assessment_service", url, LOG_LEVEL="ERROR")
        app.test_client_class = testing.ApiClient
        submits = measure_submits(url, publish(app), options.pairs)
        figures = measure_figures(app, url, publish(app), options.answers)
        testing.close(app)
    print(f"answer submits    {submits['http_per_second']:>6}/s through HTTP")
    print(f"                  {submits['psycopg_per_second']:>6}/s by psycopg alone")
    print(f"                  {submits['ratio']:>6} ratio (should be 0.4)")
    print(f"                  {submits['ratios']} of each pair")
    for name, milliseconds in figures.items():
        print(f"figures, {name:<24} {milliseconds:>8} ms")
    if options.json:
        options.json.write_text(
            json.dumps({"submits": submits, "figures": figures, "answers": options.answers})
        )


if __name__ == "__main__":
    main()
