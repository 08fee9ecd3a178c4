"""Search among ten thousand sessions, checked against a full scan."""

import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy import Connection, event, text
from sqlalchemy.dialects.postgresql import psycopg

from chassis import testing
from chassis.clock import now
from study_session_service import clusters
from study_session_service.geometry import (
    Box,
    Point,
    approximate,
    boxes_around,
    distance,
    rounded,
    split,
)
from study_session_service.models import OPEN, Participant, Status, db
from study_session_service.nearby.filters import SCANNED
from study_session_service.nearby.matching import CELLS_READ, matching, prepared
from study_session_service.nearby.pages import search
from study_session_service.nearby.wanted import Search, Sort

COUNT = 10_000
JERUSALEM, TAVEUNI = Point(31.778, 35.235), Point(-16.8, 180.0)
POLES = [Point(90, 0), Point(-90, 0), Point(89.9995, 77)]
Rows = dict[UUID, Any]


def near(centre: Point, spread: float) -> Point:
    latitude = max(-90.0, min(90.0, random.gauss(centre.latitude, spread)))
    return rounded(Point(latitude, math.remainder(random.gauss(centre.longitude, spread), 360)))


def anywhere() -> Point:
    return rounded(Point(math.degrees(math.asin(random.uniform(-1, 1))), random.uniform(-180, 180)))


def points() -> Iterator[Point]:
    """Towns, the antimeridian, both poles, and the rest of the Earth."""
    yield from [
        Point(90, 0),
        Point(-90, -180),
        Point(0, 180),
        Point(0, -180),
        Point(-16.8, 180),
        Point(-16.8, -180),
    ]
    for _ in range(3500):
        yield near(JERUSALEM, 0.3)
    for _ in range(1500):
        yield near(TAVEUNI, 0.3)
    for pole in (90, -90):
        for _ in range(500):
            yield rounded(
                Point(
                    pole - math.copysign(abs(random.gauss(0, 0.3)), pole), random.uniform(-180, 180)
                )
            )
    while True:
        yield anywhere()


def a_row(number: int, point: Point) -> dict[str, Any]:
    hidden = number % 10 == 0
    shown = approximate(point) if hidden else None
    return {
        "id": uuid4(),
        "host_id": uuid4(),
        "title": "Berakhot",
        "subject": "Talmud",
        "session_type": "silent",
        "latitude": point.latitude,
        "longitude": point.longitude,
        "start_time": now() + timedelta(minutes=random.randrange(10_000)),
        "duration_minutes": 60,
        "location_visibility": "approximate" if hidden else "exact",
        "approximate_latitude": shown and shown.latitude,
        "approximate_longitude": shown and shown.longitude,
    }


@pytest.fixture(scope="module")
def ten_thousand(app: Flask) -> Iterator[Rows]:
    """Open sessions all over the Earth; one in ten shows its location approximately."""
    random.seed(7)
    with app.app_context():
        rows = [a_row(number, point) for number, point in zip(range(COUNT), points(), strict=False)]
        copy_in(rows)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # What earlier tests have deleted still fills pages, and would decide between plans.
            connection.execute(text("VACUUM FULL study_sessions"))
            # As autovacuum does: it marks pages as all-visible, and only of these an index is read alone.
            connection.execute(text("VACUUM ANALYZE study_sessions"))
        event.listen(db.session, "after_begin", may_compute_for_long)
        yield {row["id"]: row for row in rows}
        event.remove(db.session, "after_begin", may_compute_for_long)
        db.session.rollback()
    testing.empty(app)


def may_compute_for_long(_: Any, __: Any, connection: Connection) -> None:
    """On a busy machine a test computes for long within a transaction."""
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def copy_in(rows: Sequence[dict[str, Any]]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    cursor = db.session.connection().connection.cursor()
    with cursor.copy(sql.SQL("COPY study_sessions ({}) FROM STDIN").format(columns)) as copy:
        for row in rows:
            copy.write_row(list(row.values()))
    # The vacuum marks no page with rows whose commit is still to be written.
    db.session.execute(text("SET LOCAL synchronous_commit = on"))
    db.session.commit()


def shown(row: dict[str, Any]) -> Point:
    latitude = (
        row["latitude"] if row["approximate_latitude"] is None else row["approximate_latitude"]
    )
    longitude = (
        row["longitude"] if row["approximate_longitude"] is None else row["approximate_longitude"]
    )
    return Point(latitude, longitude)


def found(wanted: Search, viewer_id: UUID | None = None) -> Sequence[UUID]:
    return [seen.session.id for seen in matching(viewer_id, wanted, now(), COUNT)]


centres = st.one_of(
    st.builds(Point, st.floats(31, 32.5), st.floats(34.5, 36)),
    st.builds(Point, st.floats(-17.5, -16), st.floats(179, 180)),
    st.builds(Point, st.floats(-17.5, -16), st.floats(-180, -179)),
    st.builds(Point, st.floats(89, 90), st.floats(-180, 180)),
    st.builds(Point, st.floats(-90, -89), st.floats(-180, 180)),
    st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)),
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(centre=centres, kilometres=st.floats(0.1, 100))
@example(centre=TAVEUNI, kilometres=100)
@example(centre=Point(-16.8, -180), kilometres=0.1)
@example(centre=POLES[0], kilometres=100)
@example(centre=POLES[1], kilometres=0.1)
@example(centre=POLES[2], kilometres=30)
@example(centre=JERUSALEM, kilometres=5)
def test_a_circle_finds_the_same_sessions_as_a_full_scan(
    ten_thousand: Rows, centre: Point, kilometres: float
) -> None:
    radius = 1000 * kilometres
    distances = {i: distance(centre, shown(row)) for i, row in ten_thousand.items()}
    # A session within a micrometre of the rim may fall on either side.
    inside = {i for i, metres in distances.items() if metres <= radius - 1e-6}
    rim = {i for i, metres in distances.items() if abs(metres - radius) < 1e-6}
    by_time = found(Search(origin=centre, radius=radius))
    by_distance = found(Search(origin=centre, radius=radius, sort=Sort.DISTANCE))
    assert found(Search(origin=centre, radius=radius), uuid4()) == by_time
    assert inside <= set(by_time) <= inside | rim
    assert by_time == sorted(by_time, key=lambda i: (ten_thousand[i]["start_time"], i))
    assert set(by_distance) == set(by_time)
    metres = [distances[i] for i in by_distance]
    assert metres == pytest.approx(sorted(metres), abs=1e-6)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(corner=centres, height=st.floats(0, 20), width=st.floats(0, 359))
@example(corner=Point(-17, 179.9), height=1, width=0.2)
@example(corner=Point(-90, -180), height=180, width=360)
def test_a_box_finds_the_same_sessions_as_a_full_scan(
    ten_thousand: Rows, corner: Point, height: float, width: float
) -> None:
    boxes = split(
        corner.latitude,
        corner.longitude,
        min(90, corner.latitude + height),
        corner.longitude + width,
    )

    assert set(found(Search(boxes=boxes))) == {
        i for i, row in ten_thousand.items() if holds(boxes, shown(row))
    }


def test_the_rim_belongs_to_the_circle(ten_thousand: Rows) -> None:
    everything = Search(origin=JERUSALEM, radius=5000, sort=Sort.DISTANCE)
    last = matching(None, everything, now(), COUNT)[-1]
    assert last.session.id in found(Search(origin=JERUSALEM, radius=last.distance_m))


@pytest.mark.parametrize("sort", list(Sort))
def test_the_pages_together_are_the_whole_result(ten_thousand: Rows, sort: Sort) -> None:
    wanted, cursor, pages = Search(origin=JERUSALEM, radius=20_000, sort=sort), None, []
    while cursor or not pages:
        page = search(None, wanted, 100, cursor)
        pages.append([seen.session.id for seen in page.items])
        cursor = page.next
    assert len(pages) > 2
    assert [i for page in pages for i in page] == found(wanted)


def test_a_participant_finds_a_session_by_its_exact_location(ten_thousand: Rows) -> None:
    viewer_id = uuid4()
    hidden = max(
        (row for row in ten_thousand.values() if row["approximate_latitude"] is not None),
        key=lambda row: distance(shown(row), exact(row)),
    )
    db.session.add(Participant(session_id=hidden["id"], user_id=viewer_id, role="participant"))
    db.session.flush()
    here = Search(origin=exact(hidden), radius=100)
    assert hidden["id"] in found(here, viewer_id)
    assert hidden["id"] not in found(here)
    db.session.rollback()


def exact(row: dict[str, Any]) -> Point:
    return Point(row["latitude"], row["longitude"])


@pytest.mark.parametrize(
    ("latitude", "kilometres", "index"),
    [
        (0, 1, "idx_sessions_cell_12"),
        (60, 5, "idx_sessions_cell_12"),
        (31.778, 30, "idx_sessions_cell_9"),
        (0, 100, "idx_sessions_cell_9"),
        (60, 100, "idx_sessions_location"),
        (89.999, 1, "idx_sessions_location"),
    ],
)
def test_an_area_is_read_by_an_index_for_any_parameters(
    ten_thousand: Rows, latitude: float, kilometres: int, index: str
) -> None:
    centre, radius = Point(latitude, 35.235), 1000 * kilometres
    for wanted in (
        Search(origin=centre, radius=radius),
        Search(boxes=boxes_around(centre, radius)),
    ):
        assert index in searching(wanted)


def test_a_statement_reads_no_more_cells_than_it_has_parts() -> None:
    # Searches of the same shape share a statement.
    written = cache(str)
    for latitude in range(-90, 91):
        for radius in (100, 3_000, 10_000, 50_000, 100_000):
            wanted = Search(origin=Point(latitude, 179.99), radius=radius)
            statement, values = prepared(uuid4(), wanted, now(), 51)
            parts = [name for name in values if re.fullmatch(r"cell_\d+", name)]
            assert len(parts) <= CELLS_READ[-1]
            assert written(statement).count(">> ") == len(parts)


@pytest.mark.parametrize(
    "wanted",
    [Search(origin=JERUSALEM, radius=20_000), Search(boxes=boxes_around(JERUSALEM, 20_000))],
    ids=["circle", "box"],
)
def test_of_a_place_with_many_sessions_few_more_are_read_than_shown(
    ten_thousand: Rows, wanted: Search
) -> None:
    first = search(None, wanted, 400, None)
    assert first.next
    for cursor in (None, first.next):
        query, values = prepared(None, wanted, now(), 51, cursor)
        plan = generic_plan(query, values, "ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF")
        assert "Merge Append" in plan
        [read] = re.findall(r"Scan using study_sessions_pkey on .*loops=(\d+)", plan)
        # A circle fills three quarters of its box.
        assert int(read) < 2 * 51
        cells = re.findall(r"Index Only Scan using idx_sessions_cell_9 on .*rows=([\d.]+)", plan)
        assert cells
        # Of each cell one more than is shown of it.
        assert sum(map(float, cells)) <= int(read) + len(cells)


def test_no_statement_starts_further_processes_of_postgresql(ten_thousand: Rows) -> None:
    for setting in (
        "min_parallel_table_scan_size",
        "min_parallel_index_scan_size",
        "parallel_setup_cost",
        "parallel_tuple_cost",
    ):
        db.session.execute(text(f"SET LOCAL {setting} = 0"))
    plan = db.session.scalars(text("EXPLAIN SELECT count(*) FROM study_sessions")).all()
    assert "Gather" not in "".join(plan)
    db.session.execute(text("SET LOCAL max_parallel_workers_per_gather = 2"))
    plan = db.session.scalars(text("EXPLAIN SELECT count(*) FROM study_sessions")).all()
    assert "Gather" in "".join(plan)
    db.session.rollback()


def test_the_index_on_times_is_used_without_a_location(ten_thousand: Rows) -> None:
    assert "idx_sessions_open" in searching(Search())


@pytest.mark.parametrize("words", ["halakhot", "pe", "ז"])
@pytest.mark.parametrize("statuses", [OPEN, frozenset(Status)], ids=["open", "all"])
def test_the_index_on_words_is_used(
    ten_thousand: Rows, words: str, statuses: frozenset[str]
) -> None:
    assert "idx_sessions_search_key" in searching(Search(q=words, statuses=statuses))


def test_mere_punctuation_is_looked_for_in_a_bounded_number_of_sessions(
    ten_thousand: Rows,
) -> None:
    query, values = prepared(None, Search(q="?!"), now(), 51)
    plan = generic_plan(query, values, "ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF")
    assert "Seq Scan on study_sessions" not in plan
    assert "idx_sessions_search_key" not in plan
    scans = re.findall(r"Scan using \w+ on study_sessions.*rows=([\d.]+) loops=(\d+)", plan)
    assert scans
    assert all(float(rows) * int(loops) <= SCANNED for rows, loops in scans)


def test_the_index_on_subjects_is_used(ten_thousand: Rows) -> None:
    assert "idx_sessions_subject_key" in searching(Search(subject="Halakha"))


WORLD = (Box(-90, -180, 90, 180),)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(corner=centres, zoom=st.integers(0, 9), height=st.floats(0, 1), width=st.floats(0, 1))
@example(corner=Point(-17, 179.9), zoom=7, height=0.2, width=0.3)
@example(corner=Point(-90, -180), zoom=3, height=1, width=1)
def test_a_map_counts_the_same_sessions_as_a_full_scan(
    ten_thousand: Rows, corner: Point, zoom: int, height: float, width: float
) -> None:
    # As much as some tiles of this zoom hold.
    north = min(90, corner.latitude + 1800 * height / 2**zoom)
    boxes = split(
        corner.latitude, corner.longitude, north, corner.longitude + 3600 * width / 2**zoom
    )
    assume(clusters.can_draw(boxes, zoom))
    expected = Counter(
        cell_of(shown(row), zoom) for row in ten_thousand.values() if holds(boxes, shown(row))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "MOST_READ", COUNT * clusters.MOST_CELLS)
        drawn = clusters.draw(boxes, zoom)
    assert not any(cluster.more for cluster in drawn.clusters)
    counted = Counter(cell_of(seen.point, zoom) for seen in drawn.sessions)
    for cluster in drawn.clusters:
        middle = Point(cluster.latitude, cluster.longitude)
        counted[cell_of(middle, zoom)] += cluster.count
    assert counted == expected


def cell_of(point: Point, zoom: int) -> tuple[int, int]:
    along_the_equator = clusters.CELLS_PER_TILE * 2**zoom
    size = 360 / along_the_equator
    column = min(math.floor((point.longitude + 180) / size), along_the_equator - 1)
    # As exactly as the mean of one point several times over.
    return math.floor((round(point.latitude, 9) + 90) / size), column


def holds(boxes: Sequence[Box], point: Point) -> bool:
    return any(
        box.south <= point.latitude <= box.north and box.west <= point.longitude <= box.east
        for box in boxes
    )


def test_a_map_of_the_earth_reads_a_bounded_number_of_entries_by_index(
    ten_thousand: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "MOST_READ", 1500)
    query, values = clusters.prepared(WORLD, 2)
    plan = generic_plan(query, values, "ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF")
    assert "Seq Scan" not in plan
    [scan] = re.findall(r"Index Only Scan using idx_sessions_map .*rows=([\d.]+) loops=(\d+)", plan)
    assert 0 < float(scan[0]) * int(scan[1]) <= 1500
    drawn = clusters.draw(WORLD, 2)
    assert {cluster.count for cluster in drawn.clusters if cluster.more} == {values["most"]}


def test_a_map_shows_a_bounded_number_of_sessions_singly(
    ten_thousand: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = clusters.draw(WORLD, 4)
    monkeypatch.setattr(clusters, "MOST_SINGLES", 10)
    drawn = clusters.draw(WORLD, 4)
    assert len(whole.sessions) > 10 >= len(drawn.sessions) > 10 - clusters.FEW
    assert total(drawn) == total(whole)


def total(drawn: clusters.Map) -> int:
    return len(drawn.sessions) + sum(cluster.count for cluster in drawn.clusters)


def searching(wanted: Search) -> str:
    """The plan of the statement for a page of such a search."""
    return generic_plan(*prepared(None, wanted, now(), 51))


def generic_plan(query: Any, values: dict[str, Any], options: str = "COSTS OFF") -> str:
    """The plan of the prepared statement, made without regard to its parameters."""
    compiled = query.compile(dialect=psycopg.dialect(paramstyle="numeric_dollar"))
    parameters = compiled.construct_params(values)
    bound = sql.SQL(", ").join(sql.Literal(parameters[name]) for name in compiled.positiontup)
    connection = db.session.connection().connection.driver_connection
    connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    connection.execute(f"PREPARE searching AS {compiled}")
    explain = sql.SQL("EXPLAIN ({}) EXECUTE searching ({})").format(sql.SQL(options), bound)
    try:
        lines = connection.execute(explain).fetchall()
    finally:
        connection.execute("DEALLOCATE searching")
    return "\n".join(line for (line,) in lines)
