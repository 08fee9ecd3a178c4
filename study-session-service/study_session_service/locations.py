"""Where sessions lie, in SQL: the exact points, and the points that a viewer sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Double, Numeric, and_, bindparam, case, cast, func, or_

from study_session_service.geometry import DECIMALS, RADIUS, Box
from study_session_service.models import Participant, StudySession

SMALLEST = Decimal(1).scaleb(-DECIMALS)
# How the sides of a box are rounded: a point on the rim must not be lost at the last decimal.
OUTWARDS = {
    "south": ROUND_FLOOR,
    "north": ROUND_CEILING,
    "west": ROUND_FLOOR,
    "east": ROUND_CEILING,
}


@dataclass(frozen=True)
class VisiblePoint:
    """The point of each session as a viewer sees it, in SQL."""

    latitude: ColumnElement[float]
    longitude: ColumnElement[float]

    def distance(self) -> ColumnElement[float]:
        """`geometry.distance` from the bound origin, as SQL."""
        latitude, longitude = bindparam("lat", type_=Double), bindparam("lng", type_=Double)
        half_height = func.power(func.sin(func.radians(self.latitude - latitude) / 2), 2)
        half_width = func.power(func.sin(func.radians(self.longitude - longitude) / 2), 2)
        shrinking = func.cos(func.radians(latitude)) * func.cos(func.radians(self.latitude))
        # Between antipodes rounding can lift it above 1, where `asin` is an error.
        chord = func.least(1.0, half_height + shrinking * half_width)
        return func.asin(func.sqrt(chord), type_=Double) * (2 * RADIUS)

    def lies_in(self, boxes: int, name: str = "shown") -> ColumnElement[bool]:
        """Whether it lies in one of so many boxes that `shown_values` binds under the name."""
        return _within(self.latitude, self.longitude, name, boxes, Double)


def shown_to(*, signed_in: bool) -> VisiblePoint:
    """The points as such a viewer may see them; the viewer's row of `Participant` is joined."""

    def column(exact: Any, approximate: Any) -> ColumnElement[float]:
        visible = func.coalesce(approximate, exact)
        inside = case((Participant.is_active, exact), else_=visible)
        return cast(inside if signed_in else visible, Double)

    return VisiblePoint(
        column(StudySession.latitude, StudySession.approximate_latitude),
        column(StudySession.longitude, StudySession.approximate_longitude),
    )


def holds_exact(boxes: int) -> ColumnElement[bool]:
    """Whether the exact point lies in one of so many boxes that `exact_values` binds, by its index."""
    # Decimals: compared with a float, the column would be converted and the index of no use.
    return _within(StudySession.latitude, StudySession.longitude, "exact", boxes, Numeric)


def exact_values(boxes: Sequence[Box]) -> dict[str, Any]:
    """What `holds_exact` is bound to."""
    values = {}
    for number, box in enumerate(boxes):
        for side, rounding in OUTWARDS.items():
            bound = Decimal(getattr(box, side)).quantize(SMALLEST, rounding)
            values[f"exact_{number}_{side}"] = bound
    return values


def shown_values(boxes: Sequence[Box], name: str = "shown") -> dict[str, Any]:
    """What `VisiblePoint.lies_in` is bound to."""
    values = {}
    for number, box in enumerate(boxes):
        for side in OUTWARDS:
            values[f"{name}_{number}_{side}"] = getattr(box, side)
    return values


def _within(
    latitude: Any, longitude: Any, name: str, boxes: int, kind: type[Any]
) -> ColumnElement[bool]:
    def box(number: int) -> ColumnElement[bool]:
        south, north, west, east = (
            bindparam(f"{name}_{number}_{side}", type_=kind) for side in OUTWARDS
        )
        return and_(latitude.between(south, north), longitude.between(west, east))

    return or_(*(box(number) for number in range(boxes)))
