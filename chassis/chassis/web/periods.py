"""A period in a query: `from` and `to`, each a date in `tz` or an instant."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields, post_load

from chassis.web.fields import DATE, Instant, LocalDate, Query, TimeZone


class Moment(fields.String):
    """An instant, or a whole day in the zone that the query names."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        is_date = isinstance(value, str) and DATE.fullmatch(value)
        field: fields.Field[Any] = LocalDate() if is_date else Instant()
        return field.deserialize(value)


class PeriodQuery(Query):
    """From one moment to another. After loading, `since` and `until` are instants in UTC, or None.

    A date stands for a whole day in `tz`. A date in `to` is part of the period; an instant in `to` is its
    end.
    """

    since = Moment(
        data_key="from", load_default=None, metadata={"description": "A date, or an instant."}
    )
    until = Moment(
        data_key="to",
        load_default=None,
        metadata={"description": "A date, which is included, or an instant, which is not."},
    )
    tz = TimeZone(
        load_default="UTC", metadata={"description": "The zone of dates in `from` and `to`."}
    )

    @post_load
    def as_instants(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        zone, until = ZoneInfo(data["tz"]), data["until"]
        if _is_date(until):
            until += timedelta(days=1)
        return {**data, "since": _instant(data["since"], zone), "until": _instant(until, zone)}


def _is_date(moment: Any) -> bool:
    return isinstance(moment, date) and not isinstance(moment, datetime)


def _instant(moment: date | None, zone: ZoneInfo) -> datetime | None:
    if moment is None:
        return None
    if isinstance(moment, datetime):
        return moment
    # If the clocks skip or repeat midnight, this is the first moment of the day (fold=0, PEP 495).
    return datetime.combine(moment, time(), zone).astimezone(UTC)
