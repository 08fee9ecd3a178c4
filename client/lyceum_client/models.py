"""What goes over the wire, by the names of the API reference.

Written by generate.py out of the API reference; not to be edited.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar

Item = TypeVar("Item")


class Page(TypedDict, Generic[Item]):
    """A part of a list, and the `cursor` of the next part."""

    items: list[Item]
    next: str | None


class Acceptance(TypedDict):
    reason: NotRequired[str | None]


class Accepted(TypedDict):
    status: str


class Account(TypedDict):
    id: str
    email: str
    email_verified: bool
    pending_email: str | None
    username: str
    display_name: str
    avatar_url: str | None
    bio: str | None
    timezone: str
    locale: str
    roles: list[Literal["learner", "tutor", "parent", "author", "admin"]]
    created_at: str
    updated_at: str


class AccountChanges(TypedDict):
    display_name: NotRequired[str]
    avatar_url: NotRequired[str | None]
    bio: NotRequired[str | None]
    timezone: NotRequired[str]
    locale: NotRequired[str]


class AccountDeletion(TypedDict):
    password: str
    code: NotRequired[str]


class AnswerOutcome(TypedDict):
    question_id: int
    status: Literal["saved", "stale", "not_found", "invalid"]
    xp_gained: int
    detail: str | None


class Application(TypedDict):
    id: str
    role: Literal["tutor", "author"]
    text: str
    subjects: list[str]
    status: Literal["pending", "accepted", "declined", "withdrawn"]
    reason: str | None
    created_at: str
    decided_at: str | None


class ApplicationPage(Page["Application"]):
    pass


class Assessment(TypedDict):
    slug: str
    version: int
    title: str
    description: str
    needs_account: bool
    pages: int
    questions: int
    time_limit_minutes: int | None
    max_attempts: int | None
    hours_between_attempts: int | None


class AssessmentDefinition(TypedDict):
    title: str
    description: NotRequired[str]
    audience: NotRequired[Literal["public", "members"]]
    shuffle: NotRequired[Shuffling]
    time_limit_minutes: NotRequired[int]
    max_attempts: NotRequired[int]
    hours_between_attempts: NotRequired[int]
    dimensions: NotRequired[list[DefinedDimension]]
    pages: NotRequired[list[DefinedPage]]


class AssessmentDraftChange(TypedDict):
    definition: AssessmentDefinition


class AssessmentPage(Page["Assessment"]):
    pass


class AssessmentProgress(TypedDict):
    questions_answered: int
    questions_total: int
    total_xp: int
    percentage: float


class AssessmentSession(TypedDict):
    session_id: str
    assessment: str
    title: str
    version: int
    attempt: int | None
    status: Literal["active", "completed", "user_abandoned_not_completed", "expired"]
    current_page_id: int | None
    starts_at: str
    ends_at: str | None
    last_activity: str
    completed_at: str | None
    expires_at: str | None
    progress: AssessmentProgress


class AssessmentSessionPage(Page["AssessmentSession"]):
    pass


class AssessmentStatistics(TypedDict):
    assessment: str
    version: int
    started: int
    sessions: StatusCounts
    completed_percent: float | None
    median_seconds: float | None
    questions: list[QuestionStatistics]


class AssessmentVersionDocument(TypedDict):
    slug: str
    number: int
    is_current: bool
    created_at: str
    updated_at: str
    published_at: str | None
    definition: AssessmentDefinition


class AssessmentVersionSummary(TypedDict):
    slug: str
    number: int
    is_current: bool
    created_at: str
    updated_at: str
    published_at: str | None


class AssessmentVersionSummaryPage(Page["AssessmentVersionSummary"]):
    pass


class AttendanceCount(TypedDict):
    present: int
    absent: int
    late: int
    attended_percent: float | None


class AttendanceMark(TypedDict):
    attended: bool | None


class AttendanceMarks(TypedDict):
    tutor_attendance_status: Literal["present", "absent", "late", None]
    student_attendance_status: Literal["present", "absent", "late", None]


class Availability(TypedDict):
    tutor_id: str
    timezone: str
    weekly: list[WeeklyHoursAnswer]
    exceptions: list[ExceptionalDayAnswer]
    version: int
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class AwaitedStudySession(TypedDict):
    id: str
    title: str
    subject: str
    status: str
    mode: str
    start_time: str
    starts_at: str
    ends_at: str
    host_id: str
    current_participants: int
    max_participants: int
    my_participation: WaitlistPosition
    host_username: NotRequired[str | None]
    host_display_name: NotRequired[str | None]
    host_avatar_url: NotRequired[str | None]


class BatchResult(TypedDict):
    xp_gained: int
    total_xp: int
    progress: AssessmentProgress
    results: list[AnswerOutcome]


class BlockedPerson(TypedDict):
    user_id: str
    created_at: str
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class BlockedPersonPage(Page["BlockedPerson"]):
    degraded: NotRequired[list[str]]


class BookedOccurrence(TypedDict):
    session_date: str
    start_time: str
    end_time: str
    duration: int
    starts_at: str
    ends_at: str
    id: int


class BookingMove(TypedDict):
    starts_at: str


class Calendar(TypedDict):
    degraded: NotRequired[list[str]]
    items: list[CalendarEntry]
    next_from: str | None


class CalendarAddress(TypedDict):
    url: str


class CalendarEntry(TypedDict):
    kind: Literal["study_session", "tutoring_session", "havruta_session"]
    id: str
    title: str
    starts_at: str
    ends_at: str
    status: str
    location: str | None
    path: str
    tentative: bool
    overlaps: bool


class CalendarFeed(TypedDict):
    created_at: str
    last_read_at: str | None


class CalendarFeedAddress(TypedDict):
    url: str


class ChoiceStatistics(TypedDict):
    choice: str
    label: str
    times: int
    chosen_percent: float


class Cluster(TypedDict):
    latitude: float
    longitude: float
    count: int
    more: bool


class CompletedHavrutaSession(TypedDict):
    id: str
    havruta_id: str
    type: Literal["scheduled", "instant"]
    status: Literal["scheduled", "active", "completed", "cancelled"]
    starts_at: str
    ends_at: str | None
    start_time: str
    end_time: str | None
    planned_start: str | None
    planned_minutes: int | None
    series_id: str | None
    created_by: str | None
    starting_section: str | None
    ending_section: str | None
    coverage_range: str | None
    sections_studied: list[str]
    position: str | None
    navigator_id: str | None
    mode: Literal["navigator", "shared"]
    seq: int
    version: int
    end_reason: Literal[
        "owner", "empty", "too_long", "archived", "cancelled", "missed", "superseded", None
    ]
    cancellation_reason: str | None
    segments: int | None
    minutes: int | None
    minutes_together: int | None
    attendees: list[str]
    attended_by: NotRequired[list[dict[str, Any]]]
    created_by_username: NotRequired[str | None]
    created_by_display_name: NotRequired[str | None]
    created_by_avatar_url: NotRequired[str | None]
    navigator_username: NotRequired[str | None]
    navigator_display_name: NotRequired[str | None]
    navigator_avatar_url: NotRequired[str | None]


class CompletedHavrutaSessionPage(Page["CompletedHavrutaSession"]):
    degraded: NotRequired[list[str]]


class Completion(TypedDict):
    topics_covered: NotRequired[list[str] | None]


class Confirmation(TypedDict):
    code: NotRequired[str]
    credential: NotRequired[PasskeyAssertion]


class Course(TypedDict):
    id: int
    tutor_id: str
    title: str
    subject: str | None
    description: str | None
    timezone: str
    cancel_notice_hours: int
    booking: Literal["ask", "book"]
    session_minutes: int
    minimum_notice_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    most_per_week: int | None
    status: Literal["open", "archived"]
    created_at: str | None
    version: int
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class CourseChanges(TypedDict):
    title: NotRequired[str]
    subject: NotRequired[str | None]
    description: NotRequired[str | None]
    timezone: NotRequired[str]
    cancel_notice_hours: NotRequired[int]
    booking: NotRequired[Literal["ask", "book"]]
    session_minutes: NotRequired[int]
    minimum_notice_minutes: NotRequired[int]
    buffer_before_minutes: NotRequired[int]
    buffer_after_minutes: NotRequired[int]
    most_per_week: NotRequired[int | None]
    status: NotRequired[Literal["open", "archived"]]


class Dashboard(TypedDict):
    degraded: NotRequired[list[str]]
    study_sessions: FirstNextStudySessions | None
    waitlist: FirstAwaitedStudySessions | None
    tutoring_sessions: FirstNextTutoringSessions | None
    havrutas: FirstOwnHavrutas | None
    assessments: FirstOpenAssessments | None
    invitations: FirstOpenInvitations | None
    notifications: FirstUnreadNotifications | None


class Decision(TypedDict):
    decision: Literal["dismiss", "hide", "suspend"]
    reason: str


DefinedBand = TypedDict(
    "DefinedBand", {"from": "float", "to": "float", "label": "str", "text": "NotRequired[str]"}
)


class DefinedDimension(TypedDict):
    key: str
    title: str
    method: NotRequired[Literal["sum", "mean"]]
    bands: NotRequired[list[DefinedBand]]


class DefinedOption(TypedDict):
    key: str
    text: str
    points: NotRequired[float]


class DefinedPage(TypedDict):
    key: str
    title: str
    questions: NotRequired[
        list[
            LikertQuestion
            | SliderQuestion
            | SingleChoiceQuestion
            | MultipleChoiceQuestion
            | OrderingQuestion
            | TrueFalseQuestion
            | NumberQuestion
            | TextQuestion
        ]
    ]


class DeletedWhiteboard(TypedDict):
    id: int


class DepartedMember(TypedDict):
    user_id: str
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class Device(TypedDict):
    id: str
    device: str
    created_at: str
    last_used_at: str
    current: bool


class DevicePage(Page["Device"]):
    pass


class DimensionResult(TypedDict):
    key: str
    title: str
    rank: int | None
    score: float | None
    lowest: float | None
    highest: float | None
    reached_percent: float | None
    band: ResultBand | None
    questions_counted: int


class DrawnStrokes(TypedDict):
    items: list[Stroke]
    degraded: NotRequired[list[str]]


class EffectiveReminder(TypedDict):
    notification_enabled: bool
    alarm_enabled: bool
    alarm_before_minutes: int


class EmailChange(TypedDict):
    email: str
    password: str
    code: NotRequired[str]


class EmailVerification(TypedDict):
    token: str


class Enrollment(TypedDict):
    id: int
    course_id: int
    course_title: str
    course_booking: Literal["ask", "book"]
    tutor_id: str
    student_id: str
    status: Literal["active", "paused", "completed", "cancelled"]
    timezone: str
    created_at: str | None
    closed_at: str | None
    version: int
    student_username: NotRequired[str | None]
    student_display_name: NotRequired[str | None]
    student_avatar_url: NotRequired[str | None]
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class EnrollmentPage(Page["Enrollment"]):
    degraded: NotRequired[list[str]]


class EnrollmentParent(TypedDict):
    parent_id: str
    joined_at: str
    parent_username: NotRequired[str | None]
    parent_display_name: NotRequired[str | None]
    parent_avatar_url: NotRequired[str | None]


class EnrollmentParentPage(Page["EnrollmentParent"]):
    degraded: NotRequired[list[str]]


class ExceptionalDay(TypedDict):
    date: str
    hours: list[Hours]


class ExceptionalDayAnswer(TypedDict):
    date: str
    hours: list[HoursAnswer]


class Experience(TypedDict):
    total_xp: int
    questions_answered: int
    assessments_completed: int


class FieldProblem(TypedDict):
    pointer: str
    detail: str


class FiledReport(TypedDict):
    id: str
    about: Literal["person", "study_session", "message", "havruta", "havruta_message", "note"]
    about_id: str
    kind: Literal["harassment", "hate", "sexual", "danger", "spam", "impersonation", "other"]
    text: str | None
    created_at: str


class FirstAwaitedStudySessions(Page["AwaitedStudySession"]):
    pass


class FirstCode(TypedDict):
    code: str


class FirstFoundCourses(Page["FoundCourse"]):
    pass


class FirstFoundPersons(Page["FoundPerson"]):
    pass


class FirstFoundStudySessions(Page["FoundStudySession"]):
    pass


class FirstFoundTexts(Page["FoundText"]):
    pass


class FirstHostedStudySessions(Page["HostedStudySession"]):
    pass


class FirstNextStudySessions(Page["NextStudySession"]):
    pass


class FirstNextTutoringSessions(Page["NextTutoringSession"]):
    pass


class FirstOfferedCourses(Page["OfferedCourse"]):
    pass


class FirstOpenAssessments(Page["OpenAssessment"]):
    pass


class FirstOpenInvitations(Page["OpenInvitation"]):
    pass


class FirstOwnHavrutas(Page["OwnHavruta"]):
    pass


class FirstUnreadNotifications(Page["UnreadNotification"]):
    pass


class ForgottenPassword(TypedDict):
    email: str


class FormerParent(TypedDict):
    parent_id: str
    parent_username: NotRequired[str | None]
    parent_display_name: NotRequired[str | None]
    parent_avatar_url: NotRequired[str | None]


class FoundCourse(TypedDict):
    id: int
    title: str
    subject: str | None
    tutor_id: str
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]


class FoundPerson(TypedDict):
    id: str
    username: str
    display_name: str
    avatar_url: str | None


class FoundStudySession(TypedDict):
    id: str
    title: str
    subject: str
    status: str
    mode: str
    start_time: str
    starts_at: str
    ends_at: str
    host_id: str
    seats_left: int
    host_username: NotRequired[str | None]
    host_display_name: NotRequired[str | None]
    host_avatar_url: NotRequired[str | None]


class FoundText(TypedDict):
    slug: str
    name: str
    hebrew_name: str
    collection: str
    division: str


class GatheredExperience(TypedDict):
    total_xp: int
    assessments_completed: int


class Havruta(TypedDict):
    id: str
    name: str
    book: str
    owner_id: str | None
    last_place: str | None
    meeting_url: str | None
    member_count: int
    seq: int
    version: int
    created_at: str
    updated_at: str
    archived_at: str | None
    active_session_id: str | None
    next_session_at: str | None
    owner_username: NotRequired[str | None]
    owner_display_name: NotRequired[str | None]
    owner_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class HavrutaArchivedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: HavrutaSummary
    room: NotRequired[str]


class HavrutaChangedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: HavrutaSummary
    room: NotRequired[str]


class HavrutaChanges(TypedDict):
    name: NotRequired[str]
    meeting_url: NotRequired[str | None]


class HavrutaMember(TypedDict):
    user_id: str
    joined_at: str
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class HavrutaMemberInvitedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: InvitedMember
    room: NotRequired[str]


class HavrutaMemberJoinedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: HavrutaMember
    room: NotRequired[str]


class HavrutaMemberLeftEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: DepartedMember
    room: NotRequired[str]


class HavrutaMemberPage(Page["HavrutaMember"]):
    degraded: NotRequired[list[str]]


class HavrutaMemberProgress(TypedDict):
    user_id: str
    sessions: int
    minutes: int
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class HavrutaMessage(TypedDict):
    id: str
    user_id: str
    seq: int
    content: str | None
    client_message_id: str | None
    created_at: str
    edited_at: str | None
    deleted: bool
    folded: bool
    havruta_id: str
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class HavrutaMessageDeletedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaMessage
    room: NotRequired[str]


class HavrutaMessageEditedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaMessage
    room: NotRequired[str]


class HavrutaMessageEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaMessage
    room: NotRequired[str]


class HavrutaMessagePage(Page["HavrutaMessage"]):
    degraded: NotRequired[list[str]]


class HavrutaNoteAddedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveNote
    room: NotRequired[str]


class HavrutaNoteChangedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveNote
    room: NotRequired[str]


class HavrutaNoteRemovedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: RemovedNote
    room: NotRequired[str]


class HavrutaOwnerChangedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: HavrutaSummary
    room: NotRequired[str]


class HavrutaPage(Page["Havruta"]):
    degraded: NotRequired[list[str]]


class HavrutaPageTurn(TypedDict):
    ref: str
    hebrew_ref: str
    user_id: str
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class HavrutaProgress(TypedDict):
    book: str
    last_place: str | None
    sessions: int
    ranges: list[str]
    segments: int
    segments_in_book: int
    studied_percent: float
    minutes: int
    minutes_together: int
    members: list[HavrutaMemberProgress]
    degraded: NotRequired[list[str]]


class HavrutaRemoval(TypedDict):
    reason: NotRequired[str | None]


class HavrutaRenamedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: HavrutaSummary
    room: NotRequired[str]


class HavrutaSession(TypedDict):
    id: str
    havruta_id: str
    type: Literal["scheduled", "instant"]
    status: Literal["scheduled", "active", "completed", "cancelled"]
    starts_at: str
    ends_at: str | None
    start_time: str
    end_time: str | None
    planned_start: str | None
    planned_minutes: int | None
    series_id: str | None
    created_by: str | None
    starting_section: str | None
    ending_section: str | None
    coverage_range: str | None
    sections_studied: list[str]
    position: str | None
    navigator_id: str | None
    mode: Literal["navigator", "shared"]
    seq: int
    version: int
    end_reason: Literal[
        "owner", "empty", "too_long", "archived", "cancelled", "missed", "superseded", None
    ]
    cancellation_reason: str | None
    segments: int | None
    minutes: int | None
    minutes_together: int | None
    created_by_username: NotRequired[str | None]
    created_by_display_name: NotRequired[str | None]
    created_by_avatar_url: NotRequired[str | None]
    navigator_username: NotRequired[str | None]
    navigator_display_name: NotRequired[str | None]
    navigator_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class HavrutaSessionCancellation(TypedDict):
    scope: NotRequired[Literal["this", "future", "all"]]
    reason: NotRequired[str | None]


class HavrutaSessionCancelledEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaSession
    room: NotRequired[str]


class HavrutaSessionChangedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaSession
    room: NotRequired[str]


class HavrutaSessionChanges(TypedDict):
    start_time: NotRequired[str | None]
    planned_minutes: NotRequired[int | None]
    scope: NotRequired[Literal["this", "future", "all"]]


class HavrutaSessionEndedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaSession
    room: NotRequired[str]


class HavrutaSessionJoinedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: PresentMember
    room: NotRequired[str]


class HavrutaSessionLeftEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: DepartedMember
    room: NotRequired[str]


class HavrutaSessionMovedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: HavrutaPageTurn
    room: NotRequired[str]


class HavrutaSessionNavigatorChangedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaSession
    room: NotRequired[str]


class HavrutaSessionPlannedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaSession
    room: NotRequired[str]


class HavrutaSessionReminderChoice(TypedDict):
    minutes_before: list[int] | None


class HavrutaSessionReminders(TypedDict):
    minutes_before: list[int] | None
    default_minutes_before: list[int]


class HavrutaSessionRoomEndedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaSession
    room: NotRequired[str]


class HavrutaSessionRsvp(TypedDict):
    user_id: str
    answer: Literal["yes", "no", "maybe"]
    answered_at: str
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class HavrutaSessionRsvps(TypedDict):
    items: list[HavrutaSessionRsvp]
    degraded: NotRequired[list[str]]


class HavrutaSessionStartedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveHavrutaSession
    room: NotRequired[str]


class HavrutaSummary(TypedDict):
    id: str
    name: str
    book: str
    owner_id: str | None
    last_place: str | None
    meeting_url: str | None
    member_count: int
    seq: int
    version: int
    created_at: str
    updated_at: str
    archived_at: str | None
    owner_username: NotRequired[str | None]
    owner_display_name: NotRequired[str | None]
    owner_avatar_url: NotRequired[str | None]


class Health(TypedDict):
    status: Literal["ok", "degraded", "failed", "unreachable"]
    service: str


class Heartbeat(TypedDict):
    seq: int


class HostedStudySession(TypedDict):
    id: str
    title: str
    subject: str
    status: str
    start_time: str
    starts_at: str
    ends_at: str
    seats_left: int


class Hours(TypedDict):
    start_time: str
    end_time: str


class HoursAnswer(TypedDict):
    start_time: str
    end_time: str


class Invitation(TypedDict):
    id: str
    havruta_id: str
    inviter_id: str
    invitee_email: str
    status: Literal["pending", "accepted", "declined", "expired", "revoked"]
    expires_at: str
    created_at: str
    responded_at: str | None
    accepted_by: str | None
    accepted_by_username: NotRequired[str | None]
    accepted_by_display_name: NotRequired[str | None]
    accepted_by_avatar_url: NotRequired[str | None]
    inviter_username: NotRequired[str | None]
    inviter_display_name: NotRequired[str | None]
    inviter_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class InvitationPage(Page["Invitation"]):
    degraded: NotRequired[list[str]]


class InvitationResult(TypedDict):
    email: str
    status: Literal["sent", "already_member", "already_pending", "invalid"]
    invitation_id: str | None


class InvitationResults(TypedDict):
    results: list[InvitationResult]


class InvitationToken(TypedDict):
    token: str


class InvitedMember(TypedDict):
    invitation_id: str


class JoinAnswer(TypedDict):
    session_id: str
    user_id: str
    id: str | None
    role: Literal["host", "participant", None]
    joined_at: str | None
    is_active: bool
    position: int | None
    overlaps: list[Overlap]
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class JoinRequest(TypedDict):
    waitlist: NotRequired[bool]
    join_code: NotRequired[str | None]


class KeySet(TypedDict):
    keys: list[dict[str, Any]]


class KindsToWant(TypedDict):
    invitation: NotRequired[bool]
    reminder: NotRequired[bool]
    session_booked: NotRequired[bool]
    session_requested: NotRequired[bool]
    session_request_declined: NotRequired[bool]
    session_moved: NotRequired[bool]
    session_cancelled: NotRequired[bool]
    waitlist_promotion: NotRequired[bool]
    havruta_session_started: NotRequired[bool]
    application_decided: NotRequired[bool]
    report_decided: NotRequired[bool]
    content_hidden: NotRequired[bool]
    invitation_accepted: NotRequired[bool]
    invitation_declined: NotRequired[bool]
    person_joined: NotRequired[bool]
    person_left: NotRequired[bool]
    removed: NotRequired[bool]
    made_host: NotRequired[bool]
    made_owner: NotRequired[bool]
    session_planned: NotRequired[bool]
    havruta_archived: NotRequired[bool]
    student_enrolled: NotRequired[bool]
    enrollment_changed: NotRequired[bool]
    parent_joined: NotRequired[bool]
    parent_left: NotRequired[bool]
    session_request_withdrawn: NotRequired[bool]
    review_received: NotRequired[bool]
    havruta_message: NotRequired[bool]


class KindsWanted(TypedDict):
    invitation: bool
    reminder: bool
    session_booked: bool
    session_requested: bool
    session_request_declined: bool
    session_moved: bool
    session_cancelled: bool
    waitlist_promotion: bool
    havruta_session_started: bool
    application_decided: bool
    report_decided: bool
    content_hidden: bool
    invitation_accepted: bool
    invitation_declined: bool
    person_joined: bool
    person_left: bool
    removed: bool
    made_host: bool
    made_owner: bool
    session_planned: bool
    havruta_archived: bool
    student_enrolled: bool
    enrollment_changed: bool
    parent_joined: bool
    parent_left: bool
    session_request_withdrawn: bool
    review_received: bool
    havruta_message: bool


class KnownPasskey(TypedDict):
    type: str
    id: str


class LikertQuestion(TypedDict):
    key: str
    text: str
    required: NotRequired[bool]
    xp: NotRequired[int]
    scores: NotRequired[list[QuestionScore]]
    type: Literal["likert"]
    scale: LikertScale


class LikertScale(TypedDict):
    least: int
    most: int
    step: NotRequired[int]
    least_label: NotRequired[str]
    most_label: NotRequired[str]


class ListedCourse(TypedDict):
    id: int
    tutor_id: str
    title: str
    subject: str | None
    description: str | None
    timezone: str
    cancel_notice_hours: int
    booking: Literal["ask", "book"]
    session_minutes: int
    minimum_notice_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    most_per_week: int | None
    status: Literal["open", "archived"]
    created_at: str | None
    version: int
    tutor_rating: StudentsRating | None
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]


class ListedCoursePage(Page["ListedCourse"]):
    degraded: NotRequired[list[str]]


class ListedHavrutaSession(TypedDict):
    id: str
    havruta_id: str
    type: Literal["scheduled", "instant"]
    status: Literal["scheduled", "active", "completed", "cancelled"]
    starts_at: str
    ends_at: str | None
    start_time: str
    end_time: str | None
    planned_start: str | None
    planned_minutes: int | None
    series_id: str | None
    created_by: str | None
    starting_section: str | None
    ending_section: str | None
    coverage_range: str | None
    sections_studied: list[str]
    position: str | None
    navigator_id: str | None
    mode: Literal["navigator", "shared"]
    seq: int
    version: int
    end_reason: Literal[
        "owner", "empty", "too_long", "archived", "cancelled", "missed", "superseded", None
    ]
    cancellation_reason: str | None
    segments: int | None
    minutes: int | None
    minutes_together: int | None
    havruta_name: str
    book: str
    created_by_username: NotRequired[str | None]
    created_by_display_name: NotRequired[str | None]
    created_by_avatar_url: NotRequired[str | None]
    navigator_username: NotRequired[str | None]
    navigator_display_name: NotRequired[str | None]
    navigator_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class ListedHavrutaSessionPage(Page["ListedHavrutaSession"]):
    degraded: NotRequired[list[str]]


class ListedTutor(TypedDict):
    tutor_id: str
    about: str | None
    languages: list[str]
    subjects: list[str]
    weekdays: list[
        Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    ]
    rating: StudentsRating
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]


class ListedTutorPage(Page["ListedTutor"]):
    degraded: NotRequired[list[str]]


class LiveHavrutaMessage(TypedDict):
    id: str
    user_id: str
    seq: int
    content: str | None
    client_message_id: str | None
    created_at: str
    edited_at: str | None
    deleted: bool
    folded: bool
    havruta_id: str
    path: NotRequired[str]
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class LiveHavrutaSession(TypedDict):
    id: str
    havruta_id: str
    type: Literal["scheduled", "instant"]
    status: Literal["scheduled", "active", "completed", "cancelled"]
    starts_at: str
    ends_at: str | None
    start_time: str
    end_time: str | None
    planned_start: str | None
    planned_minutes: int | None
    series_id: str | None
    created_by: str | None
    starting_section: str | None
    ending_section: str | None
    coverage_range: str | None
    sections_studied: list[str] | None
    position: str | None
    navigator_id: str | None
    mode: Literal["navigator", "shared"]
    seq: int
    version: int
    end_reason: Literal[
        "owner", "empty", "too_long", "archived", "cancelled", "missed", "superseded", None
    ]
    cancellation_reason: str | None
    segments: int | None
    minutes: int | None
    minutes_together: int | None
    path: NotRequired[str]
    created_by_username: NotRequired[str | None]
    created_by_display_name: NotRequired[str | None]
    created_by_avatar_url: NotRequired[str | None]
    navigator_username: NotRequired[str | None]
    navigator_display_name: NotRequired[str | None]
    navigator_avatar_url: NotRequired[str | None]


class LiveMessage(TypedDict):
    id: str
    user_id: str
    seq: int
    content: str | None
    client_message_id: str | None
    created_at: str
    edited_at: str | None
    deleted: bool
    folded: bool
    session_id: str
    path: NotRequired[str]
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class LiveNote(TypedDict):
    id: str
    user_id: str
    havruta_id: str | None
    ref: str
    hebrew_ref: str
    book: str
    section: int
    text: str | None
    version: int
    created_at: str
    updated_at: str
    folded: bool
    path: NotRequired[str]
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class LiveStroke(TypedDict):
    seq: int
    author_id: str
    client_id: str
    operation: dict[str, Any] | None
    created_at: str
    path: NotRequired[str]
    author_username: NotRequired[str | None]
    author_display_name: NotRequired[str | None]
    author_avatar_url: NotRequired[str | None]


class LiveStudySession(TypedDict):
    id: str
    host_id: str
    title: str
    subject: str
    session_type: Literal["silent", "discussion", "exam-prep"]
    status: Literal["starting-soon", "live", "finished", "cancelled"]
    mode: Literal["in-person", "online", "hybrid"]
    venue_name: str | None
    latitude: float
    longitude: float
    location_visibility: Literal["exact", "approximate"]
    visibility: Literal["public", "unlisted", "private"]
    start_time: str
    duration_minutes: int
    starts_at: str
    ends_at: str
    max_participants: int
    current_participants: int
    seats_left: int
    series_id: str | None
    created_at: str
    updated_at: str
    description: str | None
    meeting_url: str | None
    started_at: str | None
    ended_at: str | None
    cancelled_at: str | None
    cancellation_reason: str | None
    version: int
    path: NotRequired[str]
    host_username: NotRequired[str | None]
    host_display_name: NotRequired[str | None]
    host_avatar_url: NotRequired[str | None]


class Login(TypedDict):
    login: str
    password: str
    device_token: NotRequired[str]


class LoginCode(TypedDict):
    ticket: str
    code: str
    device_token: NotRequired[str]


class Logout(TypedDict):
    refresh_token: NotRequired[str]


class MeanRatings(TypedDict):
    tutor: float | None
    student: float | None
    parent: float | None


class Message(TypedDict):
    id: str
    user_id: str
    seq: int
    content: str | None
    client_message_id: str | None
    created_at: str
    edited_at: str | None
    deleted: bool
    folded: bool
    session_id: str
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class MessageChange(TypedDict):
    content: str


class MessagePage(Page["Message"]):
    degraded: NotRequired[list[str]]


class MultipleChoiceQuestion(TypedDict):
    key: str
    text: str
    required: NotRequired[bool]
    xp: NotRequired[int]
    scores: NotRequired[list[QuestionScore]]
    options: list[DefinedOption]
    type: Literal["multiple_choice"]
    least_choices: NotRequired[int]
    most_choices: NotRequired[int]


class MyParticipation(TypedDict):
    role: Literal["host", "participant", None]
    is_active: bool
    joined_at: str | None
    left_at: str | None
    removed: bool
    attended: bool | None
    waitlist_position: int | None


class NewAccount(TypedDict):
    email: str
    username: str
    display_name: str
    password: str


class NewAnswer(TypedDict):
    question_id: int
    value: Any
    client_seq: NotRequired[int | None]


class NewApplication(TypedDict):
    role: Literal["tutor", "author"]
    text: str
    subjects: NotRequired[list[str]]


class NewAssessment(TypedDict):
    definition: AssessmentDefinition
    slug: str


class NewAssessmentSession(TypedDict):
    assessment: NotRequired[str]
    start_fresh: NotRequired[bool]


class NewAvailability(TypedDict):
    timezone: str
    weekly: list[WeeklyHours]
    exceptions: NotRequired[list[ExceptionalDay]]


class NewBooking(TypedDict):
    starts_at: str
    topics: NotRequired[list[str]]
    note: NotRequired[str | None]


class NewCourse(TypedDict):
    title: str
    subject: NotRequired[str | None]
    description: NotRequired[str | None]
    timezone: NotRequired[str]
    cancel_notice_hours: NotRequired[int]
    booking: NotRequired[Literal["ask", "book"]]
    session_minutes: NotRequired[int]
    minimum_notice_minutes: NotRequired[int]
    buffer_before_minutes: NotRequired[int]
    buffer_after_minutes: NotRequired[int]
    most_per_week: NotRequired[int | None]


class NewEnrollment(TypedDict):
    course_id: int


class NewHavruta(TypedDict):
    name: str
    book: str


class NewHavrutaSession(TypedDict):
    start_time: NotRequired[str]
    planned_minutes: NotRequired[int]
    rrule: NotRequired[str]
    timezone: NotRequired[str]
    type: Literal["scheduled", "instant"]


class NewHost(TypedDict):
    scope: NotRequired[Literal["this", "future", "all"]]
    user_id: str


class NewInvitations(TypedDict):
    emails: list[str]
    language: NotRequired[Literal["en", "he"]]


class NewMessage(TypedDict):
    content: str
    client_message_id: NotRequired[str | None]


class NewNavigationMode(TypedDict):
    mode: Literal["navigator", "shared"]


class NewNavigator(TypedDict):
    user_id: str


class NewNote(TypedDict):
    ref: str
    text: str
    havruta_id: NotRequired[str | None]


class NewOwner(TypedDict):
    user_id: str


class NewPasskey(TypedDict):
    name: str
    credential: NewPasskeyCredential


class NewPasskeyCredential(TypedDict):
    id: str
    rawId: str
    type: Literal["public-key"]
    authenticatorAttachment: NotRequired[str | None]
    clientExtensionResults: NotRequired[dict[str, Any]]
    response: NewPasskeyResponse


class NewPasskeyResponse(TypedDict):
    clientDataJSON: str
    attestationObject: str
    authenticatorData: NotRequired[str]
    publicKey: NotRequired[str | None]
    publicKeyAlgorithm: NotRequired[int]
    transports: NotRequired[list[str]]


class NewPosition(TypedDict):
    ref: str
    expected_seq: NotRequired[int | None]


class NewReport(TypedDict):
    about: Literal["person", "study_session", "message", "havruta", "havruta_message", "note"]
    about_id: str
    kind: Literal["harassment", "hate", "sexual", "danger", "spam", "impersonation", "other"]
    text: NotRequired[str | None]


class NewReview(TypedDict):
    rating: int
    text: NotRequired[str | None]
    public: NotRequired[bool]
    is_named: NotRequired[bool]


class NewSecondFactor(TypedDict):
    password: str


class NewSessionRequest(TypedDict):
    session_date: str
    start_time: str
    end_time: str
    topics: NotRequired[list[str]]
    message: NotRequired[str | None]


class NewStroke(TypedDict):
    client_id: str
    operation: dict[str, Any]


class NewStrokes(TypedDict):
    strokes: list[NewStroke]


class NewStudySession(TypedDict):
    title: str
    subject: str
    session_type: Literal["silent", "discussion", "exam-prep"]
    latitude: float
    longitude: float
    start_time: str
    duration_minutes: int
    max_participants: NotRequired[int]
    description: NotRequired[str | None]
    mode: NotRequired[Literal["in-person", "online", "hybrid"]]
    venue_name: NotRequired[str | None]
    meeting_url: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "unlisted", "private"]]
    location_visibility: NotRequired[Literal["exact", "approximate"]]
    rrule: NotRequired[str]
    timezone: NotRequired[str]


class NewTutorProfile(TypedDict):
    about: NotRequired[str | None]
    languages: NotRequired[list[str]]


class NewTutoringSession(TypedDict):
    topics: NotRequired[list[str]]
    session_mode: NotRequired[Literal["online", "in-person", "hybrid"]]
    location: NotRequired[str | None]
    whiteboard_id: NotRequired[int | None]
    priority_level: NotRequired[Literal["low", "medium", "high", "urgent"]]
    notification_enabled: NotRequired[bool]
    alarm_enabled: NotRequired[bool]
    alarm_before_minutes: NotRequired[int]
    is_featured: NotRequired[bool]
    enrolled_courses_id: int
    session_date: str
    start_time: str
    end_time: str
    is_recurring: NotRequired[bool | None]
    session_frequency: NotRequired[
        Literal["one-time", "daily", "weekly", "bi-weekly", "monthly", "custom", None]
    ]
    recurring_pattern: NotRequired[RecurringPattern | None]
    rrule: NotRequired[str | None]
    recurrence_count: NotRequired[int | None]
    recurrence_until: NotRequired[str | None]
    on_conflict: NotRequired[Literal["fail", "skip"]]
    force: NotRequired[bool]


class NewWhiteboard(TypedDict):
    enrolled_courses_id: int
    session_name: NotRequired[str | None]


class NextStudySession(TypedDict):
    id: str
    title: str
    subject: str
    status: str
    mode: str
    start_time: str
    starts_at: str
    ends_at: str
    host_id: str
    current_participants: int
    max_participants: int
    host_username: NotRequired[str | None]
    host_display_name: NotRequired[str | None]
    host_avatar_url: NotRequired[str | None]


class NextTutoringSession(TypedDict):
    id: int
    enrolled_courses_id: int | None
    status: str | None
    starts_at: str
    ends_at: str
    timezone: str
    session_mode: str | None
    tutor_id: str
    student_id: str
    student_username: NotRequired[str | None]
    student_display_name: NotRequired[str | None]
    student_avatar_url: NotRequired[str | None]
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]


class Note(TypedDict):
    id: str
    user_id: str
    havruta_id: str | None
    ref: str
    hebrew_ref: str
    book: str
    section: int
    text: str | None
    version: int
    created_at: str
    updated_at: str
    folded: bool
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class NoteChanges(TypedDict):
    text: NotRequired[str]
    havruta_id: NotRequired[str | None]


class NotePage(Page["Note"]):
    degraded: NotRequired[list[str]]


class Notification(TypedDict):
    id: str
    kind: str
    data: dict[str, Any]
    actor_id: str | None
    times: int
    created_at: str
    read_at: str | None
    actor_username: NotRequired[str | None]
    actor_display_name: NotRequired[str | None]
    actor_avatar_url: NotRequired[str | None]


class NotificationPage(Page["Notification"]):
    degraded: NotRequired[list[str]]


class NotificationPreferenceChanges(TypedDict):
    email: NotRequired[KindsToWant]
    in_app: NotRequired[KindsToWant]
    quiet_hours: NotRequired[QuietHoursChange | None]


class NotificationPreferences(TypedDict):
    email: KindsWanted
    in_app: KindsWanted
    quiet_hours: QuietHours | None


class NumberBounds(TypedDict):
    least: float
    most: float


class NumberQuestion(TypedDict):
    key: str
    text: str
    required: NotRequired[bool]
    xp: NotRequired[int]
    scores: NotRequired[list[QuestionScore]]
    type: Literal["number"]
    least: float
    most: float
    correct: NotRequired[float]
    tolerance: NotRequired[float]


class OccurrenceConflict(TypedDict):
    session_date: str
    starts_at: str
    ends_at: str
    who: list[Literal["tutor", "student", "parent", "admin"]]
    session_id: int | None


class OfferedCourse(TypedDict):
    id: int
    title: str
    subject: str | None


class OpenAssessment(TypedDict):
    session_id: str
    assessment: str
    title: str
    starts_at: str
    ends_at: str | None
    last_activity: str
    expires_at: str | None
    progress: ProgressSoFar


class OpenInvitation(TypedDict):
    id: str
    havruta_id: str
    havruta_name: str
    book: str
    inviter_name: str
    expires_at: str


class OrderingQuestion(TypedDict):
    key: str
    text: str
    required: NotRequired[bool]
    xp: NotRequired[int]
    scores: NotRequired[list[QuestionScore]]
    options: list[DefinedOption]
    type: Literal["ordering"]
    correct: NotRequired[list[str]]


class Overlap(TypedDict):
    id: str
    title: str
    start_time: str
    starts_at: str
    ends_at: str


class OwnAssessment(TypedDict):
    slug: str
    is_default: bool
    created_at: str
    title: str
    updated_at: str
    has_draft: bool
    published_number: int | None
    published_at: str | None


class OwnAssessmentPage(Page["OwnAssessment"]):
    pass


class OwnAttendance(TypedDict):
    attended: int
    missed: int


class OwnHavruta(TypedDict):
    id: str
    name: str
    book: str
    last_place: str | None
    owner_id: str | None
    member_count: int
    active_session_id: str | None
    next_session_at: str | None
    owner_username: NotRequired[str | None]
    owner_display_name: NotRequired[str | None]
    owner_avatar_url: NotRequired[str | None]


class PageSummary(TypedDict):
    id: int
    title: str
    questions_total: int
    questions_answered: int


class PageTurn(TypedDict):
    page_id: int


class ParentCode(TypedDict):
    code: str
    expires_at: str


class ParentJoining(TypedDict):
    code: str


class ParentRemoval(TypedDict):
    reason: NotRequired[str | None]


class ParticipantAttendance(TypedDict):
    user_id: str
    attended: bool | None
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class ParticipantRemoval(TypedDict):
    scope: NotRequired[Literal["this", "future", "all"]]
    reason: NotRequired[str | None]


class Passage(TypedDict):
    ref: str
    hebrew_ref: str
    section: int
    segment: int
    text: str


class Passages(TypedDict):
    ref: str
    hebrew_ref: str
    version: TextVersion
    passages: list[Passage]
    prev_section: str | None
    next_section: str | None


class Passkey(TypedDict):
    id: str
    name: str
    created_at: str
    last_used_at: str | None
    backed_up: bool


class PasskeyAlgorithm(TypedDict):
    type: str
    alg: int


class PasskeyAssertion(TypedDict):
    id: str
    rawId: str
    type: Literal["public-key"]
    authenticatorAttachment: NotRequired[str | None]
    clientExtensionResults: NotRequired[dict[str, Any]]
    response: PasskeyAssertionResponse


class PasskeyAssertionResponse(TypedDict):
    clientDataJSON: str
    authenticatorData: str
    signature: str
    userHandle: NotRequired[str | None]


class PasskeyChanges(TypedDict):
    name: str


class PasskeyCreationOptions(TypedDict):
    rp: PasskeySite
    user: PasskeyOwner
    challenge: str
    pubKeyCredParams: list[PasskeyAlgorithm]
    timeout: int
    excludeCredentials: list[KnownPasskey]
    authenticatorSelection: PasskeySelection
    attestation: str


class PasskeyLogin(TypedDict):
    credential: PasskeyAssertion
    device_token: NotRequired[str]


class PasskeyOwner(TypedDict):
    id: str
    name: str
    displayName: str


class PasskeyPage(Page["Passkey"]):
    pass


class PasskeyPermission(TypedDict):
    password: str
    code: NotRequired[str]


class PasskeyRequestOptions(TypedDict):
    challenge: str
    timeout: int
    rpId: str
    userVerification: str


class PasskeySelection(TypedDict):
    residentKey: str
    requireResidentKey: bool
    userVerification: str


class PasskeySite(TypedDict):
    id: str
    name: str


class PasswordAndCode(TypedDict):
    password: str
    code: str


class PasswordChange(TypedDict):
    current_password: str
    new_password: str
    code: NotRequired[str]


class PasswordReset(TypedDict):
    token: str
    password: str


class PersonalDataExport(TypedDict):
    user_id: str
    exported_at: str
    account: dict[str, Any]
    study_sessions: dict[str, Any]
    tutoring: dict[str, Any]
    havrutas: dict[str, Any]
    assessments: dict[str, Any]


class Place(TypedDict):
    name: str
    hebrew_name: str | None
    country: str
    latitude: float
    longitude: float
    population: int


class Places(TypedDict):
    items: list[Place]
    attribution: str


class PlannedOccurrence(TypedDict):
    session_date: str
    start_time: str
    end_time: str
    duration: int
    starts_at: str
    ends_at: str


class Point(TypedDict):
    type: Literal["Point"]
    coordinates: list[float]


class PresentMember(TypedDict):
    user_id: str
    since: str
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class ProblemDocument(TypedDict):
    type: str
    title: str
    status: int
    code: str
    instance: str
    request_id: str
    detail: NotRequired[str]
    errors: NotRequired[list[FieldProblem]]


class ProblemType(TypedDict):
    type: str
    code: str
    status: int
    title: str
    operations: list[str]


class Profile(TypedDict):
    id: str
    username: str
    display_name: str
    avatar_url: str | None
    bio: str | None
    created_at: str


class ProfileOrDeleted(TypedDict):
    id: str
    display_name: str
    username: NotRequired[str]
    avatar_url: NotRequired[str | None]
    bio: NotRequired[str | None]
    created_at: NotRequired[str]


class ProfileOrDeletedPage(Page["ProfileOrDeleted"]):
    pass


class ProfileOverview(TypedDict):
    degraded: NotRequired[list[str]]
    profile: PublicProfile
    study_sessions: FirstHostedStudySessions | None
    courses: FirstOfferedCourses | None
    rating: RatingOfTutor | None
    havrutas: StudiedTogether | None
    experience: GatheredExperience | None


class ProfilePage(Page["Profile"]):
    pass


class Progress(TypedDict):
    enrolled_courses_id: int
    planned_topics: list[str]
    covered_topics: list[str]
    coverage_percent: float | None
    completed_sessions: int
    completed_minutes: int
    tutor_attendance: AttendanceCount
    student_attendance: AttendanceCount
    ratings: MeanRatings


class ProgressSoFar(TypedDict):
    questions_answered: int
    questions_total: int


class PublicExperience(TypedDict):
    total_xp: int
    assessments_completed: int


class PublicProfile(TypedDict):
    id: str
    username: str
    display_name: str
    avatar_url: str | None
    bio: str | None
    created_at: str


class PublicReview(TypedDict):
    id: int
    author_id: str | None
    course_title: str | None
    rating: int
    text: str | None
    created_at: str
    author_username: NotRequired[str | None]
    author_display_name: NotRequired[str | None]
    author_avatar_url: NotRequired[str | None]


class PublicReviewPage(Page["PublicReview"]):
    degraded: NotRequired[list[str]]


class QuarantinedTutoringSession(TypedDict):
    session_id: int
    tutor_id: str | None
    student_id: str | None
    course_id: int | None
    quarantined_at: str
    data: dict[str, Any]
    student_username: NotRequired[str | None]
    student_display_name: NotRequired[str | None]
    student_avatar_url: NotRequired[str | None]
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]


class QuarantinedTutoringSessionPage(Page["QuarantinedTutoringSession"]):
    degraded: NotRequired[list[str]]


class QuestionOption(TypedDict):
    key: str
    text: str


class QuestionScale(TypedDict):
    least: int
    most: int
    step: int
    least_label: str
    most_label: str


class QuestionScore(TypedDict):
    dimension: str
    weight: NotRequired[float]
    reverse: NotRequired[bool]


class QuestionStatistics(TypedDict):
    question_id: int
    key: str
    type: Literal[
        "likert",
        "slider",
        "single_choice",
        "multiple_choice",
        "ordering",
        "true_false",
        "number",
        "text",
    ]
    text: str
    answered: int
    distribution: list[ChoiceStatistics]


class QuietHours(TypedDict):
    begins: str
    ends: str


class QuietHoursChange(TypedDict):
    begins: str
    ends: str


class RatingOfTutor(TypedDict):
    average: float | None
    count: int


class Readiness(TypedDict):
    status: Literal["ready", "degraded", "unavailable"]
    checks: dict[str, Literal["ok", "degraded", "failed", "unreachable"]]
    versions: list[RunningVersion]


class Reason(TypedDict):
    reason: str


class ReceivedInvitation(TypedDict):
    id: str
    havruta_id: str
    havruta_name: str
    book: str
    inviter_name: str
    masked_email: str
    status: Literal["pending", "accepted", "declined", "expired", "revoked"]
    expires_at: str


class ReceivedInvitationPage(Page["ReceivedInvitation"]):
    pass


class RecoveryCodes(TypedDict):
    recovery_codes: list[str]


class RecurringPattern(TypedDict):
    days: NotRequired[
        list[Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]]
        | None
    ]
    months: NotRequired[
        list[
            Literal[
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ]
        ]
        | None
    ]
    specific_dates: NotRequired[list[str] | None]


class RecurringPatternAnswer(TypedDict):
    days: NotRequired[
        list[Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]]
        | None
    ]
    months: NotRequired[
        list[
            Literal[
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ]
        ]
        | None
    ]
    specific_dates: NotRequired[list[str] | None]


class Refresh(TypedDict):
    refresh_token: str


class Refusal(TypedDict):
    reason: str


class Reminder(TypedDict):
    notification_enabled: bool | None
    alarm_enabled: bool | None
    alarm_before_minutes: int | None
    effective: EffectiveReminder
    due_at: str | None
    sent_at: str | None


class ReminderChoice(TypedDict):
    notification_enabled: NotRequired[bool | None]
    alarm_enabled: NotRequired[bool | None]
    alarm_before_minutes: NotRequired[int | None]


class RemovedNote(TypedDict):
    id: str


class Report(TypedDict):
    id: str
    about: Literal["person", "study_session", "message", "havruta", "havruta_message", "note"]
    about_id: str
    kind: Literal["harassment", "hate", "sexual", "danger", "spam", "impersonation", "other"]
    text: str | None
    created_at: str
    decision: Literal["dismiss", "hide", "suspend", None]
    decided_at: str | None


class ReportPage(Page["Report"]):
    pass


class RequestRefusal(TypedDict):
    reason: NotRequired[str | None]


class ResultBand(TypedDict):
    label: str
    text: str


class ResumedSession(TypedDict):
    session: AssessmentSession
    progress: AssessmentProgress
    page: ShownPage | None
    pages: list[PageSummary]
    answers: list[SavedAnswer]


class Review(TypedDict):
    id: int
    session_id: int
    author_id: str
    author_role: Literal["tutor", "student", "parent"]
    rating: int
    text: str | None
    public: bool
    is_named: bool
    created_at: str
    updated_at: str
    author_username: NotRequired[str | None]
    author_display_name: NotRequired[str | None]
    author_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class ReviewChanges(TypedDict):
    rating: NotRequired[int]
    text: NotRequired[str | None]
    public: NotRequired[bool]
    is_named: NotRequired[bool]


class ReviewPage(Page["Review"]):
    degraded: NotRequired[list[str]]


class RoleAssignment(TypedDict):
    roles: list[Literal["learner", "tutor", "parent", "author", "admin"]]


class RoomEndEvent(TypedDict):
    """The `data` of `event: room_end`, the last of a room while the others go on."""

    room: str
    reason: Literal["not_allowed"]


class RoomsEvent(TypedDict):
    """The `data` of `event: rooms`, the first on a stream of several rooms."""

    rooms: list[str]
    degraded: NotRequired[list[str]]


class RsvpAnswer(TypedDict):
    answer: Literal["yes", "no", "maybe"]


class RunningVersion(TypedDict):
    version: str | None
    revision: str | None
    programs: list[str]


class SavedAnswer(TypedDict):
    question_id: int
    value: Any
    client_seq: int | None
    answered_at: str


class SchedulePreview(TypedDict):
    occurrences: list[PlannedOccurrence]
    conflicts: list[OccurrenceConflict]
    outside_hours: list[PlannedOccurrence]


class ScheduledTutoringSession(TypedDict):
    id: int
    enrolled_courses_id: int | None
    topics: list[str] | None
    topics_covered: list[str] | None
    session_date: str
    start_time: str
    end_time: str
    duration: int | None
    session_mode: Literal["online", "in-person", "hybrid", None]
    location: str | None
    whiteboard_id: int | None
    student_review_id: int | None
    tutor_review_id: int | None
    parent_review_id: int | None
    tutor_attendance_status: Literal["present", "absent", "late", None]
    student_attendance_status: Literal["present", "absent", "late", None]
    priority_level: Literal["low", "medium", "high", "urgent", None]
    is_recurring: bool | None
    session_frequency: Literal[
        "one-time", "daily", "weekly", "bi-weekly", "monthly", "custom", None
    ]
    recurring_pattern: RecurringPatternAnswer | None
    notification_enabled: bool | None
    alarm_enabled: bool | None
    alarm_before_minutes: int | None
    is_featured: bool | None
    status: Literal["scheduled", "in-progress", "completed", "cancelled", None]
    created_at: str | None
    updated_at: str | None
    tutor_id: str
    student_id: str
    starts_at: str
    ends_at: str
    timezone: str
    series_id: int | None
    started_at: str | None
    completed_at: str | None
    cancelled_at: str | None
    cancelled_by: str | None
    cancellation_reason: str | None
    late_cancel: bool
    note: str | None
    version: int
    occurrences: list[BookedOccurrence]
    skipped: list[PlannedOccurrence]
    cancelled_by_username: NotRequired[str | None]
    cancelled_by_display_name: NotRequired[str | None]
    cancelled_by_avatar_url: NotRequired[str | None]
    student_username: NotRequired[str | None]
    student_display_name: NotRequired[str | None]
    student_avatar_url: NotRequired[str | None]
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class SearchResults(TypedDict):
    degraded: NotRequired[list[str]]
    study_sessions: FirstFoundStudySessions | None
    courses: FirstFoundCourses | None
    texts: FirstFoundTexts | None
    people: FirstFoundPersons | None


class SecondFactor(TypedDict):
    enabled: bool
    enabled_at: str | None
    recovery_codes_left: int


class SecondFactorSecret(TypedDict):
    secret: str
    otpauth_url: str
    qr_code: str


class SeenApplication(TypedDict):
    id: str
    role: Literal["tutor", "author"]
    text: str
    subjects: list[str]
    status: Literal["pending", "accepted", "declined", "withdrawn"]
    reason: str | None
    created_at: str
    decided_at: str | None
    user_id: str
    decided_by: str | None
    decided_by_username: NotRequired[str | None]
    decided_by_display_name: NotRequired[str | None]
    decided_by_avatar_url: NotRequired[str | None]
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class SeenApplicationPage(Page["SeenApplication"]):
    degraded: NotRequired[list[str]]


class SeenReport(TypedDict):
    id: str
    about: Literal["person", "study_session", "message", "havruta", "havruta_message", "note"]
    about_id: str
    kind: Literal["harassment", "hate", "sexual", "danger", "spam", "impersonation", "other"]
    text: str | None
    created_at: str
    decision: Literal["dismiss", "hide", "suspend", None]
    decided_at: str | None
    author_id: str | None
    words: dict[str, Any]
    reporter_id: str | None
    reason: str | None
    decided_by: str | None
    author_username: NotRequired[str | None]
    author_display_name: NotRequired[str | None]
    author_avatar_url: NotRequired[str | None]
    decided_by_username: NotRequired[str | None]
    decided_by_display_name: NotRequired[str | None]
    decided_by_avatar_url: NotRequired[str | None]
    reporter_username: NotRequired[str | None]
    reporter_display_name: NotRequired[str | None]
    reporter_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class SeenReportPage(Page["SeenReport"]):
    degraded: NotRequired[list[str]]


class SeenUser(TypedDict):
    id: str
    email: str
    email_verified: bool
    username: str
    display_name: str
    roles: list[Literal["learner", "tutor", "parent", "author", "admin"]]
    created_at: str
    has_second_factor: bool
    last_signed_in_at: str | None
    suspension: Suspension | None


class SeenUserPage(Page["SeenUser"]):
    degraded: NotRequired[list[str]]


class SeriesJoin(TypedDict):
    scope: NotRequired[Literal["this", "future", "all"]]
    waitlist: NotRequired[bool]
    join_code: NotRequired[str | None]


class SeriesLeave(TypedDict):
    scope: NotRequired[Literal["this", "future", "all"]]


class SeriesPart(TypedDict):
    session_id: str
    start_time: str
    outcome: Literal["joined", "waiting", "full", "refused"]
    position: int | None


class SeriesParts(TypedDict):
    items: list[SeriesPart]


class SeriesRule(TypedDict):
    id: str
    rrule: str
    timezone: str


class SessionAttendance(TypedDict):
    items: list[ParticipantAttendance]
    degraded: NotRequired[list[str]]


class SessionChange(TypedDict):
    kind: Literal["rescheduled", "changed", "attendance"]
    changed_by: str
    changed_at: str
    before: dict[str, Any]
    after: dict[str, Any]
    changed_by_username: NotRequired[str | None]
    changed_by_display_name: NotRequired[str | None]
    changed_by_avatar_url: NotRequired[str | None]


class SessionChangePage(Page["SessionChange"]):
    degraded: NotRequired[list[str]]


class SessionDates(TypedDict):
    start_times: list[str]


class SessionParticipant(TypedDict):
    id: str
    session_id: str
    user_id: str
    role: Literal["host", "participant"]
    joined_at: str
    left_at: str | None
    is_active: bool
    username: NotRequired[str | None]
    display_name: NotRequired[str | None]
    avatar_url: NotRequired[str | None]


class SessionParticipantPage(Page["SessionParticipant"]):
    degraded: NotRequired[list[str]]


class SessionPlan(TypedDict):
    start_time: NotRequired[str]
    planned_minutes: NotRequired[int]
    rrule: NotRequired[str]
    timezone: NotRequired[str]


class SessionRequest(TypedDict):
    id: int
    enrolled_courses_id: int
    enrollment_status: Literal["active", "paused", "completed", "cancelled"]
    course_title: str
    tutor_id: str
    student_id: str
    timezone: str
    session_date: str
    start_time: str
    end_time: str
    topics: list[str]
    message: str | None
    status: Literal["pending", "accepted", "declined", "withdrawn"]
    session_id: int | None
    created_at: str
    answered_at: str | None
    student_username: NotRequired[str | None]
    student_display_name: NotRequired[str | None]
    student_avatar_url: NotRequired[str | None]
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class SessionRequestPage(Page["SessionRequest"]):
    degraded: NotRequired[list[str]]


class SessionResult(TypedDict):
    session: AssessmentSession
    dimensions: list[DimensionResult]


class SessionState(TypedDict):
    session_id: str
    status: Literal["scheduled", "active", "completed", "cancelled"]
    starts_at: str
    ends_at: str | None
    seq: int
    ref: str | None
    hebrew_ref: str | None
    prev: str | None
    next: str | None
    navigator_id: str | None
    mode: Literal["navigator", "shared"]
    present: list[PresentMember]
    navigator_username: NotRequired[str | None]
    navigator_display_name: NotRequired[str | None]
    navigator_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class SessionValidation(TypedDict):
    valid: bool
    reason: Literal["not_found", "expired", "completed", "abandoned", None]
    session: ValidatedSession | None
    progress: AssessmentProgress | None


class ShownPage(TypedDict):
    id: int
    title: str
    questions: list[ShownQuestion]


class ShownQuestion(TypedDict):
    id: int
    type: Literal[
        "likert",
        "slider",
        "single_choice",
        "multiple_choice",
        "ordering",
        "true_false",
        "number",
        "text",
    ]
    text: str
    required: bool
    scale: NotRequired[QuestionScale]
    bounds: NotRequired[NumberBounds]
    options: NotRequired[list[QuestionOption]]
    least_choices: NotRequired[int]
    most_choices: NotRequired[int]
    most_characters: NotRequired[int]


class Shuffling(TypedDict):
    questions: NotRequired[bool]
    options: NotRequired[bool]


class SignedInTokens(TypedDict):
    user: Account
    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    device_token: str


class SingleChoiceQuestion(TypedDict):
    key: str
    text: str
    required: NotRequired[bool]
    xp: NotRequired[int]
    scores: NotRequired[list[QuestionScore]]
    options: list[DefinedOption]
    type: Literal["single_choice"]


class SliderQuestion(TypedDict):
    key: str
    text: str
    required: NotRequired[bool]
    xp: NotRequired[int]
    scores: NotRequired[list[QuestionScore]]
    type: Literal["slider"]
    scale: SliderScale


class SliderScale(TypedDict):
    least: int
    most: int
    step: NotRequired[int]
    least_label: NotRequired[str]
    most_label: NotRequired[str]


class Slot(TypedDict):
    starts_at: str
    ends_at: str


class Slots(TypedDict):
    items: list[Slot]


class StatusCounts(TypedDict):
    active: int
    completed: int
    user_abandoned_not_completed: int
    expired: int


class StreamTicket(TypedDict):
    ticket: str
    expires_in: int


class Stroke(TypedDict):
    seq: int
    author_id: str
    client_id: str
    operation: dict[str, Any]
    created_at: str
    author_username: NotRequired[str | None]
    author_display_name: NotRequired[str | None]
    author_avatar_url: NotRequired[str | None]


class StudentsRating(TypedDict):
    average: float | None
    count: int


class StudiedTogether(TypedDict):
    sessions: int
    minutes: int


class StudySession(TypedDict):
    id: str
    host_id: str
    title: str
    subject: str
    session_type: Literal["silent", "discussion", "exam-prep"]
    status: Literal["starting-soon", "live", "finished", "cancelled"]
    mode: Literal["in-person", "online", "hybrid"]
    venue_name: str | None
    latitude: float
    longitude: float
    location_visibility: Literal["exact", "approximate"]
    visibility: Literal["public", "unlisted", "private"]
    start_time: str
    duration_minutes: int
    starts_at: str
    ends_at: str
    max_participants: int
    current_participants: int
    seats_left: int
    distance_m: float | None
    my_participation: MyParticipation | None
    series_id: str | None
    created_at: str
    updated_at: str
    host_username: NotRequired[str | None]
    host_display_name: NotRequired[str | None]
    host_avatar_url: NotRequired[str | None]


class StudySessionCancellation(TypedDict):
    scope: NotRequired[Literal["this", "future", "all"]]
    reason: NotRequired[str | None]


class StudySessionCancelledEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveStudySession
    room: NotRequired[str]


class StudySessionChanges(TypedDict):
    title: NotRequired[str]
    subject: NotRequired[str]
    session_type: NotRequired[Literal["silent", "discussion", "exam-prep"]]
    latitude: NotRequired[float]
    longitude: NotRequired[float]
    start_time: NotRequired[str]
    duration_minutes: NotRequired[int]
    max_participants: NotRequired[int]
    description: NotRequired[str | None]
    mode: NotRequired[Literal["in-person", "online", "hybrid"]]
    venue_name: NotRequired[str | None]
    meeting_url: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "unlisted", "private"]]
    location_visibility: NotRequired[Literal["exact", "approximate"]]
    scope: NotRequired[Literal["this", "future", "all"]]


class StudySessionCreatedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveStudySession
    room: NotRequired[str]


class StudySessionDates(TypedDict):
    start_times: list[str]


class StudySessionDetails(TypedDict):
    id: str
    host_id: str
    title: str
    subject: str
    session_type: Literal["silent", "discussion", "exam-prep"]
    status: Literal["starting-soon", "live", "finished", "cancelled"]
    mode: Literal["in-person", "online", "hybrid"]
    venue_name: str | None
    latitude: float
    longitude: float
    location_visibility: Literal["exact", "approximate"]
    visibility: Literal["public", "unlisted", "private"]
    start_time: str
    duration_minutes: int
    starts_at: str
    ends_at: str
    max_participants: int
    current_participants: int
    seats_left: int
    distance_m: float | None
    my_participation: MyParticipation | None
    series_id: str | None
    created_at: str
    updated_at: str
    description: str | None
    meeting_url: str | None
    join_code: str | None
    started_at: str | None
    ended_at: str | None
    cancelled_at: str | None
    cancellation_reason: str | None
    version: int
    series: SeriesRule | None
    participants: list[SessionParticipant] | None
    host_username: NotRequired[str | None]
    host_display_name: NotRequired[str | None]
    host_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class StudySessionFeature(TypedDict):
    type: Literal["Feature"]
    id: str
    geometry: Point
    properties: StudySession


class StudySessionFeatures(TypedDict):
    type: Literal["FeatureCollection"]
    features: list[StudySessionFeature]
    next: str | None
    degraded: NotRequired[list[str]]


class StudySessionFinishedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveStudySession
    room: NotRequired[str]


class StudySessionHostChangedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveStudySession
    room: NotRequired[str]


class StudySessionJoinedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: SessionParticipant
    room: NotRequired[str]


class StudySessionLeftEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: SessionParticipant
    room: NotRequired[str]


class StudySessionLiveEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveStudySession
    room: NotRequired[str]


class StudySessionMap(TypedDict):
    clusters: list[Cluster]
    sessions: list[StudySession]
    degraded: NotRequired[list[str]]


class StudySessionMessageDeletedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveMessage
    room: NotRequired[str]


class StudySessionMessageEditedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveMessage
    room: NotRequired[str]


class StudySessionMessageEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveMessage
    room: NotRequired[str]


class StudySessionPage(Page["StudySession"]):
    degraded: NotRequired[list[str]]


class StudySessionPlan(TypedDict):
    start_time: str
    rrule: NotRequired[str]
    timezone: NotRequired[str]


class StudySessionReminderChoice(TypedDict):
    minutes_before: list[int] | None


class StudySessionReminders(TypedDict):
    minutes_before: list[int] | None
    default_minutes_before: list[int]


class StudySessionRemovedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: SessionParticipant
    room: NotRequired[str]


class StudySessionUpdatedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveStudySession
    room: NotRequired[str]


class SubmissionResult(TypedDict):
    xp_gained: int
    total_xp: int
    progress: AssessmentProgress


class SubmittedAnswer(TypedDict):
    question_id: int
    value: Any
    client_seq: NotRequired[int | None]
    session_id: str


class SubmittedAnswers(TypedDict):
    session_id: str
    answers: list[NewAnswer]


class Suspension(TypedDict):
    reason: str
    suspended_at: str
    suspended_by: str
    lift_reason: str | None
    lifted_at: str | None
    lifted_by: str | None
    lifted_by_username: NotRequired[str | None]
    lifted_by_display_name: NotRequired[str | None]
    lifted_by_avatar_url: NotRequired[str | None]
    suspended_by_username: NotRequired[str | None]
    suspended_by_display_name: NotRequired[str | None]
    suspended_by_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class TaughtCourse(TypedDict):
    id: int
    title: str
    subject: str | None
    timezone: str
    created_at: str | None


class Text(TypedDict):
    slug: str
    name: str
    hebrew_name: str
    collection: Literal["tanakh", "mishnah", "talmud"]
    division: str
    sections: int
    segments: int


class TextHit(TypedDict):
    ref: str
    hebrew_ref: str
    book: str
    section: int
    version_id: str
    text: str
    matches: list[TextMatch]


class TextHitPage(Page["TextHit"]):
    pass


class TextMatch(TypedDict):
    start: int
    length: int


class TextPage(Page["Text"]):
    pass


class TextQuestion(TypedDict):
    key: str
    text: str
    required: NotRequired[bool]
    xp: NotRequired[int]
    scores: NotRequired[list[QuestionScore]]
    type: Literal["text"]
    most_characters: NotRequired[int]
    accepted: NotRequired[list[str]]


class TextReference(TypedDict):
    ref: str
    hebrew_ref: str
    book: Text
    start: str
    end: str
    segments: int
    section: str
    prev: str | None
    next: str | None
    prev_section: str | None
    next_section: str | None


class TextSection(TypedDict):
    number: int
    first_segment: int
    last_segment: int


class TextVersion(TypedDict):
    id: str
    title: str
    language: str
    direction: Literal["ltr", "rtl"]
    licence: str
    attribution: str
    source: str


class TextVersionPage(Page["TextVersion"]):
    pass


class TextWithSections(TypedDict):
    slug: str
    name: str
    hebrew_name: str
    collection: Literal["tanakh", "mishnah", "talmud"]
    division: str
    sections: int
    segments: int
    edition: str
    contents: list[TextSection]


class Tokens(TypedDict):
    user: Account
    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


class TrueFalseQuestion(TypedDict):
    key: str
    text: str
    required: NotRequired[bool]
    xp: NotRequired[int]
    scores: NotRequired[list[QuestionScore]]
    type: Literal["true_false"]
    correct: NotRequired[bool]


class TutorPage(TypedDict):
    tutor_id: str
    about: str | None
    languages: list[str]
    subjects: list[str]
    courses: list[TaughtCourse]
    rating: StudentsRating
    reviews: list[PublicReview]
    next_free_times: list[Slot]
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class TutorProfile(TypedDict):
    tutor_id: str
    about: str | None
    languages: list[str]
    version: int
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class TutorRating(TypedDict):
    tutor_id: str
    average: float | None
    count: int
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class TutoringCancellation(TypedDict):
    scope: NotRequired[Literal["this", "future", "all"]]
    reason: NotRequired[str | None]


class TutoringSession(TypedDict):
    id: int
    enrolled_courses_id: int | None
    topics: list[str] | None
    topics_covered: list[str] | None
    session_date: str
    start_time: str
    end_time: str
    duration: int | None
    session_mode: Literal["online", "in-person", "hybrid", None]
    location: str | None
    whiteboard_id: int | None
    student_review_id: int | None
    tutor_review_id: int | None
    parent_review_id: int | None
    tutor_attendance_status: Literal["present", "absent", "late", None]
    student_attendance_status: Literal["present", "absent", "late", None]
    priority_level: Literal["low", "medium", "high", "urgent", None]
    is_recurring: bool | None
    session_frequency: Literal[
        "one-time", "daily", "weekly", "bi-weekly", "monthly", "custom", None
    ]
    recurring_pattern: RecurringPatternAnswer | None
    notification_enabled: bool | None
    alarm_enabled: bool | None
    alarm_before_minutes: int | None
    is_featured: bool | None
    status: Literal["scheduled", "in-progress", "completed", "cancelled", None]
    created_at: str | None
    updated_at: str | None
    tutor_id: str
    student_id: str
    starts_at: str
    ends_at: str
    timezone: str
    series_id: int | None
    started_at: str | None
    completed_at: str | None
    cancelled_at: str | None
    cancelled_by: str | None
    cancellation_reason: str | None
    late_cancel: bool
    note: str | None
    version: int
    cancelled_by_username: NotRequired[str | None]
    cancelled_by_display_name: NotRequired[str | None]
    cancelled_by_avatar_url: NotRequired[str | None]
    student_username: NotRequired[str | None]
    student_display_name: NotRequired[str | None]
    student_avatar_url: NotRequired[str | None]
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class TutoringSessionChanges(TypedDict):
    scope: NotRequired[Literal["this", "future", "all"]]
    force: NotRequired[bool]
    session_date: NotRequired[str]
    start_time: NotRequired[str]
    end_time: NotRequired[str]
    topics: NotRequired[list[str]]
    topics_covered: NotRequired[list[str]]
    session_mode: NotRequired[Literal["online", "in-person", "hybrid"]]
    location: NotRequired[str | None]
    whiteboard_id: NotRequired[int | None]
    priority_level: NotRequired[Literal["low", "medium", "high", "urgent"]]
    notification_enabled: NotRequired[bool]
    alarm_enabled: NotRequired[bool]
    alarm_before_minutes: NotRequired[int]
    is_featured: NotRequired[bool]


class TutoringSessionPage(Page["TutoringSession"]):
    degraded: NotRequired[list[str]]


class TutoringSessionReplacement(TypedDict):
    scope: NotRequired[Literal["this", "future", "all"]]
    force: NotRequired[bool]
    topics: NotRequired[list[str]]
    session_mode: NotRequired[Literal["online", "in-person", "hybrid"]]
    location: NotRequired[str | None]
    whiteboard_id: NotRequired[int | None]
    priority_level: NotRequired[Literal["low", "medium", "high", "urgent"]]
    notification_enabled: NotRequired[bool]
    alarm_enabled: NotRequired[bool]
    alarm_before_minutes: NotRequired[int]
    is_featured: NotRequired[bool]
    session_date: str
    start_time: str
    end_time: str
    topics_covered: NotRequired[list[str]]


class UnreadNotification(TypedDict):
    id: str
    kind: str
    data: dict[str, Any]
    created_at: str


class UserNotificationEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: Notification
    room: NotRequired[str]


class UserRoles(TypedDict):
    id: str
    username: str
    roles: list[Literal["learner", "tutor", "parent", "author", "admin"]]


class UsernameChange(TypedDict):
    username: str
    password: str
    code: NotRequired[str]


class ValidatedSession(TypedDict):
    status: Literal["active", "completed", "user_abandoned_not_completed", "expired"]
    current_page_id: int | None
    last_activity: str


class WaitlistPosition(TypedDict):
    waitlist_position: int


class WeeklyHours(TypedDict):
    start_time: str
    end_time: str
    weekday: Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class WeeklyHoursAnswer(TypedDict):
    start_time: str
    end_time: str
    weekday: Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class Whiteboard(TypedDict):
    id: int
    enrolled_courses_id: int
    session_name: str | None
    tutor_id: str | None
    student_id: str | None
    seq: int
    created_at: str | None
    closed_at: str | None
    student_username: NotRequired[str | None]
    student_display_name: NotRequired[str | None]
    student_avatar_url: NotRequired[str | None]
    tutor_username: NotRequired[str | None]
    tutor_display_name: NotRequired[str | None]
    tutor_avatar_url: NotRequired[str | None]
    degraded: NotRequired[list[str]]


class WhiteboardClosedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: Whiteboard
    room: NotRequired[str]


class WhiteboardDeletedEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: DeletedWhiteboard
    room: NotRequired[str]


class WhiteboardPage(Page["Whiteboard"]):
    degraded: NotRequired[list[str]]


class WhiteboardParentLeftEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: FormerParent
    room: NotRequired[str]


class WhiteboardStrokeEvent(TypedDict):
    """The `data` of a Server-Sent Event, as JSON."""

    type: str
    seq: int
    occurred_at: str
    data: LiveStroke
    room: NotRequired[str]
