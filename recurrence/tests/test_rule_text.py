"""Rules as text: what is read, what is refused, and that a rule is written as it was read."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurrence import Day, Freq, InvalidRule, Rule, parse
from recurrence.text import LONGEST

from .support.random_rules import endless

COUNTS = st.integers(1, 366)
DAYS = st.dates(date(1000, 1, 1), date(8999, 12, 31))
TIMES = st.times().map(lambda at: at.replace(microsecond=0, tzinfo=UTC))
INSTANTS = st.builds(datetime.combine, DAYS, TIMES)
ENDS = (
    st.fixed_dictionaries({"count": COUNTS})
    | st.fixed_dictionaries({"until": DAYS})
    | st.fixed_dictionaries({"until": INSTANTS})
)


@given(endless(mixed=True), ENDS)
def test_a_rule_is_read_as_it_was_written(parts: dict[str, Any], end: dict[str, Any]) -> None:
    rule = Rule(**parts, **end)
    assert parse(str(rule)) == rule


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;COUNT=1",
        "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5",
        "FREQ=MONTHLY;BYDAY=2MO;UNTIL=20260601",
        "FREQ=MONTHLY;BYDAY=1MO,-1FR;COUNT=3",
        "FREQ=DAILY;INTERVAL=2;BYMONTHDAY=2,-1;BYMONTH=3,4;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20260120T170000Z",
    ],
)
def test_a_rule_is_written_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text


def test_each_part_is_read() -> None:
    text = "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,-1FR,+2TU;BYMONTHDAY=1,-1;BYMONTH=3,12;COUNT=7"
    assert parse(text) == Rule(
        freq=Freq.MONTHLY,
        interval=2,
        by_day=(Day(0), Day(4, -1), Day(1, 2)),
        by_month_day=(1, -1),
        by_month=(3, 12),
        count=7,
    )


def test_until_is_a_date_or_an_instant() -> None:
    assert parse("FREQ=DAILY;UNTIL=20260131").until == date(2026, 1, 31)
    instant = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert parse("FREQ=DAILY;UNTIL=20260131T120000Z").until == instant


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("rrule:freq=weekly;count=2", "FREQ=WEEKLY;COUNT=2"),
        ("COUNT=2;FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=2"),
        ("FREQ=WEEKLY;INTERVAL=1;COUNT=0002", "FREQ=WEEKLY;COUNT=2"),
        ("FREQ=WEEKLY;BYDAY=TU,TU,MO;COUNT=2", "FREQ=WEEKLY;BYDAY=TU,MO;COUNT=2"),
        ("FREQ=DAILY;BYMONTHDAY=+2,2;COUNT=2", "FREQ=DAILY;BYMONTHDAY=2;COUNT=2"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO;COUNT=2",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=2",
        ),
        ("FREQ=WEEKLY;BYDAY=TU,SU;WKST=SU;COUNT=2", "FREQ=WEEKLY;BYDAY=TU,SU;COUNT=2"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=2", "FREQ=WEEKLY;INTERVAL=2;COUNT=2"),
        ("FREQ=MONTHLY;BYDAY=1MO;WKST=SU;COUNT=2", "FREQ=MONTHLY;BYDAY=1MO;COUNT=2"),
    ],
)
def test_a_rule_has_one_plain_form(text: str, plain: str) -> None:
    assert str(parse(text)) == plain


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";;;",
        "RRULE:",
        "COUNT=2",
        "FREQ=;COUNT=2",
        "FREQ=SECONDLY;COUNT=2",
        "FREQ=YEARLY;COUNT=2",
        "FREQ=DAILY;FREQ=DAILY;COUNT=2",
        "FREQ=DAILY;COUNT=2;",
        "FREQ=DAILY;COUNT=2;BYSETPOS=1",
        # weeks that begin on another day, of which some are left out
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=TU;COUNT=4",
        "FREQ=WEEKLY;WKST=;COUNT=2",
        "FREQ=WEEKLY;WKST=1MO;COUNT=2",
        "FREQ=WEEKLY;WKST=MO;WKST=MO;COUNT=2",
        "FREQ=DAILY; COUNT=2",
        # neither end, both, or one twice
        "FREQ=WEEKLY",
        "FREQ=DAILY;COUNT=2;UNTIL=20260103",
        "FREQ=DAILY;COUNT=2;COUNT=3",
        # numbers
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=367",
        "FREQ=DAILY;COUNT=--5",
        "FREQ=DAILY;COUNT=2,3",
        "FREQ=DAILY;COUNT=00002",
        "FREQ=DAILY;COUNT=1_0",
        "FREQ=DAILY;COUNT=",
        "FREQ=DAILY;COUNT",
        "FREQ=DAILY;INTERVAL=0;COUNT=2",
        "FREQ=DAILY;INTERVAL=53;COUNT=2",
        "FREQ=DAILY;INTERVAL=;COUNT=2",
        # other scripts: digits, and letters whose capitals are ASCII
        "FREQ=DAILY;COUNT=２",  # noqa: RUF001  # a full-width digit
        "FREQ=DAILY;COUNT=٢",
        "FREQ=DAILY;UNTIL=２０２６０１０３",  # noqa: RUF001  # full-width digits
        "FREQ=DAıLY;COUNT=2",  # noqa: RUF001  # a dotless i
        # days
        "FREQ=WEEKLY;BYDAY=;COUNT=2",
        "FREQ=WEEKLY;BYDAY=TU,;COUNT=2",
        "FREQ=WEEKLY;BYDAY=XX;COUNT=2",
        "FREQ=WEEKLY;BYDAY=1TU;COUNT=2",
        "FREQ=DAILY;BYDAY=-1TU;COUNT=2",
        "FREQ=MONTHLY;BYDAY=0TU;COUNT=2",
        "FREQ=MONTHLY;BYDAY=6TU;COUNT=2",
        "FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=0;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=-32;COUNT=2",
        "FREQ=MONTHLY;BYMONTH=0;COUNT=2",
        "FREQ=MONTHLY;BYMONTH=-1;COUNT=2",
        "FREQ=MONTHLY;BYMONTH=13;COUNT=2",
        # until
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20260230",
        "FREQ=DAILY;UNTIL=2026-02-03",
        "FREQ=DAILY;UNTIL=20260203T180000",
        "FREQ=DAILY;UNTIL=20260203T240000Z",
        "FREQ=DAILY;UNTIL=20260203T235960Z",
        "FREQ=DAILY;UNTIL=00010101T000000Z",
        "FREQ=DAILY;UNTIL=99991231T235959Z",
    ],
)
def test_a_text_that_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(InvalidRule):
        parse(text)


def test_a_rule_has_a_maximum_length() -> None:
    days = ",".join(["MO"] * 158)
    longest = f"FREQ=WEEKLY;COUNT=10;BYDAY={days}"
    assert len(longest) == LONGEST
    assert parse(longest)
    with pytest.raises(InvalidRule):
        parse(f"FREQ=WEEKLY;COUNT=100;BYDAY={days}")


@given(st.text(alphabet="FREQDAILYWKBYMONTHUNCS=;,0123456789-+:Z٣", max_size=60))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        rule = parse(text)
    except InvalidRule:
        return
    assert parse(str(rule)) == rule


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"count": 2, "until": date(2026, 1, 1)},
        {"count": 2, "interval": 0},
        {"count": 2, "by_month": (0,)},
        {"count": 2, "by_day": (Day(0, 1),)},
        {"until": date(999, 12, 31)},
    ],
)
def test_a_rule_made_in_code_has_the_same_bounds(parts: dict[str, Any]) -> None:
    with pytest.raises(InvalidRule):
        Rule(Freq.WEEKLY, **parts)
