"""Points on the Earth, taken as a sphere: how far apart, which boxes hold a circle, where an
approximate point lies.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

RADIUS = 6_371_008.7714  # metres, the mean radius R1 of the GRS 80 ellipsoid
DECIMALS = 8
GRID = 0.009  # degrees of latitude, about one kilometre
# Half the diagonal of a cell is 710 m; in the three cells around a pole it can be 870 m.
FARTHEST_SNAP = 1000.0  # metres that no approximate point lies away from the exact one


@dataclass(frozen=True)
class Point:
    """Degrees: latitude from -90 to 90, longitude from -180 to 180."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Box:
    """What lies between two parallels and two meridians, edges included; west is not east of east."""

    south: float
    west: float
    north: float
    east: float


def distance(here: Point, there: Point) -> float:
    """Metres along the great circle, by the haversine formula, which is exact for near points as well.

    Source: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), 159.
    """
    phi, phi_there = math.radians(here.latitude), math.radians(there.latitude)
    half_height = math.sin((phi_there - phi) / 2)
    half_width = math.sin(math.radians(there.longitude - here.longitude) / 2)
    chord = half_height**2 + math.cos(phi) * math.cos(phi_there) * half_width**2
    return 2 * RADIUS * math.asin(math.sqrt(min(1.0, chord)))


def boxes_around(centre: Point, radius: float) -> Sequence[Box]:
    """The boxes that together hold all points within so many metres: one, or two at the antimeridian."""
    angle = math.degrees(radius / RADIUS)
    south, north = centre.latitude - angle, centre.latitude + angle
    if south <= -90 or north >= 90:  # a pole is inside, and with it every meridian
        return [Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)]
    # The meridians that touch the circle do so nearer to the pole than its centre, where degrees are
    # narrower.
    reach = math.sin(math.radians(angle)) / math.cos(math.radians(centre.latitude))
    width = math.degrees(math.asin(min(1.0, reach)))
    return split(south, centre.longitude - width, north, centre.longitude + width)


def split(south: float, west: float, north: float, east: float) -> Sequence[Box]:
    """The boxes of an area whose meridians may run across 180°, as `west > east` or beyond it."""
    if east - west >= 360:
        return [Box(south, -180.0, north, 180.0)]
    if west > east:
        east += 360
    # 180° and -180° are one meridian: a box that touches it is asked for by both names.
    if west <= -180:
        west, east = west + 360, east + 360
    if east < 180:
        return [Box(south, west, north, east)]
    return [Box(south, west, north, 180.0), Box(south, -180.0, north, east - 360)]


def widened(box: Box, metres: float) -> Sequence[Box]:
    """The boxes that hold the box and all that lies within so many metres of it."""
    angle = math.degrees(metres / RADIUS)
    south, north = box.south - angle, box.north + angle
    if south <= -90 or north >= 90:
        return [Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)]
    nearest_pole = math.radians(max(abs(box.south), abs(box.north)))
    width = math.degrees(
        math.asin(min(1.0, math.sin(math.radians(angle)) / math.cos(nearest_pole)))
    )
    return split(south, box.west - width, north, box.east + width)


def approximate(exact: Point) -> Point:
    """The middle of the grid cell, about a kilometre wide and high, that the point lies in."""
    # A grid and not chance: of many sessions at one home, the mean of random points would be the
    # home.
    rows = round(180 / GRID)
    # The pole itself belongs to the last row, and 180° to the last column.
    row = min(math.floor((exact.latitude + 90) / GRID), rows - 1)
    latitude = (row + 0.5) * GRID - 90
    # Fewer towards the poles, where they would become so narrow that they hid little.
    columns = max(1, round(360 * math.cos(math.radians(latitude)) / GRID))
    column = min(math.floor((exact.longitude + 180) / 360 * columns), columns - 1)
    return rounded(Point(latitude, (column + 0.5) * 360 / columns - 180))


def rounded(point: Point) -> Point:
    """The point as it is stored: eight decimals, about a millimetre."""
    return Point(round(point.latitude, DECIMALS), round(point.longitude, DECIMALS))
