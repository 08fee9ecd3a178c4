"""The words that the tables and the wire share: states, kinds and choices."""

from enum import StrEnum


class CourseStatus(StrEnum):
    OPEN = "open"
    ARCHIVED = "archived"


class CourseBooking(StrEnum):
    """How a student of the course gets a session: they ask and the tutor accepts, or they book."""

    ASK = "ask"
    BOOK = "book"


class EnrollmentStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class SessionStatus(StrEnum):
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class SessionMode(StrEnum):
    ONLINE = "online"
    IN_PERSON = "in-person"
    HYBRID = "hybrid"


class Priority(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


class Frequency(StrEnum):
    """The human-readable label of a recurrence; the series holds the rule itself."""

    ONE_TIME = "one-time"
    DAILY = "daily"
    WEEKLY = "weekly"
    BI_WEEKLY = "bi-weekly"
    MONTHLY = "monthly"
    CUSTOM = "custom"


class Attendance(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    LATE = "late"


class Role(StrEnum):
    """What a person is in an enrolment."""

    TUTOR = "tutor"
    STUDENT = "student"
    PARENT = "parent"
    ADMIN = "admin"


class AuthorRole(StrEnum):
    """Who writes reviews."""

    TUTOR = "tutor"
    STUDENT = "student"
    PARENT = "parent"


class ChangeKind(StrEnum):
    """What a session's history is told of."""

    RESCHEDULED = "rescheduled"
    CHANGED = "changed"
    ATTENDANCE = "attendance"


class Scope(StrEnum):
    """Which occurrences of a series a change is for."""

    THIS = "this"
    FUTURE = "future"
    ALL = "all"


class RequestStatus(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Weekday(StrEnum):
    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"

    @property
    def number(self) -> int:
        """0 for Monday, as in `date.weekday()`."""
        return list(Weekday).index(self)


class Month(StrEnum):
    JANUARY = "January"
    FEBRUARY = "February"
    MARCH = "March"
    APRIL = "April"
    MAY = "May"
    JUNE = "June"
    JULY = "July"
    AUGUST = "August"
    SEPTEMBER = "September"
    OCTOBER = "October"
    NOVEMBER = "November"
    DECEMBER = "December"

    @property
    def number(self) -> int:
        """1 for January."""
        return list(Month).index(self) + 1
