"""Cells of the Earth: squares of degrees that a query names, because an index knows them.

`map_cell` in SQL numbers the finest ones along a Z-order curve: 2^24 along the equator. A larger cell has 2^n
by 2^n of them, and all its numbers begin with the same binary digits.
"""

import math
from collections.abc import Sequence

from study_session_service.geometry import Box

FINEST = 24  # binary digits of a column's number


def touching(box: Box, digits: int) -> Sequence[int]:
    """The cells that touch the box, by their numbers; there are 2^digits along the equator."""
    rows = [_spread(row) << 1 for row in _rows(box, digits)]
    columns = [_spread(column) for column in _columns(box, digits)]
    return [column | row for column in columns for row in rows]


def count(box: Box, digits: int) -> int:
    """How many cells touch the box."""
    return len(_columns(box, digits)) * len(_rows(box, digits))


def _columns(box: Box, digits: int) -> range:
    last = (1 << digits) - 1  # 180° is in the last column
    return range(_number(box.west + 180, digits), min(_number(box.east + 180, digits), last) + 1)


def _rows(box: Box, digits: int) -> range:
    return range(_number(box.south + 90, digits), _number(box.north + 90, digits) + 1)


def _number(degrees: float, digits: int) -> int:
    return math.floor(degrees * (1 << digits) / 360)


def _spread(number: int) -> int:
    """The number with a zero before each binary digit."""
    return int(f"{number:b}", 4)
