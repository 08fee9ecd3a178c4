"""What a series of study sessions costs: opened, joined, changed and cancelled at once, and found.

    python -m benchmarks.series [--sessions 366] [--rounds 10] [--json file]

A daily series goes through its life in each round, through HTTP and gunicorn. Then a city has many daily
series and few other sessions, and the search near a point shows all of them, or the next of each series: the
fewer series there are, the more of their sessions are read for one page.

TEST_POSTGRES_URL and TEST_REDIS_URL name the servers to use; `make servers` starts some.
"""

import argparse
import json
import random
import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.serving import Connection, gunicorn
from benchmarks.study_sessions_growing import SPREAD, add
from chassis import testing
from chassis.clock import now, rfc3339
from study_session_service.geometry import Point

CITY = Point(48.1, 11.5)
OTHERS = 200
BASE = "/api/study-sessions"
SERIES = """
WITH series AS (
    INSERT INTO study_session_series (rrule, timezone)
    SELECT 'FREQ=DAILY;COUNT=366', 'UTC' FROM generate_series(1, %(count)s) RETURNING id
), places AS (
    SELECT id, gen_random_uuid() AS host_id, random() AS hour,
        %(latitude)s + 0.03 * (random() + random() - 1) AS latitude,
        %(longitude)s + 0.03 * (random() + random() - 1) AS longitude
    FROM series
)
INSERT INTO study_sessions (series_id, host_id, title, subject, session_type, latitude, longitude,
    start_time, duration_minutes, next_from)
SELECT id, host_id, 'Every day', 'Talmud', 'discussion', latitude, longitude,
    now() + (hour + day) * interval '1 day', 90,
    CASE WHEN day > 0 THEN now() + (hour + day - 1) * interval '1 day' + interval '90 minutes' END
FROM places, generate_series(0, 365) AS day
"""
Figures = dict[str, dict[str, float]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=366)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {"life": life(options.sessions, options.rounds)}
    show(f"{options.sessions} sessions", found["life"])
    for series in (3, 30, 300):
        name = f"{series} daily series"
        found[name] = near(series, 20 * options.rounds)
        show(name, found[name])
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


def show(what: str, figures: Figures) -> None:
    for name, times in figures.items():
        print(f"{what:<20} {name:<24} p50 {times['p50']:>8.2f} ms  most {times['most']:>8.2f} ms")


def life(sessions: int, rounds: int) -> Figures:
    """A series from its opening to its end."""
    taken: dict[str, list[float]] = {}
    with (
        testing.database("study_session_service") as url,
        gunicorn("study_session_service", url) as port,
    ):
        connection = Connection(port)
        for _ in range(rounds + 1):
            host, guest = testing.a_user("ruth"), testing.a_user("boaz")

            def ask(
                name: str, who: testing.User, method: str, path: str, body: Any, tag: str = '"0"'
            ) -> Any:
                headers = {
                    "Authorization": f"Bearer {testing.token_for(who)}",
                    "Content-Type": "application/json",
                    "If-Match": tag,
                }
                began = time.perf_counter()
                answer = connection.ask(method, path, json.dumps(body).encode(), headers)
                taken.setdefault(name, []).append(1000 * (time.perf_counter() - began))
                return json.loads(answer)

            made = ask("open", host, "POST", BASE, plan(sessions))
            path = f"{BASE}/{made['id']}"
            ask("join all", guest, "POST", f"{path}/series/join", {"scope": "all"})
            changes = {"scope": "all", "venue_name": "Library", "start_time": later(made)}
            ask("move all", host, "PATCH", path, changes, '"1"')
            ask("cancel all", host, "POST", f"{path}/cancel", {"scope": "all"})
    return {name: figures(times[1:]) for name, times in taken.items()}


def plan(sessions: int) -> dict[str, Any]:
    return {
        "title": "Every day",
        "subject": "Talmud",
        "session_type": "discussion",
        "latitude": CITY.latitude,
        "longitude": CITY.longitude,
        "start_time": rfc3339(now().replace(hour=12, microsecond=0) + timedelta(days=1)),
        "duration_minutes": 60,
        "rrule": f"FREQ=DAILY;COUNT={sessions}",
        "timezone": "Europe/Berlin",
    }


def later(made: dict[str, Any]) -> str:
    return str(made["start_time"]).replace("T12:", "T13:")


def near(series: int, rounds: int) -> Figures:
    """The search in a city with so many daily series, and few other sessions."""
    with (
        testing.database("study_session_service") as url,
        psycopg.connect(url, autocommit=True) as database,
    ):
        add(database, CITY, OTHERS, SPREAD)
        place = {"latitude": CITY.latitude, "longitude": CITY.longitude, "count": series}
        database.execute(SERIES, place)
        database.execute("VACUUM ANALYZE")
        with gunicorn("study_session_service", url) as port:
            connection = Connection(port)
            taken: dict[str, list[float]] = {
                "near, all": [],
                "near, next": [],
                "near, next, far": [],
            }
            chance = random.Random(series)
            for _ in range(rounds + rounds // 10):
                point = f"lat={CITY.latitude + chance.uniform(-0.02, 0.02)}&lng={CITY.longitude}"
                far = f"lat={CITY.latitude}&lng={CITY.longitude}&radius_km=0.5"
                for name, query in (
                    ("near, all", f"{point}&radius_km=5"),
                    ("near, next", f"{point}&radius_km=5&series=next"),
                    ("near, next, far", f"{far}&series=next"),
                ):
                    began = time.perf_counter()
                    connection.ask("GET", f"{BASE}?{query}&limit=50")
                    taken[name].append(1000 * (time.perf_counter() - began))
    return {name: figures(times[rounds // 10 :]) for name, times in taken.items()}


def figures(times: list[float]) -> dict[str, float]:
    return {"p50": round(statistics.median(times), 2), "most": round(max(times), 2)}


if __name__ == "__main__":
    main()
