"""Every operation of the platform, by its id in the API reference.

Written by generate.py out of the API reference; not to be edited.
"""

from collections.abc import Iterator
from typing import Any, Literal

from lyceum_client.models import (
    Accepted,
    Account,
    AccountChanges,
    Assessment,
    AssessmentDraftChange,
    AssessmentPage,
    AssessmentSession,
    AssessmentSessionPage,
    AssessmentStatistics,
    AssessmentVersionDocument,
    AssessmentVersionSummaryPage,
    AttendanceMarks,
    Availability,
    BatchResult,
    Calendar,
    CalendarAddress,
    CalendarFeedAddress,
    CompletedHavrutaSessionPage,
    Completion,
    Course,
    CourseChanges,
    CoursePage,
    Dashboard,
    DevicePage,
    DrawnStrokes,
    EmailVerification,
    Enrollment,
    EnrollmentPage,
    Experience,
    Farewell,
    ForgottenPassword,
    Havruta,
    HavrutaChanges,
    HavrutaMemberPage,
    HavrutaPage,
    HavrutaProgress,
    HavrutaSession,
    HavrutaSessionCancellation,
    HavrutaSessionChanges,
    HavrutaSessionRsvp,
    HavrutaSessionRsvps,
    Heartbeat,
    Invitation,
    InvitationPage,
    InvitationResults,
    InvitationToken,
    JoinAnswer,
    JoinRequest,
    KeySet,
    ListedHavrutaSession,
    ListedHavrutaSessionPage,
    Login,
    Logout,
    MailPreferenceChanges,
    MailPreferences,
    Message,
    MessageChange,
    MessagePage,
    NewAccount,
    NewAssessment,
    NewAssessmentSession,
    NewAvailability,
    NewCourse,
    NewEnrollment,
    NewHavruta,
    NewHavrutaSession,
    NewHost,
    NewInvitations,
    NewMessage,
    NewNavigationMode,
    NewNavigator,
    NewOwner,
    NewPosition,
    NewReview,
    NewSessionRequest,
    NewStrokes,
    NewStudySession,
    NewTutoringSession,
    NewWhiteboard,
    NotificationPage,
    OwnAssessmentPage,
    PageTurn,
    ParentCode,
    ParentJoining,
    PasswordChange,
    PasswordReset,
    PersonalDataExport,
    ProblemType,
    Profile,
    ProfileOrDeletedPage,
    ProfileOverview,
    ProfilePage,
    Progress,
    PublicExperience,
    ReceivedInvitation,
    ReceivedInvitationPage,
    Refresh,
    Reminder,
    ReminderChoice,
    ResumedSession,
    Review,
    ReviewChanges,
    ReviewPage,
    RoleAssignment,
    RsvpAnswer,
    ScheduledTutoringSession,
    SchedulePreview,
    SearchResults,
    SessionChangePage,
    SessionDates,
    SessionParticipantPage,
    SessionPlan,
    SessionRequest,
    SessionRequestPage,
    SessionResult,
    SessionState,
    SessionValidation,
    Slots,
    StudySessionCancellation,
    StudySessionChanges,
    StudySessionDetails,
    StudySessionMap,
    StudySessionPage,
    SubmissionResult,
    SubmittedAnswer,
    SubmittedAnswers,
    TextPage,
    TextReference,
    TextWithSections,
    Tokens,
    TutoringCancellation,
    TutoringSession,
    TutoringSessionChanges,
    TutoringSessionPage,
    TutoringSessionReplacement,
    TutorRating,
    UserRoles,
    Whiteboard,
    WhiteboardPage,
)
from lyceum_client.transport import LiveEvent, Transport, segment


class Operations(Transport):
    """The platform's API."""

    def healthz(self) -> dict[str, Any]:
        """Say that the gateway answers."""
        return self.call("GET", "/healthz", dict)

    def readyz(self) -> dict[str, Any]:
        """Say how each service is."""
        return self.call("GET", "/readyz", dict)

    def events_issue_ticket(self) -> dict[str, Any]:
        """Issue a ticket that opens one stream without a token, once, within half a minute."""
        return self.call("POST", "/api/events/tickets", dict)

    def dashboard_dashboard(self) -> Dashboard:
        """Read what is next: sessions, havrutas, open assessments, invitations, unread notifications."""
        return self.call("GET", "/api/dashboard", Dashboard)

    def calendar_read(self, *, from_: str, to: str) -> Calendar:
        """List all one's sessions that begin within a time, with what overlaps."""
        return self.call("GET", "/api/calendar", Calendar, query={"from": from_, "to": to})

    def calendar_feed(self, token: str) -> str:
        """Read the calendar at a secret address, for calendar programs: 90 days back and 400 ahead."""
        return self.call("GET", f"/api/calendar/{segment(token)}.ics", str)

    def profile_pages_overview(self, user_id: str) -> ProfileOverview:
        """Read a profile with what its person hosts, teaches and has learnt."""
        return self.call("GET", f"/api/users/{segment(user_id)}/overview", ProfileOverview)

    def find_search(self, *, q: str, limit: int | None = None) -> SearchResults:
        """Find open study sessions and courses about something, texts of a name, people of a username."""
        return self.call("GET", "/api/search", SearchResults, query={"q": q, "limit": limit})

    def personal_data_export(self) -> PersonalDataExport:
        """Export everything that is held about oneself: all of it, or 503."""
        return self.call("GET", "/api/me/export", PersonalDataExport)

    def problems_read(self, problem: str) -> ProblemType:
        """Explain the type of a problem."""
        return self.call("GET", f"/problems/{segment(problem)}", ProblemType)

    def user_events(
        self, *, last_event_id: str | None = None, ticket: str | None = None
    ) -> Iterator[LiveEvent]:
        """Watch what happens in the room of a user."""
        return self.stream(
            "/api/events", query={"ticket": ticket}, headers={"Last-Event-ID": last_event_id}
        )

    def study_session_events(
        self, room_id: str, *, last_event_id: str | None = None, ticket: str | None = None
    ) -> Iterator[LiveEvent]:
        """Watch what happens in the room of a study session."""
        return self.stream(
            f"/api/study-sessions/{segment(room_id)}/events",
            query={"ticket": ticket},
            headers={"Last-Event-ID": last_event_id},
        )

    def whiteboard_events(
        self, room_id: int, *, last_event_id: str | None = None, ticket: str | None = None
    ) -> Iterator[LiveEvent]:
        """Watch what happens in the room of a whiteboard."""
        return self.stream(
            f"/api/whiteboards/{segment(room_id)}/events",
            query={"ticket": ticket},
            headers={"Last-Event-ID": last_event_id},
        )

    def havruta_events(
        self, room_id: str, *, last_event_id: str | None = None, ticket: str | None = None
    ) -> Iterator[LiveEvent]:
        """Watch what happens in the room of a havruta."""
        return self.stream(
            f"/api/havrutas/{segment(room_id)}/events",
            query={"ticket": ticket},
            headers={"Last-Event-ID": last_event_id},
        )

    def havruta_session_events(
        self, room_id: str, *, last_event_id: str | None = None, ticket: str | None = None
    ) -> Iterator[LiveEvent]:
        """Watch what happens in the room of a havruta session."""
        return self.stream(
            f"/api/havruta-sessions/{segment(room_id)}/events",
            query={"ticket": ticket},
            headers={"Last-Event-ID": last_event_id},
        )

    def registration_register(self, body: NewAccount) -> Tokens:
        """Open an account and sign in."""
        return self.call("POST", "/api/auth/register", Tokens, body=body)

    def auth_login(self, body: Login) -> Tokens:
        """Sign in with e-mail address or username."""
        return self.call("POST", "/api/auth/login", Tokens, body=body)

    def auth_refresh(self, body: Refresh) -> Tokens:
        """Exchange a refresh token for new tokens."""
        return self.call("POST", "/api/auth/refresh", Tokens, body=body)

    def auth_logout(self, body: Logout | None = None) -> None:
        """Sign out, with the access token or with the refresh token."""
        self.call("POST", "/api/auth/logout", type(None), body=body)

    def auth_logout_all(self) -> None:
        """Sign out everywhere."""
        self.call("POST", "/api/auth/logout-all", type(None))

    def auth_devices(self, *, limit: int | None = None, cursor: str | None = None) -> DevicePage:
        """List the devices on which one is signed in, the latest first."""
        return self.call(
            "GET", "/api/auth/sessions", DevicePage, query={"limit": limit, "cursor": cursor}
        )

    def auth_end_device(self, sign_in_id: str) -> None:
        """Sign out on a device."""
        self.call("DELETE", f"/api/auth/sessions/{segment(sign_in_id)}", type(None))

    def email_links_verify_email(self, body: EmailVerification) -> None:
        """Verify the address that a mail went to."""
        self.call("POST", "/api/auth/verify-email", type(None), body=body)

    def email_links_resend(self) -> Accepted:
        """Have the mail that verifies one's address sent again."""
        return self.call("POST", "/api/auth/verify-email/resend", Accepted)

    def email_links_forgot_password(self, body: ForgottenPassword) -> Accepted:
        """Have a mail sent that lets one set a new password, if there is an account with this address."""
        return self.call("POST", "/api/auth/forgot-password", Accepted, body=body)

    def email_links_reset_password(self, body: PasswordReset) -> None:
        """Set a new password with the token from the mail, and sign out everywhere."""
        self.call("POST", "/api/auth/reset-password", type(None), body=body)

    def account_me(self) -> Account:
        """Read one's own account."""
        return self.call("GET", "/api/users/me", Account)

    def account_change(self, body: AccountChanges) -> Account:
        """Change one's own account."""
        return self.call("PATCH", "/api/users/me", Account, body=body)

    def account_delete(self, body: Farewell) -> Accepted:
        """Delete one's account; the other services erase what they have shortly after."""
        return self.call("DELETE", "/api/users/me", Accepted, body=body)

    def account_change_password(self, body: PasswordChange) -> None:
        """Change the password, and sign out everywhere else."""
        self.call("PUT", "/api/users/me/password", type(None), body=body)

    def roles_assign(self, user_id: str, body: RoleAssignment) -> UserRoles:
        """Give a person these roles and no others. The next access token has them."""
        return self.call("PUT", f"/api/users/{segment(user_id)}/roles", UserRoles, body=body)

    def users_list_profiles(self, *, ids: str) -> ProfileOrDeletedPage:
        """Read the public profiles of many people at once, in the order of their ids."""
        return self.call("GET", "/api/users", ProfileOrDeletedPage, query={"ids": ids})

    def users_search(
        self, *, q: str, limit: int | None = None, cursor: str | None = None
    ) -> ProfilePage:
        """Find people by how their username begins."""
        return self.call(
            "GET",
            "/api/users/search",
            ProfilePage,
            query={"limit": limit, "cursor": cursor, "q": q},
        )

    def users_profile(self, user_id: str) -> Profile:
        """Read the public profile of a person."""
        return self.call("GET", f"/api/users/{segment(user_id)}", Profile)

    def notifications_list_notifications(
        self, *, limit: int | None = None, cursor: str | None = None, unread: bool | None = None
    ) -> NotificationPage:
        """List one's notifications, the latest first."""
        return self.call(
            "GET",
            "/api/notifications",
            NotificationPage,
            query={"limit": limit, "cursor": cursor, "unread": unread},
        )

    def notifications_read(self, notification_id: str) -> None:
        """Say that one has read a notification."""
        self.call("POST", f"/api/notifications/{segment(notification_id)}/read", type(None))

    def notifications_read_all(self) -> None:
        """Say that one has read all notifications."""
        self.call("POST", "/api/notifications/read-all", type(None))

    def notifications_preferences(self) -> MailPreferences:
        """Read which kinds of notifications are mailed as well."""
        return self.call("GET", "/api/notifications/preferences", MailPreferences)

    def notifications_prefer(self, body: MailPreferenceChanges) -> MailPreferences:
        """Say which kinds of notifications are mailed as well; what is left out is as at first."""
        return self.call("PUT", "/api/notifications/preferences", MailPreferences, body=body)

    def calendar_feed_issue(self) -> CalendarFeedAddress:
        """Get a secret address for calendar programs; the one before is void."""
        return self.call("POST", "/api/calendar/feed", CalendarFeedAddress)

    def calendar_feed_revoke(self) -> None:
        """Make the secret address void."""
        self.call("DELETE", "/api/calendar/feed", type(None))

    def keys_jwks(self) -> KeySet:
        """Read the public keys of access tokens."""
        return self.call("GET", "/.well-known/jwks.json", KeySet)

    def search_search(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        lat: float | None = None,
        lng: float | None = None,
        radius_km: float | None = None,
        bbox: str | None = None,
        status: str | None = None,
        subject: str | None = None,
        session_type: Literal["silent", "discussion", "exam-prep"] | None = None,
        mode: Literal["in_person", "online", "hybrid"] | None = None,
        q: str | None = None,
        starts_after: str | None = None,
        starts_before: str | None = None,
        has_space: bool | None = None,
        host_id: str | None = None,
        sort: Literal["start_time", "distance"] | None = None,
    ) -> StudySessionPage:
        """Find public sessions, starting soon or live unless told otherwise, near a place or in a box."""
        return self.call(
            "GET",
            "/api/study-sessions",
            StudySessionPage,
            query={
                "limit": limit,
                "cursor": cursor,
                "lat": lat,
                "lng": lng,
                "radius_km": radius_km,
                "bbox": bbox,
                "status": status,
                "subject": subject,
                "session_type": session_type,
                "mode": mode,
                "q": q,
                "starts_after": starts_after,
                "starts_before": starts_before,
                "has_space": has_space,
                "host_id": host_id,
                "sort": sort,
            },
        )

    def study_sessions_create(
        self, body: NewStudySession, *, idempotency_key: str | None = None
    ) -> StudySessionDetails:
        """Open a study session; you are its host and first participant."""
        return self.call(
            "POST",
            "/api/study-sessions",
            StudySessionDetails,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def search_cluster(self, *, bbox: str, zoom: int) -> StudySessionMap:
        """Draw the open public sessions of an area: clusters where there are many, sessions where there are few."""
        return self.call(
            "GET",
            "/api/study-sessions/clusters",
            StudySessionMap,
            query={"bbox": bbox, "zoom": zoom},
        )

    def study_sessions_mine(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        role: Literal["host", "participant", None] = None,
        when: Literal["upcoming", "past"] | None = None,
    ) -> StudySessionPage:
        """List the sessions you have a place in, next first; with `when=past`, last first."""
        return self.call(
            "GET",
            "/api/study-sessions/mine",
            StudySessionPage,
            query={"limit": limit, "cursor": cursor, "role": role, "when": when},
        )

    def study_sessions_read(
        self, session_id: str, *, lat: float | None = None, lng: float | None = None
    ) -> StudySessionDetails:
        """Read a study session."""
        return self.call(
            "GET",
            f"/api/study-sessions/{segment(session_id)}",
            StudySessionDetails,
            query={"lat": lat, "lng": lng},
        )

    def study_sessions_change(
        self, session_id: str, body: StudySessionChanges, *, if_match: str
    ) -> StudySessionDetails:
        """Change your session before it starts; its title, subject and description also while it is live."""
        return self.call(
            "PATCH",
            f"/api/study-sessions/{segment(session_id)}",
            StudySessionDetails,
            headers={"If-Match": if_match},
            body=body,
        )

    def study_sessions_start(self, session_id: str) -> StudySessionDetails:
        """Go live, up to 15 minutes before the announced time."""
        return self.call(
            "POST", f"/api/study-sessions/{segment(session_id)}/start", StudySessionDetails
        )

    def study_sessions_finish(self, session_id: str) -> StudySessionDetails:
        """End your live session."""
        return self.call(
            "POST", f"/api/study-sessions/{segment(session_id)}/finish", StudySessionDetails
        )

    def study_sessions_cancel(
        self, session_id: str, body: StudySessionCancellation | None = None
    ) -> StudySessionDetails:
        """Call off your session before it starts."""
        return self.call(
            "POST",
            f"/api/study-sessions/{segment(session_id)}/cancel",
            StudySessionDetails,
            body=body,
        )

    def study_sessions_hand_over(self, session_id: str, body: NewHost) -> StudySessionDetails:
        """Make another active participant the host of your session."""
        return self.call(
            "POST",
            f"/api/study-sessions/{segment(session_id)}/host",
            StudySessionDetails,
            body=body,
        )

    def participation_join(
        self,
        session_id: str,
        body: JoinRequest | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> JoinAnswer:
        """Take a place in a session, or wait for one."""
        return self.call(
            "POST",
            f"/api/study-sessions/{segment(session_id)}/join",
            JoinAnswer,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def participation_leave(self, session_id: str) -> None:
        """Give up your place, or stop waiting for one."""
        self.call("POST", f"/api/study-sessions/{segment(session_id)}/leave", type(None))

    def participation_participants(
        self, session_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> SessionParticipantPage:
        """List who is in a session that you are in."""
        return self.call(
            "GET",
            f"/api/study-sessions/{segment(session_id)}/participants",
            SessionParticipantPage,
            query={"limit": limit, "cursor": cursor},
        )

    def participation_remove(self, session_id: str, user_id: str) -> None:
        """Remove a participant from your session, for good."""
        self.call(
            "DELETE",
            f"/api/study-sessions/{segment(session_id)}/participants/{segment(user_id)}",
            type(None),
        )

    def chat_history(
        self,
        session_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        before: int | None = None,
        after: int | None = None,
    ) -> MessagePage:
        """Read the conversation, newest first; `next` goes on in the direction of the read."""
        return self.call(
            "GET",
            f"/api/study-sessions/{segment(session_id)}/messages",
            MessagePage,
            query={"limit": limit, "cursor": cursor, "before": before, "after": after},
        )

    def chat_send(
        self, session_id: str, body: NewMessage, *, idempotency_key: str | None = None
    ) -> Message:
        """Say something."""
        return self.call(
            "POST",
            f"/api/study-sessions/{segment(session_id)}/messages",
            Message,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def chat_edit(self, session_id: str, message_id: str, body: MessageChange) -> Message:
        """Change what you said, within 15 minutes."""
        return self.call(
            "PATCH",
            f"/api/study-sessions/{segment(session_id)}/messages/{segment(message_id)}",
            Message,
            body=body,
        )

    def chat_delete(self, session_id: str, message_id: str) -> None:
        """Take back your message; as the host, anybody's."""
        self.call(
            "DELETE",
            f"/api/study-sessions/{segment(session_id)}/messages/{segment(message_id)}",
            type(None),
        )

    def courses_find(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        tutor_id: str | None = None,
        status: Literal["open", "archived", None] = None,
        q: str | None = None,
    ) -> CoursePage:
        """Find courses, the newest first."""
        return self.call(
            "GET",
            "/api/courses",
            CoursePage,
            query={
                "limit": limit,
                "cursor": cursor,
                "tutor_id": tutor_id,
                "status": status,
                "q": q,
            },
        )

    def courses_publish(self, body: NewCourse, *, idempotency_key: str | None = None) -> Course:
        """Publish a course."""
        return self.call(
            "POST", "/api/courses", Course, headers={"Idempotency-Key": idempotency_key}, body=body
        )

    def courses_read(self, course_id: int) -> Course:
        """Read a course."""
        return self.call("GET", f"/api/courses/{segment(course_id)}", Course)

    def courses_change(self, course_id: int, body: CourseChanges, *, if_match: str) -> Course:
        """Change a course of one's own."""
        return self.call(
            "PATCH",
            f"/api/courses/{segment(course_id)}",
            Course,
            headers={"If-Match": if_match},
            body=body,
        )

    def enrollments_find(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["active", "paused", "completed", "cancelled", None] = None,
        role: Literal["tutor", "student", "parent", None] = None,
    ) -> EnrollmentPage:
        """List one's enrolments as tutor, student or parent."""
        return self.call(
            "GET",
            "/api/enrollments",
            EnrollmentPage,
            query={"limit": limit, "cursor": cursor, "status": status, "role": role},
        )

    def enrollments_enroll(
        self, body: NewEnrollment, *, idempotency_key: str | None = None
    ) -> Enrollment:
        """Enrol oneself in a course."""
        return self.call(
            "POST",
            "/api/enrollments",
            Enrollment,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def enrollments_read(self, enrollment_id: int) -> Enrollment:
        """Read an enrolment."""
        return self.call("GET", f"/api/enrollments/{segment(enrollment_id)}", Enrollment)

    def enrollments_delete(self, enrollment_id: int, *, force: bool | None = None) -> None:
        """Delete an enrolment and its sessions."""
        self.call(
            "DELETE",
            f"/api/enrollments/{segment(enrollment_id)}",
            type(None),
            query={"force": force},
        )

    def enrollments_pause(self, enrollment_id: int) -> Enrollment:
        """Pause an enrolment."""
        return self.call("POST", f"/api/enrollments/{segment(enrollment_id)}/pause", Enrollment)

    def enrollments_resume(self, enrollment_id: int) -> Enrollment:
        """Resume a paused enrolment."""
        return self.call("POST", f"/api/enrollments/{segment(enrollment_id)}/resume", Enrollment)

    def enrollments_complete(self, enrollment_id: int) -> Enrollment:
        """Close an enrolment as completed; what is scheduled is called off."""
        return self.call("POST", f"/api/enrollments/{segment(enrollment_id)}/complete", Enrollment)

    def enrollments_cancel(self, enrollment_id: int) -> Enrollment:
        """Close an enrolment as cancelled; what is scheduled is called off."""
        return self.call("POST", f"/api/enrollments/{segment(enrollment_id)}/cancel", Enrollment)

    def enrollments_issue_parent_code(self, enrollment_id: int) -> ParentCode:
        """Issue a code with which one parent may join within a week; the code before is void."""
        return self.call(
            "POST", f"/api/enrollments/{segment(enrollment_id)}/parent-codes", ParentCode
        )

    def enrollments_join(self, body: ParentJoining) -> Enrollment:
        """Follow an enrolment as a parent."""
        return self.call("POST", "/api/enrollments/join", Enrollment, body=body)

    def enrollments_leave(self, enrollment_id: int, parent_id: str) -> None:
        """Stop a parent's following."""
        self.call(
            "DELETE",
            f"/api/enrollments/{segment(enrollment_id)}/parents/{segment(parent_id)}",
            type(None),
        )

    def enrollments_read_progress(self, enrollment_id: int) -> Progress:
        """Read how far an enrolment has come."""
        return self.call("GET", f"/api/enrollments/{segment(enrollment_id)}/progress", Progress)

    def session_requests_find(
        self,
        enrollment_id: int,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["pending", "accepted", "declined", "withdrawn", None] = None,
    ) -> SessionRequestPage:
        """List the requests in an enrolment."""
        return self.call(
            "GET",
            f"/api/enrollments/{segment(enrollment_id)}/requests",
            SessionRequestPage,
            query={"limit": limit, "cursor": cursor, "status": status},
        )

    def session_requests_ask(
        self, enrollment_id: int, body: NewSessionRequest, *, idempotency_key: str | None = None
    ) -> SessionRequest:
        """Ask the tutor for a session."""
        return self.call(
            "POST",
            f"/api/enrollments/{segment(enrollment_id)}/requests",
            SessionRequest,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def session_requests_accept(self, enrollment_id: int, request_id: int) -> SessionRequest:
        """Accept a request: the session is booked if the time is still free."""
        return self.call(
            "POST",
            f"/api/enrollments/{segment(enrollment_id)}/requests/{segment(request_id)}/accept",
            SessionRequest,
        )

    def session_requests_decline(self, enrollment_id: int, request_id: int) -> SessionRequest:
        """Decline a request."""
        return self.call(
            "POST",
            f"/api/enrollments/{segment(enrollment_id)}/requests/{segment(request_id)}/decline",
            SessionRequest,
        )

    def session_requests_withdraw(self, enrollment_id: int, request_id: int) -> SessionRequest:
        """Withdraw one's request."""
        return self.call(
            "POST",
            f"/api/enrollments/{segment(enrollment_id)}/requests/{segment(request_id)}/withdraw",
            SessionRequest,
        )

    def sessions_find(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["scheduled", "in-progress", "completed", "cancelled", None] = None,
        role: Literal["tutor", "student", "parent", "admin", None] = None,
        mine: bool | None = None,
        enrolled_courses_id: int | None = None,
        session_mode: Literal["online", "in-person", "hybrid", None] = None,
        priority_level: Literal["low", "medium", "high", "urgent", None] = None,
        is_featured: bool | None = None,
        is_recurring: bool | None = None,
        has_whiteboard: bool | None = None,
        sort: Literal["session_date", "-session_date", "created_at", "-created_at"] | None = None,
    ) -> TutoringSessionPage:
        """List one's sessions."""
        return self.call(
            "GET",
            "/api/sessions",
            TutoringSessionPage,
            query={
                "from": from_,
                "to": to,
                "tz": tz,
                "limit": limit,
                "cursor": cursor,
                "status": status,
                "role": role,
                "mine": mine,
                "enrolled_courses_id": enrolled_courses_id,
                "session_mode": session_mode,
                "priority_level": priority_level,
                "is_featured": is_featured,
                "is_recurring": is_recurring,
                "has_whiteboard": has_whiteboard,
                "sort": sort,
            },
        )

    def scheduling_schedule(
        self, body: NewTutoringSession, *, idempotency_key: str | None = None
    ) -> ScheduledTutoringSession:
        """Book a session, or a series of them."""
        return self.call(
            "POST",
            "/api/sessions",
            ScheduledTutoringSession,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def scheduling_preview(self, body: NewTutoringSession) -> SchedulePreview:
        """See what would be booked and what stands in the way, without booking."""
        return self.call("POST", "/api/sessions/preview", SchedulePreview, body=body)

    def sessions_read(self, session_id: int) -> TutoringSession:
        """Read a session."""
        return self.call("GET", f"/api/sessions/{segment(session_id)}", TutoringSession)

    def session_changes_replace(
        self,
        session_id: int,
        body: TutoringSessionReplacement,
        *,
        if_match: str,
        scope: Literal["this", "future", "all"] | None = None,
        force: bool | None = None,
    ) -> TutoringSession:
        """Replace what can be changed of a session, or of its series."""
        return self.call(
            "PUT",
            f"/api/sessions/{segment(session_id)}",
            TutoringSession,
            query={"scope": scope, "force": force},
            headers={"If-Match": if_match},
            body=body,
        )

    def session_changes_change(
        self,
        session_id: int,
        body: TutoringSessionChanges,
        *,
        if_match: str,
        scope: Literal["this", "future", "all"] | None = None,
        force: bool | None = None,
    ) -> TutoringSession:
        """Change a session, or its series."""
        return self.call(
            "PATCH",
            f"/api/sessions/{segment(session_id)}",
            TutoringSession,
            query={"scope": scope, "force": force},
            headers={"If-Match": if_match},
            body=body,
        )

    def sessions_remove(self, session_id: int) -> None:
        """Take back a session that was never started."""
        self.call("DELETE", f"/api/sessions/{segment(session_id)}", type(None))

    def sessions_history(
        self, session_id: int, *, limit: int | None = None, cursor: str | None = None
    ) -> SessionChangePage:
        """Read who changed what, and when."""
        return self.call(
            "GET",
            f"/api/sessions/{segment(session_id)}/history",
            SessionChangePage,
            query={"limit": limit, "cursor": cursor},
        )

    def session_lifecycle_start(self, session_id: int) -> TutoringSession:
        """Start a session, from 15 minutes before it begins."""
        return self.call("POST", f"/api/sessions/{segment(session_id)}/start", TutoringSession)

    def session_lifecycle_complete(
        self, session_id: int, body: Completion | None = None
    ) -> TutoringSession:
        """Complete a session."""
        return self.call(
            "POST", f"/api/sessions/{segment(session_id)}/complete", TutoringSession, body=body
        )

    def session_lifecycle_cancel(
        self,
        session_id: int,
        body: TutoringCancellation | None = None,
        *,
        scope: Literal["this", "future", "all"] | None = None,
    ) -> TutoringSession:
        """Cancel a session, or what is still to come of its series."""
        return self.call(
            "POST",
            f"/api/sessions/{segment(session_id)}/cancel",
            TutoringSession,
            query={"scope": scope},
            body=body,
        )

    def attendance_mark_attendance(self, session_id: int, body: AttendanceMarks) -> TutoringSession:
        """Mark who was there; null is unmarked."""
        return self.call(
            "PUT", f"/api/sessions/{segment(session_id)}/attendance", TutoringSession, body=body
        )

    def reviews_read(
        self, session_id: int, *, limit: int | None = None, cursor: str | None = None
    ) -> ReviewPage:
        """Read the reviews of a session."""
        return self.call(
            "GET",
            f"/api/sessions/{segment(session_id)}/reviews",
            ReviewPage,
            query={"limit": limit, "cursor": cursor},
        )

    def reviews_write(
        self, session_id: int, body: NewReview, *, idempotency_key: str | None = None
    ) -> Review:
        """Review a completed session."""
        return self.call(
            "POST",
            f"/api/sessions/{segment(session_id)}/reviews",
            Review,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def reviews_rewrite(self, session_id: int, review_id: int, body: ReviewChanges) -> Review:
        """Change one's own review, for 14 days."""
        return self.call(
            "PATCH",
            f"/api/sessions/{segment(session_id)}/reviews/{segment(review_id)}",
            Review,
            body=body,
        )

    def reminders_read_reminder(self, session_id: int) -> Reminder:
        """Read one's own reminder of a session."""
        return self.call("GET", f"/api/sessions/{segment(session_id)}/reminder", Reminder)

    def reminders_choose_reminder(self, session_id: int, body: ReminderChoice) -> Reminder:
        """Be reminded in one's own way; null is the session's way."""
        return self.call(
            "PUT", f"/api/sessions/{segment(session_id)}/reminder", Reminder, body=body
        )

    def calendar_feeds_issue(self) -> CalendarAddress:
        """Get a secret address of one's calendar; the one before is void."""
        return self.call("POST", "/api/sessions/calendar", CalendarAddress)

    def calendar_feeds_revoke(self) -> None:
        """Make the address void."""
        self.call("DELETE", "/api/sessions/calendar", type(None))

    def calendar_feeds_read(self, token: str) -> str:
        """Read the calendar at a secret address."""
        return self.call("GET", f"/api/sessions/calendar/{segment(token)}.ics", str)

    def whiteboards_find(
        self, *, enrolled_courses_id: int, limit: int | None = None, cursor: str | None = None
    ) -> WhiteboardPage:
        """List the whiteboards of an enrolment."""
        return self.call(
            "GET",
            "/api/whiteboards",
            WhiteboardPage,
            query={"limit": limit, "cursor": cursor, "enrolled_courses_id": enrolled_courses_id},
        )

    def whiteboards_create(
        self, body: NewWhiteboard, *, idempotency_key: str | None = None
    ) -> Whiteboard:
        """Create a whiteboard for an enrolment."""
        return self.call(
            "POST",
            "/api/whiteboards",
            Whiteboard,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def whiteboards_read(self, whiteboard_id: int) -> Whiteboard:
        """Read a whiteboard."""
        return self.call("GET", f"/api/whiteboards/{segment(whiteboard_id)}", Whiteboard)

    def whiteboards_erase(self, whiteboard_id: int) -> None:
        """Delete a whiteboard; sessions that used it stay."""
        self.call("DELETE", f"/api/whiteboards/{segment(whiteboard_id)}", type(None))

    def whiteboards_close(self, whiteboard_id: int) -> Whiteboard:
        """Make a whiteboard read-only."""
        return self.call("POST", f"/api/whiteboards/{segment(whiteboard_id)}/close", Whiteboard)

    def whiteboards_replay(
        self, whiteboard_id: int, *, after: int | None = None, limit: int | None = None
    ) -> DrawnStrokes:
        """Read what was drawn after a stroke, in order; less than `limit` is all there is."""
        return self.call(
            "GET",
            f"/api/whiteboards/{segment(whiteboard_id)}/strokes",
            DrawnStrokes,
            query={"after": after, "limit": limit},
        )

    def whiteboards_draw(self, whiteboard_id: int, body: NewStrokes) -> DrawnStrokes:
        """Append strokes; each is drawn once, however often it is sent."""
        return self.call(
            "POST", f"/api/whiteboards/{segment(whiteboard_id)}/strokes", DrawnStrokes, body=body
        )

    def tutors_declare(self, body: NewAvailability) -> Availability:
        """Say when one works."""
        return self.call("PUT", "/api/tutors/me/availability", Availability, body=body)

    def tutors_read(self, tutor_id: str) -> Availability:
        """Read when a tutor works."""
        return self.call("GET", f"/api/tutors/{segment(tutor_id)}/availability", Availability)

    def tutors_slots(
        self,
        tutor_id: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        duration: int | None = None,
    ) -> Slots:
        """Find a tutor's free times; in the coming fortnight if no period is given."""
        return self.call(
            "GET",
            f"/api/tutors/{segment(tutor_id)}/slots",
            Slots,
            query={"from": from_, "to": to, "tz": tz, "duration": duration},
        )

    def tutors_rating(self, tutor_id: str) -> TutorRating:
        """Read how students and parents rate a tutor."""
        return self.call("GET", f"/api/tutors/{segment(tutor_id)}/rating", TutorRating)

    def texts_list_texts(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        collection: Literal["tanakh", "mishnah", "talmud", None] = None,
        q: str | None = None,
    ) -> TextPage:
        """List the books in their traditional order."""
        return self.call(
            "GET",
            "/api/texts",
            TextPage,
            query={"limit": limit, "cursor": cursor, "collection": collection, "q": q},
        )

    def texts_text(self, book: str) -> TextWithSections:
        """Read how a book is divided. Any of its names will do, in English or Hebrew."""
        return self.call("GET", f"/api/texts/{segment(book)}", TextWithSections)

    def texts_reference(self, ref: str) -> TextReference:
        """Read a reference: its canonical form, and what stands before and after."""
        return self.call("GET", f"/api/texts/refs/{segment(ref)}", TextReference)

    def havrutas_list_havrutas(
        self, *, limit: int | None = None, cursor: str | None = None, archived: bool | None = None
    ) -> HavrutaPage:
        """List one's havrutas, the latest first."""
        return self.call(
            "GET",
            "/api/havrutas",
            HavrutaPage,
            query={"limit": limit, "cursor": cursor, "archived": archived},
        )

    def havrutas_create(self, body: NewHavruta, *, idempotency_key: str | None = None) -> Havruta:
        """Found a havruta for a book."""
        return self.call(
            "POST",
            "/api/havrutas",
            Havruta,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def havrutas_havruta(self, havruta_id: str) -> Havruta:
        """Read one of one's havrutas."""
        return self.call("GET", f"/api/havrutas/{segment(havruta_id)}", Havruta)

    def havrutas_change(self, havruta_id: str, body: HavrutaChanges, *, if_match: str) -> Havruta:
        """Give the havruta another name; its owner may."""
        return self.call(
            "PATCH",
            f"/api/havrutas/{segment(havruta_id)}",
            Havruta,
            headers={"If-Match": if_match},
            body=body,
        )

    def havrutas_archive(self, havruta_id: str) -> Havruta:
        """Close the havruta for good: it can be read and not changed. What is planned is cancelled."""
        return self.call("POST", f"/api/havrutas/{segment(havruta_id)}/archive", Havruta)

    def havrutas_members(
        self, havruta_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> HavrutaMemberPage:
        """List the members, in the order in which they joined."""
        return self.call(
            "GET",
            f"/api/havrutas/{segment(havruta_id)}/members",
            HavrutaMemberPage,
            query={"limit": limit, "cursor": cursor},
        )

    def havrutas_transfer(self, havruta_id: str, body: NewOwner) -> Havruta:
        """Hand the havruta over to another member."""
        return self.call(
            "POST", f"/api/havrutas/{segment(havruta_id)}/transfer", Havruta, body=body
        )

    def havrutas_leave(self, havruta_id: str) -> None:
        """Leave the havruta. Its owner hands it over first, or, alone in it, archives it by leaving."""
        self.call("POST", f"/api/havrutas/{segment(havruta_id)}/leave", type(None))

    def havrutas_remove(self, havruta_id: str, user_id: str) -> None:
        """Have a member leave; the owner may."""
        self.call(
            "DELETE", f"/api/havrutas/{segment(havruta_id)}/members/{segment(user_id)}", type(None)
        )

    def havrutas_read_progress(self, havruta_id: str) -> HavrutaProgress:
        """Read how far the havruta has come, and how long it took."""
        return self.call("GET", f"/api/havrutas/{segment(havruta_id)}/progress", HavrutaProgress)

    def havrutas_history(
        self, havruta_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> CompletedHavrutaSessionPage:
        """List the completed sessions with who was there, the latest first."""
        return self.call(
            "GET",
            f"/api/havrutas/{segment(havruta_id)}/history",
            CompletedHavrutaSessionPage,
            query={"limit": limit, "cursor": cursor},
        )

    def havruta_sessions_list_sessions(
        self,
        havruta_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["scheduled", "active", "completed", "cancelled", None] = None,
        series_id: str | None = None,
    ) -> ListedHavrutaSessionPage:
        """List the sessions of a havruta, the latest first."""
        return self.call(
            "GET",
            f"/api/havrutas/{segment(havruta_id)}/sessions",
            ListedHavrutaSessionPage,
            query={"limit": limit, "cursor": cursor, "status": status, "series_id": series_id},
        )

    def havruta_sessions_create(
        self, havruta_id: str, body: NewHavrutaSession, *, idempotency_key: str | None = None
    ) -> HavrutaSession:
        """Study at once, or plan to: one session, or as many as a rule says, of which this is the first."""
        return self.call(
            "POST",
            f"/api/havrutas/{segment(havruta_id)}/sessions",
            HavrutaSession,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def havruta_sessions_my_sessions(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["scheduled", "active", "completed", "cancelled", None] = None,
        from_: str | None = None,
        to: str | None = None,
    ) -> ListedHavrutaSessionPage:
        """List the sessions of all one's havrutas, the earliest first."""
        return self.call(
            "GET",
            "/api/havruta-sessions",
            ListedHavrutaSessionPage,
            query={"limit": limit, "cursor": cursor, "status": status, "from": from_, "to": to},
        )

    def havruta_sessions_session(self, session_id: str) -> ListedHavrutaSession:
        """Read a session."""
        return self.call(
            "GET", f"/api/havruta-sessions/{segment(session_id)}", ListedHavrutaSession
        )

    def havruta_session_plans_change(
        self, session_id: str, body: HavrutaSessionChanges, *, if_match: str
    ) -> HavrutaSession:
        """Move a planned session, or make it longer or shorter; the owner and who planned it may."""
        return self.call(
            "PATCH",
            f"/api/havruta-sessions/{segment(session_id)}",
            HavrutaSession,
            headers={"If-Match": if_match},
            body=body,
        )

    def havruta_sessions_start(self, session_id: str) -> HavrutaSession:
        """Start a planned session, from 15 minutes before its time to two hours after."""
        return self.call(
            "POST", f"/api/havruta-sessions/{segment(session_id)}/start", HavrutaSession
        )

    def havruta_sessions_end(self, session_id: str) -> HavrutaSession:
        """End the session where it is; the owner may. Ending it again changes nothing."""
        return self.call("POST", f"/api/havruta-sessions/{segment(session_id)}/end", HavrutaSession)

    def havruta_session_plans_preview(self, havruta_id: str, body: SessionPlan) -> SessionDates:
        """See when sessions planned like this would begin, without planning any."""
        return self.call(
            "POST", f"/api/havrutas/{segment(havruta_id)}/sessions/preview", SessionDates, body=body
        )

    def havruta_session_plans_cancel(
        self, session_id: str, body: HavrutaSessionCancellation | None = None
    ) -> HavrutaSession:
        """Cancel a planned session, or more of its series; the owner and who planned it may."""
        return self.call(
            "POST", f"/api/havruta-sessions/{segment(session_id)}/cancel", HavrutaSession, body=body
        )

    def havruta_session_plans_answer(self, session_id: str, body: RsvpAnswer) -> HavrutaSessionRsvp:
        """Say whether one means to come."""
        return self.call(
            "PUT",
            f"/api/havruta-sessions/{segment(session_id)}/rsvp",
            HavrutaSessionRsvp,
            body=body,
        )

    def havruta_session_plans_answers(self, session_id: str) -> HavrutaSessionRsvps:
        """Read who means to come: one answer for each member at most."""
        return self.call(
            "GET", f"/api/havruta-sessions/{segment(session_id)}/rsvps", HavrutaSessionRsvps
        )

    def navigation_join(self, session_id: str) -> SessionState:
        """Be here."""
        return self.call("POST", f"/api/havruta-sessions/{segment(session_id)}/join", SessionState)

    def navigation_heartbeat(self, session_id: str) -> Heartbeat:
        """Still be here: every 15 to 30 seconds. Who is silent for 90 is absent."""
        return self.call(
            "POST", f"/api/havruta-sessions/{segment(session_id)}/heartbeat", Heartbeat
        )

    def navigation_leave(self, session_id: str) -> None:
        """Be gone. It changes neither owner nor navigator."""
        self.call("POST", f"/api/havruta-sessions/{segment(session_id)}/leave", type(None))

    def navigation_state(self, session_id: str, *, since_seq: int | None = None) -> SessionState:
        """Read where the session is."""
        return self.call(
            "GET",
            f"/api/havruta-sessions/{segment(session_id)}/state",
            SessionState,
            query={"since_seq": since_seq},
        )

    def navigation_move(self, session_id: str, body: NewPosition) -> SessionState:
        """Turn to a place; who navigates may, or in the mode `shared` every member."""
        return self.call(
            "PUT", f"/api/havruta-sessions/{segment(session_id)}/position", SessionState, body=body
        )

    def navigation_hand_to(self, session_id: str, body: NewNavigator) -> SessionState:
        """Let somebody who is here turn the pages; the navigator may, and the owner, also to take it back."""
        return self.call(
            "PUT", f"/api/havruta-sessions/{segment(session_id)}/navigator", SessionState, body=body
        )

    def navigation_set_mode(self, session_id: str, body: NewNavigationMode) -> SessionState:
        """Let one turn the pages, or all; the owner may."""
        return self.call(
            "PUT", f"/api/havruta-sessions/{segment(session_id)}/mode", SessionState, body=body
        )

    def invitations_list_invitations(
        self, havruta_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> InvitationPage:
        """List the invitations of a havruta, the latest first."""
        return self.call(
            "GET",
            f"/api/havrutas/{segment(havruta_id)}/invitations",
            InvitationPage,
            query={"limit": limit, "cursor": cursor},
        )

    def invitations_invite(
        self, havruta_id: str, body: NewInvitations, *, idempotency_key: str | None = None
    ) -> InvitationResults:
        """Invite people by their addresses. Nothing tells whether an address has an account."""
        return self.call(
            "POST",
            f"/api/havrutas/{segment(havruta_id)}/invitations",
            InvitationResults,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def invitations_resend(self, invitation_id: str) -> Invitation:
        """Send the mail again with a new token, good for seven days; the old one is void."""
        return self.call("POST", f"/api/invitations/{segment(invitation_id)}/resend", Invitation)

    def invitations_revoke(self, invitation_id: str) -> Invitation:
        """Take an invitation back."""
        return self.call("POST", f"/api/invitations/{segment(invitation_id)}/revoke", Invitation)

    def invitation_replies_my_invitations(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> ReceivedInvitationPage:
        """List the open invitations to one's verified address, the latest first."""
        return self.call(
            "GET",
            "/api/invitations/mine",
            ReceivedInvitationPage,
            query={"limit": limit, "cursor": cursor},
        )

    def invitation_replies_preview(self, body: InvitationToken) -> ReceivedInvitation:
        """See what the token in a mail invites to. Nothing is changed by it."""
        return self.call("POST", "/api/invitations/preview", ReceivedInvitation, body=body)

    def invitation_replies_accept(self, body: InvitationToken) -> ReceivedInvitation:
        """Join the havruta with the token from the mail that came to one's own address."""
        return self.call("POST", "/api/invitations/accept", ReceivedInvitation, body=body)

    def invitation_replies_decline(self, body: InvitationToken) -> ReceivedInvitation:
        """Decline with the token from the mail; no account is needed."""
        return self.call("POST", "/api/invitations/decline", ReceivedInvitation, body=body)

    def invitation_replies_accept_own(self, invitation_id: str) -> ReceivedInvitation:
        """Join the havruta by one of one's own invitations."""
        return self.call(
            "POST", f"/api/invitations/{segment(invitation_id)}/accept", ReceivedInvitation
        )

    def invitation_replies_decline_own(self, invitation_id: str) -> ReceivedInvitation:
        """Decline one of one's own invitations."""
        return self.call(
            "POST", f"/api/invitations/{segment(invitation_id)}/decline", ReceivedInvitation
        )

    def assessment_sessions_start(
        self, body: NewAssessmentSession | None = None, *, idempotency_key: str | None = None
    ) -> AssessmentSession:
        """Start an assessment, with or without an account."""
        return self.call(
            "POST",
            "/api/v2/session/start",
            AssessmentSession,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def assessment_sessions_mine(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal[
            "active", "completed", "user_abandoned_not_completed", "expired", None
        ] = None,
    ) -> AssessmentSessionPage:
        """List my sessions, the latest first."""
        return self.call(
            "GET",
            "/api/v2/session",
            AssessmentSessionPage,
            query={"limit": limit, "cursor": cursor, "status": status},
        )

    def assessment_sessions_resume(self, session_id: str) -> ResumedSession:
        """Come back to a session: its page, its answers, its progress."""
        return self.call("GET", f"/api/v2/session/{segment(session_id)}", ResumedSession)

    def assessment_sessions_validate(self, session_id: str) -> SessionValidation:
        """Ask whether a session can go on. Changes nothing."""
        return self.call(
            "GET", f"/api/v2/session/{segment(session_id)}/validate", SessionValidation
        )

    def assessment_sessions_turn_page(self, session_id: str, body: PageTurn) -> ResumedSession:
        """Go to a page."""
        return self.call(
            "PUT", f"/api/v2/session/{segment(session_id)}/page", ResumedSession, body=body
        )

    def assessment_sessions_abandon(self, session_id: str) -> AssessmentSession:
        """Leave a session for good. Its answers are kept."""
        return self.call(
            "POST", f"/api/v2/session/{segment(session_id)}/abandon", AssessmentSession
        )

    def assessment_sessions_claim(self, session_id: str) -> AssessmentSession:
        """Make a session that was started without an account mine."""
        return self.call("POST", f"/api/v2/session/{segment(session_id)}/claim", AssessmentSession)

    def assessment_sessions_complete(self, session_id: str) -> AssessmentSession:
        """Complete a session: it is scored and takes no more answers."""
        return self.call(
            "POST", f"/api/v2/session/{segment(session_id)}/complete", AssessmentSession
        )

    def assessment_sessions_result(self, session_id: str) -> SessionResult:
        """Read the result of a completed session."""
        return self.call("GET", f"/api/v2/session/{segment(session_id)}/result", SessionResult)

    def assessment_answers_submit(self, body: SubmittedAnswer) -> SubmissionResult:
        """Answer a question, or answer it anew."""
        return self.call("POST", "/api/v2/answers/submit", SubmissionResult, body=body)

    def assessment_answers_submit_all(self, body: SubmittedAnswers) -> BatchResult:
        """Answer many questions; each answer is saved or refused by itself."""
        return self.call("POST", "/api/v2/answers/batch", BatchResult, body=body)

    def assessments_published(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> AssessmentPage:
        """List the assessments that can be taken."""
        return self.call(
            "GET", "/api/v2/assessments", AssessmentPage, query={"limit": limit, "cursor": cursor}
        )

    def assessment_authors_begin(
        self, body: NewAssessment, *, idempotency_key: str | None = None
    ) -> AssessmentVersionDocument:
        """Begin an assessment with a draft."""
        return self.call(
            "POST",
            "/api/v2/assessments",
            AssessmentVersionDocument,
            headers={"Idempotency-Key": idempotency_key},
            body=body,
        )

    def assessments_assessment(self, slug: str) -> Assessment:
        """Read what an assessment is about."""
        return self.call("GET", f"/api/v2/assessments/{segment(slug)}", Assessment)

    def assessment_authors_mine(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> OwnAssessmentPage:
        """List the assessments I wrote, the newest first."""
        return self.call(
            "GET",
            "/api/v2/assessments/mine",
            OwnAssessmentPage,
            query={"limit": limit, "cursor": cursor},
        )

    def assessment_authors_draft(self, slug: str) -> AssessmentVersionDocument:
        """Read the draft; its `ETag` is what changes need."""
        return self.call(
            "GET", f"/api/v2/assessments/{segment(slug)}/draft", AssessmentVersionDocument
        )

    def assessment_authors_redraft(
        self, slug: str, *, idempotency_key: str | None = None
    ) -> AssessmentVersionDocument:
        """Begin a new draft from the newest version."""
        return self.call(
            "POST",
            f"/api/v2/assessments/{segment(slug)}/draft",
            AssessmentVersionDocument,
            headers={"Idempotency-Key": idempotency_key},
        )

    def assessment_authors_rewrite(
        self, slug: str, body: AssessmentDraftChange, *, if_match: str
    ) -> AssessmentVersionDocument:
        """Replace the draft."""
        return self.call(
            "PUT",
            f"/api/v2/assessments/{segment(slug)}/draft",
            AssessmentVersionDocument,
            headers={"If-Match": if_match},
            body=body,
        )

    def assessment_authors_discard(self, slug: str, *, if_match: str) -> None:
        """Throw the draft away."""
        self.call(
            "DELETE",
            f"/api/v2/assessments/{segment(slug)}/draft",
            type(None),
            headers={"If-Match": if_match},
        )

    def assessment_authors_publish(self, slug: str, *, if_match: str) -> AssessmentVersionDocument:
        """Publish the draft: it never changes again, and new sessions are of this version."""
        return self.call(
            "POST",
            f"/api/v2/assessments/{segment(slug)}/publish",
            AssessmentVersionDocument,
            headers={"If-Match": if_match},
        )

    def assessment_authors_versions(
        self, slug: str, *, limit: int | None = None, cursor: str | None = None
    ) -> AssessmentVersionSummaryPage:
        """List the versions of an assessment, the newest first."""
        return self.call(
            "GET",
            f"/api/v2/assessments/{segment(slug)}/versions",
            AssessmentVersionSummaryPage,
            query={"limit": limit, "cursor": cursor},
        )

    def assessment_authors_version(self, slug: str, number: int) -> AssessmentVersionDocument:
        """Read a version with everything in it."""
        return self.call(
            "GET",
            f"/api/v2/assessments/{segment(slug)}/versions/{segment(number)}",
            AssessmentVersionDocument,
        )

    def assessment_authors_statistics(
        self, slug: str, *, version: int | None = None
    ) -> AssessmentStatistics:
        """Read how an assessment is doing: counts, never names."""
        return self.call(
            "GET",
            f"/api/v2/assessments/{segment(slug)}/statistics",
            AssessmentStatistics,
            query={"version": version},
        )

    def experience_mine(self) -> Experience:
        """Read my experience; a question counts once."""
        return self.call("GET", "/api/v2/xp", Experience)

    def experience_of(self, user_id: str) -> PublicExperience:
        """Read the experience that somebody's profile shows."""
        return self.call("GET", f"/api/v2/xp/{segment(user_id)}", PublicExperience)
