"""A course whose students book free times themselves."""

from typing import Any

from chassis.testing import User, a_user

EVERY_DAY = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BOOKED_BY_STUDENTS = {"booking": "book", "minimum_notice_minutes": 0}


class Booker:
    """A tutor with hours, and a student who books in one of their courses."""

    def __init__(self, school: Any, **course: Any) -> None:
        self.school = school
        self.zone = course.get("timezone", "Europe/Berlin")
        self.enrollment_id: int = school.enroll(school.student, **{**BOOKED_BY_STUDENTS, **course})
        self.path = f"/api/enrollments/{self.enrollment_id}"
        self.course_id: int = school.client.get(self.path, user=school.student).json["course_id"]

    def works(self, start: str = "09:00", end: str = "12:00", **more: Any) -> Any:
        """The tutor declares hours, the same on each day."""
        weekly = [{"weekday": day, "start_time": start, "end_time": end} for day in EVERY_DAY]
        body = {"timezone": self.zone, "weekly": weekly, **more}
        return self.school.client.put(
            "/api/tutors/me/availability", user=self.school.tutor, json=body
        )

    def change(self, **course: Any) -> Any:
        """The tutor changes the course."""
        path, headers = f"/api/courses/{self.course_id}", {"If-Match": "*"}
        return self.school.client.patch(path, user=self.school.tutor, json=course, headers=headers)

    def times(self, query: str = "", user: User | None = None) -> list[str]:
        """When the bookable times begin."""
        shown = self.school.client.get(
            f"{self.path}/bookable-times?{query}", user=user or self.school.student
        )
        assert shown.status_code == 200, shown.json
        return [slot["starts_at"] for slot in shown.json["items"]]

    def book(self, starts_at: str, user: User | None = None, **more: Any) -> Any:
        body = {"starts_at": starts_at, **more}
        return self.school.post(f"{self.path}/bookings", user or self.school.student, body)

    def booked(self, starts_at: str, **more: Any) -> dict[str, Any]:
        answer = self.book(starts_at, **more)
        assert answer.status_code == 201, answer.json
        return dict(answer.json)

    def move(self, session: dict[str, Any], starts_at: str, user: User | None = None) -> Any:
        """Move the session, at the version that was read."""
        return self.school.client.post(
            f"/api/sessions/{session['id']}/move",
            user=user or self.school.student,
            json={"starts_at": starts_at},
            headers={"If-Match": f'"{session["version"]}"'},
        )

    def another(self, name: str) -> "AnotherStudent":
        """Another student of the same course."""
        return AnotherStudent(self, a_user(name))


class AnotherStudent:
    """A student of the course, with an enrolment of their own."""

    def __init__(self, booker: Booker, student: User) -> None:
        self.student = student
        self._school = booker.school
        enrolled = self._school.post("/api/enrollments", student, {"course_id": booker.course_id})
        self.path = f"/api/enrollments/{enrolled.json['id']}"

    def book(self, starts_at: str) -> Any:
        return self._school.post(f"{self.path}/bookings", self.student, {"starts_at": starts_at})
