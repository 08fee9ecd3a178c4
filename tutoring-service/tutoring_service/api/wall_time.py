"""Wire fields for dates and times on a wall, and for zones."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from marshmallow import ValidationError, fields

from chassis.web.fields import EARLIEST, LATEST, Instant, Query, Text
from recurrence import instant
from tutoring_service.wall_time import zones

DATE = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"\d\d:\d\d(:00)?")


class LocalDate(fields.Date):
    """A date without a zone: `2026-01-31`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not DATE.fullmatch(value) or not value.isascii():
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None
        # A day inside the bounds of instants, because midnight there is up to a day away from
        # midnight in UTC.
        if not EARLIEST.date() < day < LATEST.date() - timedelta(days=1):
            raise ValidationError("Must lie between the years 2000 and 2200.")
        return day


class LocalTime(fields.String):
    """A time of the day without a zone, to the minute: `18:30`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["metadata"] = {"pattern": r"^\d\d:\d\d(:00)?$", **kwargs.get("metadata", {})}
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not TIME.fullmatch(value) or not value.isascii():
            raise ValidationError("Not a time of the day to the minute, such as 18:30.")
        try:
            return time.fromisoformat(value)
        except ValueError:
            raise ValidationError("Not a valid time.") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)


class Zone(Text):
    """The name of an IANA time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(64, least=1, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name not in zones():
            raise ValidationError("Not the name of an IANA time zone.")
        return name


class Moment(fields.String):
    """An instant, or a whole day in the zone that the query names."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        field: fields.Field[Any] = (
            LocalDate() if isinstance(value, str) and DATE.fullmatch(value) else Instant()
        )
        return field.deserialize(value)


class PeriodQuery(Query):
    """From one moment to another; a date stands for the whole day, in `tz`."""

    since = Moment(
        data_key="from", load_default=None, metadata={"description": "A date, or an instant."}
    )
    until = Moment(
        data_key="to",
        load_default=None,
        metadata={"description": "A date, itself included, or an instant, not."},
    )
    tz = Zone(load_default="UTC", metadata={"description": "The zone of dates in `from` and `to`."})


def period(query: dict[str, Any]) -> dict[str, Any]:
    """The query with instants for its dates."""
    since, until = query["since"], query["until"]
    if since and not isinstance(since, datetime):
        since = instant(since, time(), query["tz"])
    if until and not isinstance(until, datetime):
        until = instant(until + timedelta(days=1), time(), query["tz"])
    return {
        **query,
        "since": since and since.astimezone(UTC),
        "until": until and until.astimezone(UTC),
    }
