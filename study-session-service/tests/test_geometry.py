"""Distances, boxes and approximate points, at the edges of the map too."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_session_service.geometry import (
    FARTHEST_SNAP,
    RADIUS,
    Box,
    Point,
    approximate,
    boxes_around,
    distance,
    split,
    widened,
)

points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
EDGES = st.sampled_from(
    [Point(90, 0), Point(-90, 17), Point(89.9999, -120), Point(-18.1, 180), Point(0, -180)]
)


def holds(box: Box, point: Point) -> bool:
    return box.south <= point.latitude <= box.north and box.west <= point.longitude <= box.east


def towards(start: Point, bearing: float, metres: float) -> Point:
    """The point so many metres away in this direction."""
    angle, phi = metres / RADIUS, math.radians(start.latitude)
    sine = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing)
    latitude = math.asin(max(-1.0, min(1.0, sine)))
    turn = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(phi),
        math.cos(angle) - math.sin(phi) * math.sin(latitude),
    )
    longitude = math.remainder(start.longitude + math.degrees(turn), 360)
    return Point(math.degrees(latitude), longitude)


@pytest.mark.parametrize(
    ("here", "there", "kilometres"),
    [
        (Point(31.778, 35.235), Point(31.778, 35.235), 0),
        (Point(0, 179.5), Point(0, -179.5), 111.195),
        (Point(90, 0), Point(-90, 0), math.pi * RADIUS / 1000),
        (Point(0, 0), Point(60, 90), math.pi * RADIUS / 2000),
    ],
)
def test_distances_follow_great_circles(here: Point, there: Point, kilometres: float) -> None:
    assert distance(here, there) / 1000 == pytest.approx(kilometres, abs=0.5)


# The radii are those of searches: at a pole, `towards` is exact to a few millimetres.
@given(points | EDGES, st.floats(0, 2 * math.pi), st.floats(100, 100_000), st.floats(0, 0.9999))
def test_a_circle_lies_in_its_boxes(
    centre: Point, bearing: float, radius: float, share: float
) -> None:
    point = towards(centre, bearing, radius * share)
    assert distance(centre, point) <= radius
    assert any(holds(box, point) for box in boxes_around(centre, radius))


@given(points | EDGES, st.floats(0, 2 * math.pi), st.floats(0, 0.9999))
def test_a_widened_box_holds_the_points_near_it(
    corner: Point, bearing: float, share: float
) -> None:
    box = Box(corner.latitude, corner.longitude, corner.latitude, corner.longitude)
    point = towards(corner, bearing, 1000 * share)
    assert any(holds(wide, point) for wide in widened(box, 1000))


@given(points | EDGES)
def test_an_approximate_point_is_near_and_the_same_for_its_whole_cell(exact: Point) -> None:
    snapped = approximate(exact)
    assert distance(exact, snapped) < FARTHEST_SNAP
    assert approximate(snapped) == snapped


def test_an_area_across_the_antimeridian_is_two_boxes() -> None:
    assert split(-20, 177, -15, -178) == [Box(-20, 177, -15, 180), Box(-20, -180, -15, -178)]
    assert split(-1, -181, 1, -179) == [Box(-1, 179, 1, 180), Box(-1, -180, 1, -179)]
    assert split(-1, 170, 1, 180) == [Box(-1, 170, 1, 180), Box(-1, -180, 1, -180)]


def test_a_circle_over_a_pole_spans_every_meridian() -> None:
    assert boxes_around(Point(89.99, 12), 5000) == [
        Box(pytest.approx(89.945, abs=1e-3), -180, 90, 180)
    ]


def test_an_area_around_the_whole_earth_is_one_box() -> None:
    assert split(-10, -180, 10, 180) == [Box(-10, -180, 10, 180)]
