"""How lists and searches of study sessions grow from ten thousand sessions to a million.

    python -m benchmarks.study_sessions_growing [--sessions 10000 1000000] [--rounds 200] [--json file]

Every city has a thousand sessions, of which some eighty lie within five kilometres of its centre: more
sessions are more cities. Each request is timed through HTTP and gunicorn, in turns; the search near a point
also as the same statement by psycopg, and as PostGIS would search the same rows, if the server has PostGIS.

Then the larger number of sessions is spread as people are: over 300 cities, of which the second has 57 % as
many as the first, the third 42 %. Half of them lie close to the centre. The search is asked where they are.

TEST_POSTGRES_URL and TEST_REDIS_URL name the servers to use; `make servers` starts some.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks.serving import Connection, gunicorn
from chassis import testing
from chassis.clock import now
from chassis.data.session_settings import SETTINGS
from study_session_service.geometry import Point
from study_session_service.nearby.matching import prepared
from study_session_service.nearby.wanted import Search

RADIUS = 5000.0
MESSAGES = 20_000
SPREAD = 0.2  # degrees that the farthest session lies away from the centre of its city
CROWDED_CITIES, CROWDED_POINTS = 300, 200
SESSIONS = """
INSERT INTO study_sessions
    (host_id, title, subject, session_type, latitude, longitude, start_time, duration_minutes)
SELECT gen_random_uuid(), 'Session ' || number, 'Talmud', 'discussion',
    %(latitude)s + %(spread)s * (random() + random() - 1),
    %(longitude)s + %(spread)s * (random() + random() - 1),
    now() + (1 + 30 * random()) * interval '1 day', 90
FROM generate_series(1, %(count)s) AS number
"""
# One session with a long chat, and a participant.
ROOM = """
WITH room AS (SELECT id FROM study_sessions LIMIT 1), seated AS (
    INSERT INTO session_participants (session_id, user_id, role)
    SELECT id, %(user_id)s, 'participant' FROM room
)
INSERT INTO chat_messages (session_id, user_id, content, created_at, seq)
SELECT room.id, %(user_id)s, 'Message ' || number,
    now() - interval '1 day' + number * interval '1 second', number
FROM room, generate_series(1, %(messages)s) AS number
RETURNING session_id
"""
HAS_POSTGIS = "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
# The point is a column of the same rows, with the index that the manual of PostGIS advises.
POSTGIS = """
CREATE EXTENSION postgis;
ALTER TABLE study_sessions ADD COLUMN place geography(Point);
UPDATE study_sessions SET place = ST_MakePoint(longitude::float8, latitude::float8);
CREATE INDEX benchmark_place ON study_sessions USING gist (place) WHERE is_open;
"""
NEAR_BY_POSTGIS = """
SELECT *, ST_Distance(place, here, false) AS distance
FROM study_sessions, (SELECT ST_MakePoint(%s, %s)::geography AS here) AS given
WHERE is_open AND visibility = 'public' AND ends_at > now() AND ST_DWithin(place, here, %s, false)
ORDER BY start_time, id LIMIT 50
"""

# Milliseconds by the kind of request and the part of the distribution: "p50", "p99".
Times = dict[str, dict[str, float]]
Fill = Callable[[psycopg.Connection[Any], int], list[Point]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {}
    for count in options.sessions:
        found[str(count)] = measure(fill, count, options.rounds)
        show(f"{count:>9} sessions", found[str(count)])
    fewest, most = found[str(options.sessions[0])], found[str(options.sessions[-1])]
    for name in fewest:
        print(f"{name:<28} {most[name]['p50'] / fewest[name]['p50']:>6.2f} times as long")
    compare(most)
    found["crowded"] = measure(crowd, options.sessions[-1], options.rounds)
    show("in crowded cities ", found["crowded"])
    compare(found["crowded"])
    if options.json:
        options.json.write_text(json.dumps(found, indent=2))


def show(sessions: str, times: Times) -> None:
    for name, figures in times.items():
        print(
            f"{sessions}  {name:<28} p50 {figures['p50']:>7.2f} ms  p99 {figures['p99']:>7.2f} ms"
        )


def compare(times: Times) -> None:
    """Say how long a search takes next to its SQL, and that next to PostGIS."""
    ratio = times["near"]["p50"] / times["near, by psycopg"]["p50"]
    print(f"near, over its SQL           {ratio:>6.2f} times as long")
    if "near, by PostGIS" not in times:
        print("left out: PostGIS, which this server does not have")
        return
    for cut in ("p50", "p99"):
        ratio = times["near, by psycopg"][cut] / times["near, by PostGIS"][cut]
        print(f"near, SQL over PostGIS, {cut} {ratio:>6.2f} times as long")


def measure(fill: Fill, count: int, rounds: int) -> Times:
    """Milliseconds of each kind of request."""
    user = testing.a_user("ruth")
    with (
        testing.database("study_session_service") as url,
        psycopg.connect(url, autocommit=True) as database,
    ):
        points = fill(database, count)
        room = a_room(database, user)
        has_postgis = database.execute(HAS_POSTGIS).fetchone()
        if has_postgis:
            database.execute(POSTGIS)
        # With the rows that the new column has left dead.
        database.execute("VACUUM FULL ANALYZE")
        # As autovacuum does: it marks pages as all-visible, and only of these an index is read alone.
        database.execute("VACUUM")
        settings = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        with (
            psycopg.connect(url, autocommit=True, options=settings) as as_service,
            gunicorn("study_session_service", url) as port,
        ):
            requests = over_http(port, user, room) | {
                "near, by psycopg": by_psycopg(as_service, url, points)
            }
            if has_postgis:
                requests["near, by PostGIS"] = partial(by_postgis, database)
            return timed(requests, points, rounds)


def fill(database: psycopg.Connection[Any], count: int) -> list[Point]:
    """This many sessions, a thousand in each city; the centres of the cities."""
    chance = random.Random(count)
    cities = [
        Point(chance.uniform(-60, 70), chance.uniform(-179, 179)) for _ in range(count // 1000)
    ]
    for city in cities:
        add(database, city, 1000, SPREAD)
    return cities


def crowd(database: psycopg.Connection[Any], count: int) -> list[Point]:
    """This many sessions in cities of very different sizes; points where sessions are.

    By Zipf's law the sizes fall with a power of the rank, here with rank ** -0.8.
    """
    chance = random.Random(count)
    cities = [
        Point(chance.uniform(-60, 70), chance.uniform(-179, 179)) for _ in range(CROWDED_CITIES)
    ]
    weights = [rank**-0.8 for rank in range(1, CROWDED_CITIES + 1)]
    for city, weight in zip(cities, weights, strict=True):
        half = round(count * weight / sum(weights) / 2)
        add(database, city, half, SPREAD)
        add(database, city, half, SPREAD / 4)
    return [
        Point(
            city.latitude + chance.triangular(-SPREAD / 4, SPREAD / 4),
            city.longitude + chance.triangular(-SPREAD / 4, SPREAD / 4),
        )
        for city in chance.choices(cities, weights, k=CROWDED_POINTS)
    ]


def add(database: psycopg.Connection[Any], city: Point, count: int, spread: float) -> None:
    place = {"latitude": city.latitude, "longitude": city.longitude}
    database.execute(SESSIONS, {**place, "count": count, "spread": spread})


def a_room(database: psycopg.Connection[Any], user: testing.User) -> str:
    found = database.execute(ROOM, {"user_id": user.id, "messages": MESSAGES}).fetchone()
    assert found
    return str(found[0])


def over_http(port: int, user: testing.User, room: str) -> dict[str, Callable[[Point], object]]:
    connection = Connection(port)
    headers = {"Authorization": f"Bearer {testing.token_for(user)}"}

    def ask(target: str) -> Callable[[Point], object]:
        return lambda point: connection.ask("GET", target.format(point=point), headers=headers)

    near = "/api/study-sessions?lat={point.latitude}&lng={point.longitude}&radius_km=5&limit=50"
    messages = f"/api/study-sessions/{room}/messages?limit=50"
    return {
        "near": ask(near),
        "near, by distance": ask(f"{near}&sort=distance"),
        "list": ask("/api/study-sessions?limit=50&session_type=discussion"),
        "mine": ask("/api/study-sessions/mine?limit=50"),
        "chat": ask(messages),
        "chat, page 100": ask(f"{messages}&before={MESSAGES - 99 * 50}"),
    }


def by_psycopg(
    database: psycopg.Connection[Any], url: str, points: list[Point]
) -> Callable[[Point], object]:
    """The statement of the search near a point, compiled beforehand, and its rows."""
    dialect = make_url(url).get_dialect()()
    statements = {}
    for point in points:
        query, values = prepared(None, Search(origin=point, radius=RADIUS), now(), 51)
        compiled = query.compile(dialect=dialect)
        statements[point] = (str(compiled), compiled.construct_params(values))
    return lambda point: database.execute(*statements[point]).fetchall()


def by_postgis(database: psycopg.Connection[Any], point: Point) -> object:
    values = [point.longitude, point.latitude, RADIUS]
    return database.execute(NEAR_BY_POSTGIS, values).fetchall()


def timed(
    requests: dict[str, Callable[[Point], object]], points: list[Point], rounds: int
) -> Times:
    """Each request once a round; the first tenth is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in requests}
    chance = random.Random(rounds)
    for _ in range(rounds + rounds // 10):
        point = chance.choice(points)
        for name, request in requests.items():
            began = time.perf_counter()
            request(point)
            taken[name].append(1000 * (time.perf_counter() - began))
    return {name: figures(times[rounds // 10 :]) for name, times in taken.items()}


def figures(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100)
    return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2)}


if __name__ == "__main__":
    main()
