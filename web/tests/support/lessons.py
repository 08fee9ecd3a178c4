"""Courses and lessons that a test makes for itself, by the API; and a look at pages in all forms."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from .accounts import signed_in
from .browsers import FORMS, Browsers, Person

ZONE = "Asia/Jerusalem"
FULL_WORDS = re.compile(r"day .*\d.*\d\d:\d\d.*, your time.?; .*\d\d:\d\d.*Israel Time")
"""How the button of a free time is read out, where clocks show another time than the tutor's."""
FIRST_DAY = date(2000, 1, 2)
A_SUNDAY = date(2026, 3, 1)
"""On Sundays ruth teaches from 15:00 to 21:00."""


class Lessons:
    """A course of its own, with one student in it."""

    def __init__(
        self, gateway: str, tutor: str = "ruth", student: str = "yael", **terms: Any
    ) -> None:
        self.tutor = signed_in(gateway, tutor)
        self.student = signed_in(gateway, student)
        self.course: Any = self.tutor.create_course({"title": "Grammar", "timezone": ZONE, **terms})
        self.title = f"Grammar {self.course['id']}"
        self.course = self.tutor.update_course(
            self.course["id"], {"title": self.title}, if_match="*"
        )
        self.enrollment: Any = self.student.create_enrollment({"course_id": self.course["id"]})
        self.id: int = self.enrollment["id"]
        self.path = f"/enrollments/{self.id}"

    @property
    def day_ahead(self) -> date:
        """A Sunday to come; those of other courses are weeks before or after."""
        weeks = (datetime.now(ZoneInfo(ZONE)).date() - A_SUNDAY).days // 7 + 4
        return A_SUNDAY + timedelta(weeks=weeks + 4 * self.course["id"])

    @property
    def long_ago(self) -> date:
        """A day in the past on which no other course has lessons."""
        return FIRST_DAY + timedelta(days=self.course["id"])

    def book(self, day: date, start: str = "16:00", end: str = "17:00", **more: Any) -> Any:
        """Book a lesson, or a series."""
        wanted = {
            "enrolled_courses_id": self.id,
            "session_date": day.isoformat(),
            "start_time": start,
            "end_time": end,
            "topics": ["The first verb"],
            "force": True,
        }
        return self.tutor.book_tutoring_session({**wanted, **more})

    def held(self) -> Any:
        """A lesson that was held long ago."""
        lesson = self.book(self.long_ago)
        self.tutor.start_tutoring_session(lesson["id"])
        return self.tutor.complete_tutoring_session(lesson["id"], {"topics_covered": ["be"]})


def look_in_all_forms(browsers: Browsers, username: str | None, pages: dict[str, str]) -> None:
    """Look at each page in all forms; in English it shows these words when it is complete."""
    for form in FORMS:
        with browsers.person(username, form) as person:
            for path, words in pages.items():
                person.open(path)
                if form == "light":
                    person.sees(words)
                _look(person)


def _look(person: Person) -> None:
    expect(person.page.locator(".loading")).to_have_count(0)
    person.check_access()
