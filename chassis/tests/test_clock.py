"""The names of time zones."""

from zoneinfo import ZoneInfo

import pytest

from chassis.clock import time_zones


@pytest.mark.parametrize(
    "name",
    [
        *("Europe/Berlin", "Asia/Jerusalem", "America/Argentina/Buenos_Aires", "Antarctica/Troll"),
        # links, and zones without a place, that the database has
        *("US/Eastern", "Asia/Calcutta", "Israel", "EST5EDT", "CET"),
        *("UTC", "Zulu", "GMT", "GMT+0", "Etc/GMT+5", "Etc/GMT-14"),
    ],
)
def test_a_name_of_the_database_is_known(name: str) -> None:
    assert name in time_zones()


@pytest.mark.parametrize(
    "name",
    [
        # what the files of a machine are called, or what has no clock
        *("localtime", "posixrules", "Factory", "leapseconds", "tzdata.zi", "zone1970.tab"),
        *("posix/Europe/Berlin", "right/Europe/Berlin", "posix", "Europe"),
        *("europe/berlin", "utc", "EUROPE/BERLIN", "Europe/Berlin ", "Europe//Berlin"),
        *("", ".", "../etc/passwd", "/etc/localtime", "Mars/Olympus", "UTC+2", "+02:00"),
    ],
)
def test_no_other_name_is_known(name: str) -> None:
    assert name not in time_zones()


def test_each_name_has_a_zone() -> None:
    assert len(time_zones()) > 500
    assert all(ZoneInfo(name).key == name for name in time_zones())
