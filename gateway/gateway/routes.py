"""The public map: which address belongs to which service, its access, and the limits of size and time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

USER = "user-service"
STUDY_SESSION = "study-session-service"
TUTORING = "tutoring-service"
HAVRUTA = "havruta-service"
ASSESSMENT = "assessment-service"
SERVICES = (USER, STUDY_SESSION, TUTORING, HAVRUTA, ASSESSMENT)

READING = frozenset({"GET", "HEAD", "OPTIONS"})
KIB = 1024


class QuotaClass(StrEnum):
    """The kinds of requests that are counted; each has a quota of its own."""

    READ = "reads"
    WRITE = "writes"
    SIGN_IN = "sign-ins"
    STREAM = "streams"
    EXPORT = "exports"


class Access(Enum):
    """What the gateway itself demands of a caller. The service checks again, for each operation."""

    PUBLIC = "a token is not looked at"
    OPEN = "a token that is sent must be valid"
    SIGNED_IN = "a valid token is needed"


@dataclass(frozen=True)
class Names:
    """The fields for the display data of a person, next to the person's id."""

    username: str
    display_name: str
    avatar_url: str


@dataclass(frozen=True)
class Roster:
    """The field for the display data of several people, next to the list of their ids."""

    field: str


People = Mapping[str, Names | Roster]
"""Field with the id of a person, or with a list of such ids -> what is put next to it."""


def named(part: str) -> Names:
    """The fields for a person with this part, such as `host`."""
    return Names(f"{part}_username", f"{part}_display_name", f"{part}_avatar_url")


HOST = named("host")
PERSON = Names("username", "display_name", "avatar_url")
PEOPLE: People = {
    "user_id": PERSON,
    "host_id": HOST,
    "tutor_id": named("tutor"),
    "student_id": named("student"),
    "parent_id": named("parent"),
    "author_id": named("author"),
    "owner_id": named("owner"),
    "navigator_id": named("navigator"),
    "inviter_id": named("inviter"),
    "accepted_by": named("accepted_by"),
    "created_by": named("created_by"),
    "changed_by": named("changed_by"),
    "cancelled_by": named("cancelled_by"),
    "suspended_by": named("suspended_by"),
    "lifted_by": named("lifted_by"),
    "reporter_id": named("reporter"),
    "decided_by": named("decided_by"),
    "actor_id": named("actor"),
    "attendees": Roster("attended_by"),
}
OPAQUE = frozenset({"operation", "before", "after", "data"})
"""Fields whose content stays as a client wrote it, even what looks like an id of a person."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """Everything under a prefix; the longest prefix decides."""

    prefix: str
    service: str
    access: Access = Access.OPEN
    # In bytes. A service refuses for each operation what is too large for it: this is for the largest.
    body_limit: int = 16 * KIB
    # Services read in milliseconds. If one hangs, the client is told in little more than a second.
    read_deadline: float = 1.1  # seconds for the whole answer to a request that changes nothing
    # Longer than a service waits for a lock before it gives up by itself.
    write_deadline: float = 5.0
    people: People = field(default_factory=dict)
    kind: QuotaClass | None = None  # None: a read or a write, as the method says

    def deadline(self, method: str) -> float:
        """Seconds until the gateway gives up on the service."""
        if method in READING:
            return self.read_deadline
        return self.write_deadline


# Hashing a password takes a quarter of a second of processor time, and may wait for others.
PASSWORDS = 10.0

ROUTES = (
    Route(prefix="/.well-known/jwks.json", service=USER, access=Access.PUBLIC),
    Route(prefix="/api/auth", service=USER, write_deadline=PASSWORDS),
    Route(
        prefix="/api/auth/login",
        service=USER,
        access=Access.PUBLIC,
        write_deadline=PASSWORDS,
        kind=QuotaClass.SIGN_IN,
    ),
    Route(
        prefix="/api/auth/register",
        service=USER,
        access=Access.PUBLIC,
        write_deadline=PASSWORDS,
        kind=QuotaClass.SIGN_IN,
    ),
    Route(prefix="/api/auth/refresh", service=USER, access=Access.PUBLIC),
    Route(prefix="/api/auth/logout", service=USER, access=Access.PUBLIC),
    Route(
        prefix="/api/auth/verify-email", service=USER, access=Access.PUBLIC, kind=QuotaClass.SIGN_IN
    ),
    Route(
        prefix="/api/auth/change-email", service=USER, access=Access.PUBLIC, kind=QuotaClass.SIGN_IN
    ),
    Route(
        prefix="/api/auth/revert-email", service=USER, access=Access.PUBLIC, kind=QuotaClass.SIGN_IN
    ),
    Route(
        prefix="/api/auth/forgot-password",
        service=USER,
        access=Access.PUBLIC,
        kind=QuotaClass.SIGN_IN,
    ),
    Route(
        prefix="/api/auth/reset-password",
        service=USER,
        access=Access.PUBLIC,
        write_deadline=PASSWORDS,
        kind=QuotaClass.SIGN_IN,
    ),
    Route(prefix="/api/auth/passkeys", service=USER, access=Access.PUBLIC, kind=QuotaClass.SIGN_IN),
    Route(prefix="/api/users", service=USER),
    Route(prefix="/api/admin/reports", service=USER, access=Access.SIGNED_IN, people=PEOPLE),
    Route(prefix="/api/admin/users", service=USER, access=Access.SIGNED_IN, people=PEOPLE),
    Route(prefix="/api/admin/applications", service=USER, access=Access.SIGNED_IN, people=PEOPLE),
    Route(
        prefix="/api/users/me",
        service=USER,
        access=Access.SIGNED_IN,
        body_limit=64 * KIB,
        write_deadline=PASSWORDS,
    ),
    Route(prefix="/api/users/me/blocks", service=USER, access=Access.SIGNED_IN, people=PEOPLE),
    Route(prefix="/api/notifications", service=USER, access=Access.SIGNED_IN, people=PEOPLE),
    Route(prefix="/api/notifications/unsubscribe", service=USER, access=Access.PUBLIC),
    Route(prefix="/api/calendar/feed", service=USER, access=Access.SIGNED_IN),
    Route(prefix="/api/study-sessions", service=STUDY_SESSION, body_limit=64 * KIB, people=PEOPLE),
    # The first search of a process reads the file of places.
    Route(prefix="/api/places", service=STUDY_SESSION, read_deadline=5.0),
    Route(prefix="/api/courses", service=TUTORING, body_limit=64 * KIB, people=PEOPLE),
    Route(prefix="/api/enrollments", service=TUTORING, body_limit=256 * KIB, people=PEOPLE),
    Route(prefix="/api/session-requests", service=TUTORING, people=PEOPLE),
    Route(prefix="/api/sessions", service=TUTORING, body_limit=256 * KIB, people=PEOPLE),
    Route(prefix="/api/whiteboards", service=TUTORING, body_limit=256 * KIB, people=PEOPLE),
    Route(prefix="/api/tutors", service=TUTORING, body_limit=256 * KIB, people=PEOPLE),
    Route(prefix="/api/havrutas", service=HAVRUTA, body_limit=64 * KIB, people=PEOPLE),
    Route(prefix="/api/havruta-sessions", service=HAVRUTA, people=PEOPLE),
    Route(prefix="/api/invitations", service=HAVRUTA, people=PEOPLE),
    Route(prefix="/api/notes", service=HAVRUTA, body_limit=64 * KIB, people=PEOPLE),
    Route(prefix="/api/texts", service=HAVRUTA),
    Route(prefix="/api/v2", service=ASSESSMENT),
    Route(prefix="/api/v2/answers", service=ASSESSMENT, body_limit=1024 * KIB),
    Route(prefix="/api/v2/assessments", service=ASSESSMENT, body_limit=1024 * KIB),
)


# By the converter in the path of a stream.
ROOM_IDS = {"uuid": "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "int": "[1-9][0-9]{0,9}"}


@dataclass(frozen=True)
class LiveRoute:
    """The address that streams the events of one kind of room; the caller's own room without `<room_id>`."""

    path: str
    kind: str
    service: str

    @property
    def document_path(self) -> str:
        """The path as OpenAPI writes it."""
        return re.sub(r"<\w+:(\w+)>", r"{\1}", self.path)

    @property
    def room_name(self) -> str:
        """What names of its rooms look like, as a regular expression."""
        return f"{self.kind}:{ROOM_IDS['uuid' if '<uuid:' in self.path else 'int']}"

    @property
    def event_prefix(self) -> str:
        """The beginning of the names of its events' schemas."""
        return self.kind.title().replace("-", "")


LIVE = (
    LiveRoute("/api/events", "user", USER),
    LiveRoute("/api/study-sessions/<uuid:room_id>/events", "study-session", STUDY_SESSION),
    LiveRoute("/api/whiteboards/<int:room_id>/events", "whiteboard", TUTORING),
    LiveRoute("/api/havrutas/<uuid:room_id>/events", "havruta", HAVRUTA),
    LiveRoute("/api/havruta-sessions/<uuid:room_id>/events", "havruta-session", HAVRUTA),
)
LIVE_BY_KIND = {route.kind: route for route in LIVE}


_BY_PREFIX = {route.prefix: route for route in ROUTES}
_DEEPEST = max(prefix.count("/") for prefix in _BY_PREFIX)


def route_of(path: str) -> Route | None:
    """The route that a path belongs to: that with the longest prefix."""
    segments = path.split("/", _DEEPEST + 1)[: _DEEPEST + 1]
    while len(segments) > 1:
        route = _BY_PREFIX.get("/".join(segments))
        if route:
            return route
        segments.pop()
    return None
