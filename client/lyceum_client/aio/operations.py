"""Every operation of the platform, by its id in the API reference.

Written by generate.py out of the API reference; not to be edited.
"""

from typing import Literal

from lyceum_client.aio.transport import AsyncEventStream, AsyncTransport
from lyceum_client.exchange import Request, new_key, segment
from lyceum_client.models import (
    Acceptance,
    Accepted,
    Account,
    AccountChanges,
    AccountDeletion,
    Application,
    ApplicationPage,
    Assessment,
    AssessmentDraftChange,
    AssessmentPage,
    AssessmentSession,
    AssessmentSessionPage,
    AssessmentStatistics,
    AssessmentVersionDocument,
    AssessmentVersionSummaryPage,
    AttendanceMark,
    AttendanceMarks,
    Availability,
    BatchResult,
    BlockedPersonPage,
    BookingMove,
    Calendar,
    CalendarAddress,
    CalendarFeed,
    CalendarFeedAddress,
    CompletedHavrutaSessionPage,
    Completion,
    Confirmation,
    Course,
    CourseChanges,
    Dashboard,
    Decision,
    DevicePage,
    DrawnStrokes,
    EmailChange,
    EmailVerification,
    Enrollment,
    EnrollmentPage,
    EnrollmentParentPage,
    Experience,
    FiledReport,
    FirstCode,
    ForgottenPassword,
    Havruta,
    HavrutaChanges,
    HavrutaMemberPage,
    HavrutaMessage,
    HavrutaMessagePage,
    HavrutaPage,
    HavrutaProgress,
    HavrutaRemoval,
    HavrutaSession,
    HavrutaSessionCancellation,
    HavrutaSessionChanges,
    HavrutaSessionReminderChoice,
    HavrutaSessionReminders,
    HavrutaSessionRsvp,
    HavrutaSessionRsvps,
    Health,
    Heartbeat,
    Invitation,
    InvitationPage,
    InvitationResults,
    InvitationToken,
    JoinAnswer,
    JoinRequest,
    KeySet,
    ListedCoursePage,
    ListedHavrutaSession,
    ListedHavrutaSessionPage,
    ListedTutorPage,
    Login,
    LoginCode,
    Logout,
    Message,
    MessageChange,
    MessagePage,
    NewAccount,
    NewApplication,
    NewAssessment,
    NewAssessmentSession,
    NewAvailability,
    NewBooking,
    NewCourse,
    NewEnrollment,
    NewHavruta,
    NewHavrutaSession,
    NewHost,
    NewInvitations,
    NewMessage,
    NewNavigationMode,
    NewNavigator,
    NewNote,
    NewOwner,
    NewPasskey,
    NewPosition,
    NewReport,
    NewReview,
    NewSecondFactor,
    NewSessionRequest,
    NewStrokes,
    NewStudySession,
    NewTutoringSession,
    NewTutorProfile,
    NewWhiteboard,
    Note,
    NoteChanges,
    NotePage,
    NotificationPage,
    NotificationPreferenceChanges,
    NotificationPreferences,
    OwnAssessmentPage,
    OwnAttendance,
    PageTurn,
    ParentCode,
    ParentJoining,
    ParentRemoval,
    ParticipantAttendance,
    ParticipantRemoval,
    Passages,
    Passkey,
    PasskeyChanges,
    PasskeyCreationOptions,
    PasskeyLogin,
    PasskeyPage,
    PasskeyPermission,
    PasskeyRequestOptions,
    PasswordAndCode,
    PasswordChange,
    PasswordReset,
    PersonalDataExport,
    Places,
    ProblemType,
    Profile,
    ProfileOrDeletedPage,
    ProfileOverview,
    ProfilePage,
    Progress,
    PublicExperience,
    PublicReviewPage,
    QuarantinedTutoringSessionPage,
    Readiness,
    Reason,
    ReceivedInvitation,
    ReceivedInvitationPage,
    RecoveryCodes,
    Refresh,
    Refusal,
    Reminder,
    ReminderChoice,
    ReportPage,
    RequestRefusal,
    ResumedSession,
    Review,
    ReviewChanges,
    ReviewPage,
    RoleAssignment,
    RsvpAnswer,
    ScheduledTutoringSession,
    SchedulePreview,
    SearchResults,
    SecondFactor,
    SecondFactorSecret,
    SeenApplication,
    SeenApplicationPage,
    SeenReport,
    SeenReportPage,
    SeenUserPage,
    SeriesJoin,
    SeriesLeave,
    SeriesParts,
    SessionAttendance,
    SessionChangePage,
    SessionDates,
    SessionParticipantPage,
    SessionPlan,
    SessionRequest,
    SessionRequestPage,
    SessionResult,
    SessionState,
    SessionValidation,
    SignedInTokens,
    Slots,
    StreamTicket,
    StudySessionCancellation,
    StudySessionChanges,
    StudySessionDates,
    StudySessionDetails,
    StudySessionMap,
    StudySessionPage,
    StudySessionPlan,
    StudySessionReminderChoice,
    StudySessionReminders,
    SubmissionResult,
    SubmittedAnswer,
    SubmittedAnswers,
    Suspension,
    TextHitPage,
    TextPage,
    TextReference,
    TextVersionPage,
    TextWithSections,
    Tokens,
    TutoringCancellation,
    TutoringSession,
    TutoringSessionChanges,
    TutoringSessionPage,
    TutoringSessionReplacement,
    TutorPage,
    TutorProfile,
    TutorRating,
    UsernameChange,
    UserRoles,
    Whiteboard,
    WhiteboardPage,
)


class AsyncLyceum(AsyncTransport):
    """The platform's API."""

    async def get_dashboard(self) -> Dashboard:
        """Get what is next: sessions, havrutas, open assessments, invitations, unread notifications."""
        return await self.call(Request("GET", "/api/dashboard"), Dashboard)

    async def get_calendar(self, *, from_: str, to: str) -> Calendar:
        """List all your sessions within a period, what goes on at its beginning too, and which overlap."""
        return await self.call(
            Request("GET", "/api/calendar", query={"from": from_, "to": to}), Calendar
        )

    async def get_calendar_feed(self, token: str) -> str:
        """Get the calendar at a secret address, for calendar programs: 90 days back and 400 ahead."""
        return await self.call(
            Request("GET", f"/api/calendar/{segment(token)}.ics", takes_token=False), str
        )

    async def get_user_overview(self, user_id: str) -> ProfileOverview:
        """Get a profile with what the person hosts, teaches and has learnt."""
        return await self.call(
            Request("GET", f"/api/users/{segment(user_id)}/overview"), ProfileOverview
        )

    async def search_everything(self, *, q: str, limit: int | None = None) -> SearchResults:
        """Search open study sessions and courses by subject, texts by name, people by username."""
        return await self.call(
            Request("GET", "/api/search", query={"q": q, "limit": limit}), SearchResults
        )

    async def export_personal_data(self) -> PersonalDataExport:
        """Export everything that is held about you: all of it, or 503. One export at a time."""
        return await self.call(Request("GET", "/api/me/export"), PersonalDataExport)

    async def create_report(self, body: NewReport) -> FiledReport:
        """Report a person, or what somebody wrote, to the admins, who read what it says now."""
        return await self.call(Request("POST", "/api/reports", body=body), FiledReport)

    async def get_problem_type(self, problem: str) -> ProblemType:
        """Get what the type of a problem document stands for."""
        return await self.call(
            Request("GET", f"/problems/{segment(problem)}", takes_token=False), ProblemType
        )

    async def create_stream_ticket(self) -> StreamTicket:
        """Create a ticket that opens one stream without a token, once, within half a minute."""
        return await self.call(Request("POST", "/api/events/tickets"), StreamTicket)

    async def get_health(self) -> Health:
        """Check that the gateway answers."""
        return await self.call(Request("GET", "/healthz", takes_token=False), Health)

    async def get_readiness(self) -> Readiness:
        """Check how each service is, and which versions run."""
        return await self.call(Request("GET", "/readyz", takes_token=False), Readiness)

    async def register_account(self, body: NewAccount) -> SignedInTokens:
        """Create an account and sign in."""
        return await self.call(
            Request("POST", "/api/auth/register", body=body, takes_token=False), SignedInTokens
        )

    async def log_in(self, body: Login) -> SignedInTokens:
        """Sign in with e-mail address or username."""
        return await self.call(
            Request("POST", "/api/auth/login", body=body, takes_token=False), SignedInTokens
        )

    async def log_in_with_code(self, body: LoginCode) -> SignedInTokens:
        """Sign in with the ticket of a right password and a code of the second factor."""
        return await self.call(
            Request("POST", "/api/auth/login/code", body=body, takes_token=False), SignedInTokens
        )

    async def confirm_sign_in(self, body: Confirmation) -> None:
        """Show a code of your second factor or a passkey, for what only admins do in the next 15 minutes."""
        await self.call(Request("POST", "/api/auth/confirm", body=body), type(None))

    async def refresh_tokens(self, body: Refresh) -> Tokens:
        """Exchange a refresh token for new tokens."""
        return await self.call(
            Request("POST", "/api/auth/refresh", body=body, takes_token=False), Tokens
        )

    async def log_out(self, body: Logout | None = None) -> None:
        """Sign out, with the access token or with the refresh token."""
        await self.call(Request("POST", "/api/auth/logout", body=body), type(None))

    async def log_out_everywhere(self) -> None:
        """Sign out everywhere, and revoke the secret address of your calendar and links that were
        e-mailed.
        """
        await self.call(Request("POST", "/api/auth/logout-all"), type(None))

    async def list_devices(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> DevicePage:
        """List the devices on which you are signed in, newest first."""
        return await self.call(
            Request("GET", "/api/auth/sessions", query={"limit": limit, "cursor": cursor}),
            DevicePage,
        )

    async def log_out_device(self, sign_in_id: str) -> None:
        """Sign out on a device."""
        await self.call(Request("DELETE", f"/api/auth/sessions/{segment(sign_in_id)}"), type(None))

    async def verify_email(self, body: EmailVerification) -> None:
        """Verify an e-mail address with the token from the e-mail."""
        await self.call(
            Request("POST", "/api/auth/verify-email", body=body, takes_token=False), type(None)
        )

    async def confirm_email_change(self, body: EmailVerification) -> None:
        """Confirm a new e-mail address with the token from the e-mail to it."""
        await self.call(
            Request("POST", "/api/auth/change-email", body=body, takes_token=False), type(None)
        )

    async def revert_email_change(self, body: EmailVerification) -> None:
        """Go back to the former e-mail address with the token from the e-mail to it."""
        await self.call(
            Request("POST", "/api/auth/revert-email", body=body, takes_token=False), type(None)
        )

    async def resend_verification(self) -> Accepted:
        """Request another verification e-mail."""
        return await self.call(Request("POST", "/api/auth/verify-email/resend"), Accepted)

    async def request_password_reset(self, body: ForgottenPassword) -> Accepted:
        """Request a password-reset e-mail; the answer never tells whether the address has an account."""
        return await self.call(
            Request("POST", "/api/auth/forgot-password", body=body, takes_token=False), Accepted
        )

    async def reset_password(self, body: PasswordReset) -> None:
        """Set a new password with the token from the e-mail, and sign out everywhere."""
        await self.call(
            Request("POST", "/api/auth/reset-password", body=body, takes_token=False), type(None)
        )

    async def get_own_account(self) -> Account:
        """Get your account."""
        return await self.call(Request("GET", "/api/users/me"), Account)

    async def update_own_account(self, body: AccountChanges) -> Account:
        """Update your account."""
        return await self.call(Request("PATCH", "/api/users/me", body=body), Account)

    async def delete_own_account(self, body: AccountDeletion) -> Accepted:
        """Delete your account; the other services erase their part shortly after."""
        return await self.call(Request("DELETE", "/api/users/me", body=body), Accepted)

    async def change_password(self, body: PasswordChange) -> None:
        """Change your password, and end all that lets somebody in but this sign-in."""
        await self.call(Request("PUT", "/api/users/me/password", body=body), type(None))

    async def request_email_change(self, body: EmailChange) -> Accepted:
        """Request another e-mail address: a link is sent there, and your present address is told."""
        return await self.call(Request("POST", "/api/users/me/email", body=body), Accepted)

    async def withdraw_email_change(self) -> None:
        """Withdraw the request for another e-mail address."""
        await self.call(Request("DELETE", "/api/users/me/email"), type(None))

    async def change_username(self, body: UsernameChange) -> Account:
        """Change your username, once in 30 days; the former one is kept for you as long."""
        return await self.call(Request("PUT", "/api/users/me/username", body=body), Account)

    async def get_second_factor(self) -> SecondFactor:
        """Get whether your sign-ins need a code, and how many recovery codes are left."""
        return await self.call(Request("GET", "/api/users/me/second-factor"), SecondFactor)

    async def create_second_factor(self, body: NewSecondFactor) -> SecondFactorSecret:
        """Create a secret for an app that makes codes (TOTP, RFC 6238); enable it with the first of them."""
        return await self.call(
            Request("POST", "/api/users/me/second-factor", body=body), SecondFactorSecret
        )

    async def delete_second_factor(self, body: PasswordAndCode) -> None:
        """Disable your second factor, with the password and a code; all other sign-ins end."""
        await self.call(Request("DELETE", "/api/users/me/second-factor", body=body), type(None))

    async def enable_second_factor(self, body: FirstCode) -> RecoveryCodes:
        """Enable your second factor with a first code; all other sign-ins end."""
        return await self.call(
            Request("POST", "/api/users/me/second-factor/enable", body=body), RecoveryCodes
        )

    async def create_recovery_codes(self, body: PasswordAndCode) -> RecoveryCodes:
        """Create ten recovery codes; those of before are revoked."""
        return await self.call(
            Request("POST", "/api/users/me/second-factor/recovery-codes", body=body), RecoveryCodes
        )

    async def create_passkey_options(self, body: PasskeyPermission) -> PasskeyCreationOptions:
        """Create a challenge for a new passkey; the answer is for the browser."""
        return await self.call(
            Request("POST", "/api/users/me/passkeys/options", body=body), PasskeyCreationOptions
        )

    async def list_passkeys(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> PasskeyPage:
        """List your passkeys, newest first."""
        return await self.call(
            Request("GET", "/api/users/me/passkeys", query={"limit": limit, "cursor": cursor}),
            PasskeyPage,
        )

    async def create_passkey(self, body: NewPasskey) -> Passkey:
        """Create a passkey, of what the browser has answered to the options."""
        return await self.call(Request("POST", "/api/users/me/passkeys", body=body), Passkey)

    async def update_passkey(self, passkey_id: str, body: PasskeyChanges) -> Passkey:
        """Give a passkey another name."""
        return await self.call(
            Request("PATCH", f"/api/users/me/passkeys/{segment(passkey_id)}", body=body), Passkey
        )

    async def delete_passkey(self, passkey_id: str, body: PasskeyPermission) -> None:
        """Delete a passkey, with the password, and a code if you have a second factor; other sign-ins end."""
        await self.call(
            Request("DELETE", f"/api/users/me/passkeys/{segment(passkey_id)}", body=body),
            type(None),
        )

    async def create_passkey_challenge(self) -> PasskeyRequestOptions:
        """Create a challenge for a proof by any passkey; the answer is for the browser, and names no
        account.
        """
        return await self.call(
            Request("POST", "/api/auth/passkeys/options", takes_token=False), PasskeyRequestOptions
        )

    async def log_in_with_passkey(self, body: PasskeyLogin) -> SignedInTokens:
        """Sign in with a passkey, of what the browser has answered to the options. No code is asked for."""
        return await self.call(
            Request("POST", "/api/auth/passkeys/login", body=body, takes_token=False),
            SignedInTokens,
        )

    async def set_user_roles(self, user_id: str, body: RoleAssignment) -> UserRoles:
        """Give a person these roles and no others; access tokens that say others end."""
        return await self.call(
            Request("PUT", f"/api/users/{segment(user_id)}/roles", body=body), UserRoles
        )

    async def list_users(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        q: str | None = None,
        state: Literal["active", "suspended", "unverified", None] = None,
        role: Literal["learner", "tutor", "parent", "author", "admin", None] = None,
    ) -> SeenUserPage:
        """List accounts by username, those that are deleted left out."""
        return await self.call(
            Request(
                "GET",
                "/api/admin/users",
                query={"limit": limit, "cursor": cursor, "q": q, "state": state, "role": role},
            ),
            SeenUserPage,
        )

    async def suspend_user(self, user_id: str, body: Reason) -> Suspension:
        """Suspend an account: its sign-ins end within seconds, and no one can sign in."""
        return await self.call(
            Request("POST", f"/api/admin/users/{segment(user_id)}/suspend", body=body), Suspension
        )

    async def lift_suspension(self, user_id: str, body: Reason) -> Suspension:
        """Lift a suspension: the person can sign in again."""
        return await self.call(
            Request("POST", f"/api/admin/users/{segment(user_id)}/lift-suspension", body=body),
            Suspension,
        )

    async def list_own_applications(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> ApplicationPage:
        """List your applications, newest first."""
        return await self.call(
            Request("GET", "/api/users/me/applications", query={"limit": limit, "cursor": cursor}),
            ApplicationPage,
        )

    async def create_application(self, body: NewApplication) -> Application:
        """Apply for a role: an admin decides, and you are told."""
        return await self.call(
            Request("POST", "/api/users/me/applications", body=body), Application
        )

    async def withdraw_application(self, application_id: str) -> None:
        """Withdraw your application while it is pending."""
        await self.call(
            Request("DELETE", f"/api/users/me/applications/{segment(application_id)}"), type(None)
        )

    async def list_applications(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal["pending", "accepted", "declined", "withdrawn"] | None = None,
        role: Literal["tutor", "author", None] = None,
    ) -> SeenApplicationPage:
        """List applications with a status, oldest first."""
        return await self.call(
            Request(
                "GET",
                "/api/admin/applications",
                query={"limit": limit, "cursor": cursor, "status": status, "role": role},
            ),
            SeenApplicationPage,
        )

    async def accept_application(self, application_id: str, body: Acceptance) -> SeenApplication:
        """Accept an application: the person has the role, and access tokens that say others end."""
        return await self.call(
            Request("POST", f"/api/admin/applications/{segment(application_id)}/accept", body=body),
            SeenApplication,
        )

    async def decline_application(self, application_id: str, body: Refusal) -> SeenApplication:
        """Decline an application; the person may apply again after 7 days."""
        return await self.call(
            Request(
                "POST", f"/api/admin/applications/{segment(application_id)}/decline", body=body
            ),
            SeenApplication,
        )

    async def list_profiles(self, *, ids: str) -> ProfileOrDeletedPage:
        """List the public profiles of many people at once, in the order of their ids."""
        return await self.call(
            Request("GET", "/api/users", query={"ids": ids}, takes_token=False),
            ProfileOrDeletedPage,
        )

    async def search_users(
        self, *, q: str, limit: int | None = None, cursor: str | None = None
    ) -> ProfilePage:
        """Search people by the beginning of their username."""
        return await self.call(
            Request("GET", "/api/users/search", query={"limit": limit, "cursor": cursor, "q": q}),
            ProfilePage,
        )

    async def get_profile(self, user_id: str) -> Profile:
        """Get the public profile of a person."""
        return await self.call(
            Request("GET", f"/api/users/{segment(user_id)}", takes_token=False), Profile
        )

    async def list_blocks(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> BlockedPersonPage:
        """List the people whom you block, the last one first."""
        return await self.call(
            Request("GET", "/api/users/me/blocks", query={"limit": limit, "cursor": cursor}),
            BlockedPersonPage,
        )

    async def block_user(self, user_id: str) -> None:
        """Block a person: neither of you finds, joins or invites the other any more."""
        await self.call(Request("PUT", f"/api/users/me/blocks/{segment(user_id)}"), type(None))

    async def unblock_user(self, user_id: str) -> None:
        """Block a person no longer."""
        await self.call(Request("DELETE", f"/api/users/me/blocks/{segment(user_id)}"), type(None))

    async def list_own_reports(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> ReportPage:
        """List the reports that you have made, newest first."""
        return await self.call(
            Request("GET", "/api/users/me/reports", query={"limit": limit, "cursor": cursor}),
            ReportPage,
        )

    async def list_reports(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        state: Literal["open", "decided"] | None = None,
        author_id: str | None = None,
    ) -> SeenReportPage:
        """List reports: open ones, the oldest first, or decided ones, the last decision first."""
        return await self.call(
            Request(
                "GET",
                "/api/admin/reports",
                query={"limit": limit, "cursor": cursor, "state": state, "author_id": author_id},
            ),
            SeenReportPage,
        )

    async def decide_report(self, report_id: str, body: Decision) -> SeenReport:
        """Decide all open reports of the same thing: dismiss them, hide it, or suspend its author as well."""
        return await self.call(
            Request("POST", f"/api/admin/reports/{segment(report_id)}/decide", body=body),
            SeenReport,
        )

    async def list_notifications(
        self, *, limit: int | None = None, cursor: str | None = None, unread: bool | None = None
    ) -> NotificationPage:
        """List your notifications, newest first."""
        return await self.call(
            Request(
                "GET",
                "/api/notifications",
                query={"limit": limit, "cursor": cursor, "unread": unread},
            ),
            NotificationPage,
        )

    async def mark_notification_read(self, notification_id: str) -> None:
        """Mark a notification as read."""
        await self.call(
            Request("POST", f"/api/notifications/{segment(notification_id)}/read"), type(None)
        )

    async def mark_all_notifications_read(self) -> None:
        """Mark all your notifications as read."""
        await self.call(Request("POST", "/api/notifications/read-all"), type(None))

    async def get_notification_preferences(self) -> NotificationPreferences:
        """Get which kinds of notifications you want by e-mail and in the app, and your quiet hours."""
        return await self.call(
            Request("GET", "/api/notifications/preferences"), NotificationPreferences
        )

    async def set_notification_preferences(
        self, body: NotificationPreferenceChanges
    ) -> NotificationPreferences:
        """Set all of that; what is left out returns to its default."""
        return await self.call(
            Request("PUT", "/api/notifications/preferences", body=body), NotificationPreferences
        )

    async def unsubscribe_from_notifications(self, unsubscribe_token: str) -> None:
        """End e-mails about one kind of notification, by the token in one of them; no one needs to sign
        in.
        """
        await self.call(
            Request(
                "POST",
                f"/api/notifications/unsubscribe/{segment(unsubscribe_token)}",
                takes_token=False,
            ),
            type(None),
        )

    async def get_calendar_address(self) -> CalendarFeed:
        """Get since when there is a secret address for calendar programs, and when it was last read."""
        return await self.call(Request("GET", "/api/calendar/feed"), CalendarFeed)

    async def create_calendar_feed(self) -> CalendarFeedAddress:
        """Create a secret address for calendar programs; the former one is revoked."""
        return await self.call(Request("POST", "/api/calendar/feed"), CalendarFeedAddress)

    async def delete_calendar_feed(self) -> None:
        """Revoke the secret address for calendar programs."""
        await self.call(Request("DELETE", "/api/calendar/feed"), type(None))

    async def get_signing_keys(self) -> KeySet:
        """Get the public keys of access tokens."""
        return await self.call(Request("GET", "/.well-known/jwks.json", takes_token=False), KeySet)

    def stream_user_events(
        self,
        *,
        rooms: str | None = None,
        ticket: str | None = None,
        last_event_id: str | None = None,
        timeout: float | None = None,
    ) -> AsyncEventStream:
        """Stream your notifications, and what happens in your rooms."""
        return self.stream(
            Request("GET", "/api/events", query={"rooms": rooms, "ticket": ticket}),
            last_event_id,
            timeout,
        )

    async def search_study_sessions(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        lat: float | None = None,
        lng: float | None = None,
        radius_km: float | None = None,
        bbox: str | None = None,
        status: str | None = None,
        subject: str | None = None,
        session_type: Literal["silent", "discussion", "exam-prep"] | None = None,
        mode: Literal["in-person", "online", "hybrid"] | None = None,
        q: str | None = None,
        has_space: bool | None = None,
        host_id: str | None = None,
        series: Literal["all", "next"] | None = None,
        sort: Literal["start_time", "distance"] | None = None,
    ) -> StudySessionPage:
        """Search public sessions near a point or in a box; by default those that start soon or are live."""
        return await self.call(
            Request(
                "GET",
                "/api/study-sessions",
                query={
                    "from": from_,
                    "to": to,
                    "tz": tz,
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
                    "has_space": has_space,
                    "host_id": host_id,
                    "series": series,
                    "sort": sort,
                },
            ),
            StudySessionPage,
        )

    async def create_study_session(
        self, body: NewStudySession, *, idempotency_key: str | None = None
    ) -> StudySessionDetails:
        """Create a study session, or a series and get its first; you are the host and first participant."""
        return await self.call(
            Request(
                "POST",
                "/api/study-sessions",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            StudySessionDetails,
        )

    async def cluster_study_sessions(
        self, *, bbox: str, zoom: int, series: Literal["all", "next"] | None = None
    ) -> StudySessionMap:
        """Get what a map of an area shows: open public sessions, as clusters where there are many."""
        return await self.call(
            Request(
                "GET",
                "/api/study-sessions/clusters",
                query={"bbox": bbox, "zoom": zoom, "series": series},
            ),
            StudySessionMap,
        )

    async def search_places(
        self,
        *,
        lat: float | None = None,
        lng: float | None = None,
        q: str | None = None,
        limit: int | None = None,
    ) -> Places:
        """Search places by name, the largest first, or near a point, the nearest first."""
        return await self.call(
            Request("GET", "/api/places", query={"lat": lat, "lng": lng, "q": q, "limit": limit}),
            Places,
        )

    async def list_own_study_sessions(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        role: Literal["host", "participant", "waiting", None] = None,
        when: Literal["upcoming", "past"] | None = None,
    ) -> StudySessionPage:
        """List the sessions you have a seat in or wait for, earliest first; with `when=past`, newest
        first.
        """
        return await self.call(
            Request(
                "GET",
                "/api/study-sessions/mine",
                query={
                    "from": from_,
                    "to": to,
                    "tz": tz,
                    "limit": limit,
                    "cursor": cursor,
                    "role": role,
                    "when": when,
                },
            ),
            StudySessionPage,
        )

    async def get_study_session(
        self, session_id: str, *, lat: float | None = None, lng: float | None = None
    ) -> StudySessionDetails:
        """Get a study session."""
        return await self.call(
            Request(
                "GET", f"/api/study-sessions/{segment(session_id)}", query={"lat": lat, "lng": lng}
            ),
            StudySessionDetails,
        )

    async def update_study_session(
        self, session_id: str, body: StudySessionChanges, *, if_match: str
    ) -> StudySessionDetails:
        """Update your session before it starts; its title, subject and description also while it is live."""
        return await self.call(
            Request(
                "PATCH",
                f"/api/study-sessions/{segment(session_id)}",
                headers={"If-Match": if_match},
                body=body,
            ),
            StudySessionDetails,
        )

    async def start_study_session(self, session_id: str) -> StudySessionDetails:
        """Start your session, from 15 minutes before the announced time."""
        return await self.call(
            Request("POST", f"/api/study-sessions/{segment(session_id)}/start"), StudySessionDetails
        )

    async def finish_study_session(self, session_id: str) -> StudySessionDetails:
        """Finish your live session."""
        return await self.call(
            Request("POST", f"/api/study-sessions/{segment(session_id)}/finish"),
            StudySessionDetails,
        )

    async def cancel_study_session(
        self, session_id: str, body: StudySessionCancellation | None = None
    ) -> StudySessionDetails:
        """Cancel your session before it starts, or more of its series."""
        return await self.call(
            Request("POST", f"/api/study-sessions/{segment(session_id)}/cancel", body=body),
            StudySessionDetails,
        )

    async def transfer_study_session(self, session_id: str, body: NewHost) -> StudySessionDetails:
        """Make another active participant the host of your session, or of more of its series."""
        return await self.call(
            Request("POST", f"/api/study-sessions/{segment(session_id)}/host", body=body),
            StudySessionDetails,
        )

    async def preview_study_sessions(self, body: StudySessionPlan) -> StudySessionDates:
        """Preview when sessions planned like this would begin; none is made."""
        return await self.call(
            Request("POST", "/api/study-sessions/preview", body=body), StudySessionDates
        )

    async def list_series_sessions(
        self,
        session_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        when: Literal["upcoming", "past"] | None = None,
    ) -> StudySessionPage:
        """List the sessions of its series that you may see, earliest first; with `when=past`, newest
        first.
        """
        return await self.call(
            Request(
                "GET",
                f"/api/study-sessions/{segment(session_id)}/series",
                query={"limit": limit, "cursor": cursor, "when": when},
            ),
            StudySessionPage,
        )

    async def join_series(
        self, session_id: str, body: SeriesJoin | None = None, *, idempotency_key: str | None = None
    ) -> SeriesParts:
        """Join the sessions of its series, each that has a seat; or also the waitlists of the others."""
        return await self.call(
            Request(
                "POST",
                f"/api/study-sessions/{segment(session_id)}/series/join",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            SeriesParts,
        )

    async def leave_series(self, session_id: str, body: SeriesLeave | None = None) -> None:
        """Give up your seats, and your positions on waitlists, in the sessions of its series."""
        await self.call(
            Request("POST", f"/api/study-sessions/{segment(session_id)}/series/leave", body=body),
            type(None),
        )

    async def join_study_session(
        self,
        session_id: str,
        body: JoinRequest | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> JoinAnswer:
        """Join a study session, or its waitlist when it is full."""
        return await self.call(
            Request(
                "POST",
                f"/api/study-sessions/{segment(session_id)}/join",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            JoinAnswer,
        )

    async def leave_study_session(self, session_id: str) -> None:
        """Give up your seat, or your position on the waitlist."""
        await self.call(
            Request("POST", f"/api/study-sessions/{segment(session_id)}/leave"), type(None)
        )

    async def list_participants(
        self, session_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> SessionParticipantPage:
        """List the participants of a session that you are in."""
        return await self.call(
            Request(
                "GET",
                f"/api/study-sessions/{segment(session_id)}/participants",
                query={"limit": limit, "cursor": cursor},
            ),
            SessionParticipantPage,
        )

    async def remove_participant(
        self, session_id: str, user_id: str, body: ParticipantRemoval | None = None
    ) -> None:
        """Remove a participant from your session, or more of its series, for good."""
        await self.call(
            Request(
                "DELETE",
                f"/api/study-sessions/{segment(session_id)}/participants/{segment(user_id)}",
                body=body,
            ),
            type(None),
        )

    async def get_study_session_reminders(self, session_id: str) -> StudySessionReminders:
        """Get when you are reminded of a session that you are in."""
        return await self.call(
            Request("GET", f"/api/study-sessions/{segment(session_id)}/reminders"),
            StudySessionReminders,
        )

    async def set_study_session_reminders(
        self, session_id: str, body: StudySessionReminderChoice
    ) -> StudySessionReminders:
        """Choose when you are reminded of a session that you are in; null restores the default."""
        return await self.call(
            Request("PUT", f"/api/study-sessions/{segment(session_id)}/reminders", body=body),
            StudySessionReminders,
        )

    async def mark_participant(
        self, session_id: str, user_id: str, body: AttendanceMark
    ) -> ParticipantAttendance:
        """Mark whether a participant came to your session, from its beginning to 14 days after its end."""
        return await self.call(
            Request(
                "PUT",
                f"/api/study-sessions/{segment(session_id)}/participants/{segment(user_id)}/attendance",
                body=body,
            ),
            ParticipantAttendance,
        )

    async def list_attendance(self, session_id: str) -> SessionAttendance:
        """List which participants came to your session, as you marked it."""
        return await self.call(
            Request("GET", f"/api/study-sessions/{segment(session_id)}/attendance"),
            SessionAttendance,
        )

    async def get_own_attendance(self) -> OwnAttendance:
        """Count the sessions to which you came, and those you missed; no one else is shown this."""
        return await self.call(Request("GET", "/api/study-sessions/mine/attendance"), OwnAttendance)

    async def list_messages(
        self,
        session_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        before: int | None = None,
        after: int | None = None,
    ) -> MessagePage:
        """List the messages, newest first; `next` continues in the direction of the read."""
        return await self.call(
            Request(
                "GET",
                f"/api/study-sessions/{segment(session_id)}/messages",
                query={"limit": limit, "cursor": cursor, "before": before, "after": after},
            ),
            MessagePage,
        )

    async def send_message(
        self, session_id: str, body: NewMessage, *, idempotency_key: str | None = None
    ) -> Message:
        """Send a message."""
        return await self.call(
            Request(
                "POST",
                f"/api/study-sessions/{segment(session_id)}/messages",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            Message,
        )

    async def update_message(
        self, session_id: str, message_id: str, body: MessageChange
    ) -> Message:
        """Edit your message, within 15 minutes."""
        return await self.call(
            Request(
                "PATCH",
                f"/api/study-sessions/{segment(session_id)}/messages/{segment(message_id)}",
                body=body,
            ),
            Message,
        )

    async def delete_message(self, session_id: str, message_id: str) -> None:
        """Delete your message; as the host, any message."""
        await self.call(
            Request(
                "DELETE",
                f"/api/study-sessions/{segment(session_id)}/messages/{segment(message_id)}",
            ),
            type(None),
        )

    def stream_study_session_events(
        self,
        room_id: str,
        *,
        ticket: str | None = None,
        last_event_id: str | None = None,
        timeout: float | None = None,
    ) -> AsyncEventStream:
        """Stream what happens in the room of a study session."""
        return self.stream(
            Request(
                "GET", f"/api/study-sessions/{segment(room_id)}/events", query={"ticket": ticket}
            ),
            last_event_id,
            timeout,
        )

    async def list_courses(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        q: str | None = None,
        subject: str | None = None,
        language: str | None = None,
        weekday: str | None = None,
        tutor_id: str | None = None,
        status: str | None = None,
    ) -> ListedCoursePage:
        """List courses, newest first."""
        return await self.call(
            Request(
                "GET",
                "/api/courses",
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "q": q,
                    "subject": subject,
                    "language": language,
                    "weekday": weekday,
                    "tutor_id": tutor_id,
                    "status": status,
                },
            ),
            ListedCoursePage,
        )

    async def create_course(self, body: NewCourse, *, idempotency_key: str | None = None) -> Course:
        """Create a course that students can enrol in."""
        return await self.call(
            Request(
                "POST",
                "/api/courses",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            Course,
        )

    async def get_course(self, course_id: int) -> Course:
        """Get a course; visitors, one that is open."""
        return await self.call(Request("GET", f"/api/courses/{segment(course_id)}"), Course)

    async def update_course(self, course_id: int, body: CourseChanges, *, if_match: str) -> Course:
        """Update your course."""
        return await self.call(
            Request(
                "PATCH",
                f"/api/courses/{segment(course_id)}",
                headers={"If-Match": if_match},
                body=body,
            ),
            Course,
        )

    async def list_enrollments(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: str | None = None,
        role: Literal["tutor", "student", "parent", None] = None,
    ) -> EnrollmentPage:
        """List your enrolments as tutor, student or parent."""
        return await self.call(
            Request(
                "GET",
                "/api/enrollments",
                query={"limit": limit, "cursor": cursor, "status": status, "role": role},
            ),
            EnrollmentPage,
        )

    async def create_enrollment(
        self, body: NewEnrollment, *, idempotency_key: str | None = None
    ) -> Enrollment:
        """Enrol in a course."""
        return await self.call(
            Request(
                "POST",
                "/api/enrollments",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            Enrollment,
        )

    async def get_enrollment(self, enrollment_id: int) -> Enrollment:
        """Get an enrolment."""
        return await self.call(
            Request("GET", f"/api/enrollments/{segment(enrollment_id)}"), Enrollment
        )

    async def delete_enrollment(self, enrollment_id: int, *, force: bool | None = None) -> None:
        """Delete an enrolment and its sessions."""
        await self.call(
            Request("DELETE", f"/api/enrollments/{segment(enrollment_id)}", query={"force": force}),
            type(None),
        )

    async def pause_enrollment(self, enrollment_id: int) -> Enrollment:
        """Pause an enrolment."""
        return await self.call(
            Request("POST", f"/api/enrollments/{segment(enrollment_id)}/pause"), Enrollment
        )

    async def resume_enrollment(self, enrollment_id: int) -> Enrollment:
        """Resume a paused enrolment."""
        return await self.call(
            Request("POST", f"/api/enrollments/{segment(enrollment_id)}/resume"), Enrollment
        )

    async def complete_enrollment(self, enrollment_id: int) -> Enrollment:
        """Close an enrolment as completed; its scheduled sessions are cancelled."""
        return await self.call(
            Request("POST", f"/api/enrollments/{segment(enrollment_id)}/complete"), Enrollment
        )

    async def cancel_enrollment(self, enrollment_id: int) -> Enrollment:
        """Close an enrolment as cancelled; its scheduled sessions are cancelled."""
        return await self.call(
            Request("POST", f"/api/enrollments/{segment(enrollment_id)}/cancel"), Enrollment
        )

    async def create_parent_code(self, enrollment_id: int) -> ParentCode:
        """Create a code with which one parent can join within a week; the former one is revoked."""
        return await self.call(
            Request("POST", f"/api/enrollments/{segment(enrollment_id)}/parent-codes"), ParentCode
        )

    async def join_enrollment(self, body: ParentJoining) -> Enrollment:
        """Follow an enrolment as a parent, with the code that its student has given you."""
        return await self.call(Request("POST", "/api/enrollments/join", body=body), Enrollment)

    async def list_parents(
        self, enrollment_id: int, *, limit: int | None = None, cursor: str | None = None
    ) -> EnrollmentParentPage:
        """List the parents who follow an enrolment of yours, in the order in which they joined."""
        return await self.call(
            Request(
                "GET",
                f"/api/enrollments/{segment(enrollment_id)}/parents",
                query={"limit": limit, "cursor": cursor},
            ),
            EnrollmentParentPage,
        )

    async def remove_parent(
        self, enrollment_id: int, parent_id: str, body: ParentRemoval | None = None
    ) -> None:
        """Remove a parent from an enrolment. They are told the reason, which is not kept here."""
        await self.call(
            Request(
                "DELETE",
                f"/api/enrollments/{segment(enrollment_id)}/parents/{segment(parent_id)}",
                body=body,
            ),
            type(None),
        )

    async def get_enrollment_progress(self, enrollment_id: int) -> Progress:
        """Get how far an enrolment has come."""
        return await self.call(
            Request("GET", f"/api/enrollments/{segment(enrollment_id)}/progress"), Progress
        )

    async def list_session_requests(
        self,
        enrollment_id: int,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: str | None = None,
    ) -> SessionRequestPage:
        """List the requests in an enrolment."""
        return await self.call(
            Request(
                "GET",
                f"/api/enrollments/{segment(enrollment_id)}/requests",
                query={"limit": limit, "cursor": cursor, "status": status},
            ),
            SessionRequestPage,
        )

    async def create_session_request(
        self, enrollment_id: int, body: NewSessionRequest, *, idempotency_key: str | None = None
    ) -> SessionRequest:
        """Ask the tutor for a session at a time to come."""
        return await self.call(
            Request(
                "POST",
                f"/api/enrollments/{segment(enrollment_id)}/requests",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            SessionRequest,
        )

    async def list_own_session_requests(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: str | None = None,
        role: Literal["tutor", "student", "parent", None] = None,
    ) -> SessionRequestPage:
        """List the requests in all your enrolments as tutor, student or parent, oldest first."""
        return await self.call(
            Request(
                "GET",
                "/api/session-requests",
                query={"limit": limit, "cursor": cursor, "status": status, "role": role},
            ),
            SessionRequestPage,
        )

    async def accept_session_request(self, enrollment_id: int, request_id: int) -> SessionRequest:
        """Accept a request: the session is booked if the time is still to come, and free."""
        return await self.call(
            Request(
                "POST",
                f"/api/enrollments/{segment(enrollment_id)}/requests/{segment(request_id)}/accept",
            ),
            SessionRequest,
        )

    async def decline_session_request(
        self, enrollment_id: int, request_id: int, body: RequestRefusal | None = None
    ) -> SessionRequest:
        """Decline a request. The student is told the reason, which is not kept here."""
        return await self.call(
            Request(
                "POST",
                f"/api/enrollments/{segment(enrollment_id)}/requests/{segment(request_id)}/decline",
                body=body,
            ),
            SessionRequest,
        )

    async def withdraw_session_request(self, enrollment_id: int, request_id: int) -> SessionRequest:
        """Withdraw your request."""
        return await self.call(
            Request(
                "POST",
                f"/api/enrollments/{segment(enrollment_id)}/requests/{segment(request_id)}/withdraw",
            ),
            SessionRequest,
        )

    async def list_tutoring_sessions(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: str | None = None,
        role: Literal["tutor", "student", "parent", "admin", None] = None,
        mine: bool | None = None,
        enrolled_courses_id: int | None = None,
        session_mode: str | None = None,
        priority_level: str | None = None,
        is_featured: bool | None = None,
        is_recurring: bool | None = None,
        has_whiteboard: bool | None = None,
        sort: Literal["session_date", "-session_date", "created_at", "-created_at"] | None = None,
    ) -> TutoringSessionPage:
        """List your tutoring sessions."""
        return await self.call(
            Request(
                "GET",
                "/api/sessions",
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
            ),
            TutoringSessionPage,
        )

    async def book_tutoring_session(
        self, body: NewTutoringSession, *, idempotency_key: str | None = None
    ) -> ScheduledTutoringSession:
        """Book a session, or a series of sessions."""
        return await self.call(
            Request(
                "POST",
                "/api/sessions",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            ScheduledTutoringSession,
        )

    async def preview_tutoring_session(self, body: NewTutoringSession) -> SchedulePreview:
        """Preview what would be booked and what conflicts; nothing is booked."""
        return await self.call(Request("POST", "/api/sessions/preview", body=body), SchedulePreview)

    async def list_bookable_times(
        self,
        enrollment_id: int,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        session_id: int | None = None,
    ) -> Slots:
        """List the times that you may book in your enrolment; without a period, in the coming fortnight."""
        return await self.call(
            Request(
                "GET",
                f"/api/enrollments/{segment(enrollment_id)}/bookable-times",
                query={"from": from_, "to": to, "tz": tz, "session_id": session_id},
            ),
            Slots,
        )

    async def create_booking(
        self, enrollment_id: int, body: NewBooking, *, idempotency_key: str | None = None
    ) -> TutoringSession:
        """Book one of the bookable times, in a course whose students book themselves."""
        return await self.call(
            Request(
                "POST",
                f"/api/enrollments/{segment(enrollment_id)}/bookings",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            TutoringSession,
        )

    async def move_tutoring_session(
        self, session_id: int, body: BookingMove, *, if_match: str
    ) -> TutoringSession:
        """Move your session, of a series this one alone, to another of the bookable times."""
        return await self.call(
            Request(
                "POST",
                f"/api/sessions/{segment(session_id)}/move",
                headers={"If-Match": if_match},
                body=body,
            ),
            TutoringSession,
        )

    async def list_quarantined_tutoring_sessions(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> QuarantinedTutoringSessionPage:
        """List sessions of the older application that could not be carried over."""
        return await self.call(
            Request("GET", "/api/sessions/quarantined", query={"limit": limit, "cursor": cursor}),
            QuarantinedTutoringSessionPage,
        )

    async def get_tutoring_session(self, session_id: int) -> TutoringSession:
        """Get a session."""
        return await self.call(
            Request("GET", f"/api/sessions/{segment(session_id)}"), TutoringSession
        )

    async def replace_tutoring_session(
        self, session_id: int, body: TutoringSessionReplacement, *, if_match: str
    ) -> TutoringSession:
        """Replace what can be changed of a session, or of its series."""
        return await self.call(
            Request(
                "PUT",
                f"/api/sessions/{segment(session_id)}",
                headers={"If-Match": if_match},
                body=body,
            ),
            TutoringSession,
        )

    async def update_tutoring_session(
        self, session_id: int, body: TutoringSessionChanges, *, if_match: str
    ) -> TutoringSession:
        """Update a session, or its series."""
        return await self.call(
            Request(
                "PATCH",
                f"/api/sessions/{segment(session_id)}",
                headers={"If-Match": if_match},
                body=body,
            ),
            TutoringSession,
        )

    async def delete_tutoring_session(self, session_id: int) -> None:
        """Delete a session that was never started."""
        await self.call(Request("DELETE", f"/api/sessions/{segment(session_id)}"), type(None))

    async def list_tutoring_session_changes(
        self, session_id: int, *, limit: int | None = None, cursor: str | None = None
    ) -> SessionChangePage:
        """List who changed what in a session, and when."""
        return await self.call(
            Request(
                "GET",
                f"/api/sessions/{segment(session_id)}/history",
                query={"limit": limit, "cursor": cursor},
            ),
            SessionChangePage,
        )

    async def start_tutoring_session(self, session_id: int) -> TutoringSession:
        """Start a session, from 15 minutes before it begins."""
        return await self.call(
            Request("POST", f"/api/sessions/{segment(session_id)}/start"), TutoringSession
        )

    async def complete_tutoring_session(
        self, session_id: int, body: Completion | None = None
    ) -> TutoringSession:
        """Complete a session, from when it begins."""
        return await self.call(
            Request("POST", f"/api/sessions/{segment(session_id)}/complete", body=body),
            TutoringSession,
        )

    async def cancel_tutoring_session(
        self, session_id: int, body: TutoringCancellation | None = None
    ) -> TutoringSession:
        """Cancel a session, or what is still to come of its series."""
        return await self.call(
            Request("POST", f"/api/sessions/{segment(session_id)}/cancel", body=body),
            TutoringSession,
        )

    async def mark_attendance(self, session_id: int, body: AttendanceMarks) -> TutoringSession:
        """Mark who attended; null is unmarked."""
        return await self.call(
            Request("PUT", f"/api/sessions/{segment(session_id)}/attendance", body=body),
            TutoringSession,
        )

    async def list_reviews(
        self, session_id: int, *, limit: int | None = None, cursor: str | None = None
    ) -> ReviewPage:
        """List the reviews of a session."""
        return await self.call(
            Request(
                "GET",
                f"/api/sessions/{segment(session_id)}/reviews",
                query={"limit": limit, "cursor": cursor},
            ),
            ReviewPage,
        )

    async def create_review(
        self, session_id: int, body: NewReview, *, idempotency_key: str | None = None
    ) -> Review:
        """Review a completed session."""
        return await self.call(
            Request(
                "POST",
                f"/api/sessions/{segment(session_id)}/reviews",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            Review,
        )

    async def update_review(self, session_id: int, review_id: int, body: ReviewChanges) -> Review:
        """Update your review, within 14 days."""
        return await self.call(
            Request(
                "PATCH",
                f"/api/sessions/{segment(session_id)}/reviews/{segment(review_id)}",
                body=body,
            ),
            Review,
        )

    async def get_reminder(self, session_id: int) -> Reminder:
        """Get your reminder of a session."""
        return await self.call(
            Request("GET", f"/api/sessions/{segment(session_id)}/reminder"), Reminder
        )

    async def set_reminder(self, session_id: int, body: ReminderChoice) -> Reminder:
        """Override your reminder; null restores the default."""
        return await self.call(
            Request("PUT", f"/api/sessions/{segment(session_id)}/reminder", body=body), Reminder
        )

    async def create_tutoring_calendar_feed(self) -> CalendarAddress:
        """Create a secret address of your tutoring calendar; the former one is revoked."""
        return await self.call(Request("POST", "/api/sessions/calendar"), CalendarAddress)

    async def delete_tutoring_calendar_feed(self) -> None:
        """Revoke the secret address of your tutoring calendar."""
        await self.call(Request("DELETE", "/api/sessions/calendar"), type(None))

    async def get_tutoring_calendar_feed(self, token: str) -> str:
        """Get the tutoring calendar at a secret address, for calendar programs."""
        return await self.call(
            Request("GET", f"/api/sessions/calendar/{segment(token)}.ics", takes_token=False), str
        )

    async def list_whiteboards(
        self, *, enrolled_courses_id: int, limit: int | None = None, cursor: str | None = None
    ) -> WhiteboardPage:
        """List the whiteboards of an enrolment."""
        return await self.call(
            Request(
                "GET",
                "/api/whiteboards",
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "enrolled_courses_id": enrolled_courses_id,
                },
            ),
            WhiteboardPage,
        )

    async def create_whiteboard(
        self, body: NewWhiteboard, *, idempotency_key: str | None = None
    ) -> Whiteboard:
        """Create a whiteboard for an enrolment."""
        return await self.call(
            Request(
                "POST",
                "/api/whiteboards",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            Whiteboard,
        )

    async def get_whiteboard(self, whiteboard_id: int) -> Whiteboard:
        """Get a whiteboard."""
        return await self.call(
            Request("GET", f"/api/whiteboards/{segment(whiteboard_id)}"), Whiteboard
        )

    async def delete_whiteboard(self, whiteboard_id: int) -> None:
        """Delete a whiteboard; sessions that used it stay."""
        await self.call(Request("DELETE", f"/api/whiteboards/{segment(whiteboard_id)}"), type(None))

    async def close_whiteboard(self, whiteboard_id: int) -> Whiteboard:
        """Close a whiteboard: it can be read, not drawn on."""
        return await self.call(
            Request("POST", f"/api/whiteboards/{segment(whiteboard_id)}/close"), Whiteboard
        )

    async def list_strokes(
        self, whiteboard_id: int, *, after: int | None = None, limit: int | None = None
    ) -> DrawnStrokes:
        """List the strokes after a given one, in order; fewer than `limit` is all there is."""
        return await self.call(
            Request(
                "GET",
                f"/api/whiteboards/{segment(whiteboard_id)}/strokes",
                query={"after": after, "limit": limit},
            ),
            DrawnStrokes,
        )

    async def draw_strokes(self, whiteboard_id: int, body: NewStrokes) -> DrawnStrokes:
        """Append strokes; each is drawn once, however often it is sent."""
        return await self.call(
            Request("POST", f"/api/whiteboards/{segment(whiteboard_id)}/strokes", body=body),
            DrawnStrokes,
        )

    async def set_availability(self, body: NewAvailability) -> Availability:
        """Set the hours in which you teach."""
        return await self.call(
            Request("PUT", "/api/tutors/me/availability", body=body), Availability
        )

    async def get_availability(self, tutor_id: str) -> Availability:
        """Get the hours in which a tutor teaches."""
        return await self.call(
            Request("GET", f"/api/tutors/{segment(tutor_id)}/availability"), Availability
        )

    async def list_slots(
        self,
        tutor_id: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        duration: int | None = None,
    ) -> Slots:
        """List a tutor's free times; without a period, in the coming fortnight."""
        return await self.call(
            Request(
                "GET",
                f"/api/tutors/{segment(tutor_id)}/slots",
                query={"from": from_, "to": to, "tz": tz, "duration": duration},
            ),
            Slots,
        )

    async def get_tutor_rating(self, tutor_id: str) -> TutorRating:
        """Get how students and parents rate a tutor; each student counts once."""
        return await self.call(
            Request("GET", f"/api/tutors/{segment(tutor_id)}/rating", takes_token=False),
            TutorRating,
        )

    async def set_tutor_profile(self, body: NewTutorProfile) -> TutorProfile:
        """Set what you say about yourself on your public page; what is left out is empty then."""
        return await self.call(Request("PUT", "/api/tutors/me/profile", body=body), TutorProfile)

    async def get_tutor_page(self, tutor_id: str) -> TutorPage:
        """Get the public page of a tutor who offers an open course, or says something there."""
        return await self.call(
            Request("GET", f"/api/tutors/{segment(tutor_id)}", takes_token=False), TutorPage
        )

    async def list_tutors(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        q: str | None = None,
        subject: str | None = None,
        language: str | None = None,
        weekday: str | None = None,
        sort: Literal["rating", "newest"] | None = None,
    ) -> ListedTutorPage:
        """List the tutors who offer an open course, the best rated first."""
        return await self.call(
            Request(
                "GET",
                "/api/tutors",
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "q": q,
                    "subject": subject,
                    "language": language,
                    "weekday": weekday,
                    "sort": sort,
                },
            ),
            ListedTutorPage,
        )

    async def list_tutor_reviews(
        self, tutor_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> PublicReviewPage:
        """List what students and parents let anyone read about a tutor, newest first."""
        return await self.call(
            Request(
                "GET",
                f"/api/tutors/{segment(tutor_id)}/reviews",
                query={"limit": limit, "cursor": cursor},
                takes_token=False,
            ),
            PublicReviewPage,
        )

    def stream_whiteboard_events(
        self,
        room_id: int,
        *,
        ticket: str | None = None,
        last_event_id: str | None = None,
        timeout: float | None = None,
    ) -> AsyncEventStream:
        """Stream what happens in the room of a whiteboard."""
        return self.stream(
            Request("GET", f"/api/whiteboards/{segment(room_id)}/events", query={"ticket": ticket}),
            last_event_id,
            timeout,
        )

    async def list_texts(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        collection: Literal["tanakh", "mishnah", "talmud", None] = None,
        q: str | None = None,
    ) -> TextPage:
        """List the books in their traditional order."""
        return await self.call(
            Request(
                "GET",
                "/api/texts",
                query={"limit": limit, "cursor": cursor, "collection": collection, "q": q},
                takes_token=False,
            ),
            TextPage,
        )

    async def get_text(self, book: str) -> TextWithSections:
        """Get how a book is divided, by any of its names in English or Hebrew."""
        return await self.call(
            Request("GET", f"/api/texts/{segment(book)}", takes_token=False), TextWithSections
        )

    async def resolve_reference(self, ref: str) -> TextReference:
        """Resolve a reference: its canonical form, and the passages before and after it."""
        return await self.call(
            Request("GET", f"/api/texts/refs/{segment(ref)}", takes_token=False), TextReference
        )

    async def list_text_versions(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        book: str | None = None,
        language: str | None = None,
    ) -> TextVersionPage:
        """List the versions in which texts can be read, each with its licence."""
        return await self.call(
            Request(
                "GET",
                "/api/texts/versions",
                query={"limit": limit, "cursor": cursor, "book": book, "language": language},
                takes_token=False,
            ),
            TextVersionPage,
        )

    async def get_reference_text(
        self,
        ref: str,
        *,
        version: str | None = None,
        marks: Literal["all", "vowels", "none"] | None = None,
    ) -> Passages:
        """Get the words of a reference, up to 200 passages."""
        return await self.call(
            Request(
                "GET",
                f"/api/texts/refs/{segment(ref)}/text",
                query={"version": version, "marks": marks},
                takes_token=False,
            ),
            Passages,
        )

    async def get_section_text(
        self,
        book: str,
        number: int,
        *,
        version: str | None = None,
        marks: Literal["all", "vowels", "none"] | None = None,
    ) -> Passages:
        """Get the words of a chapter or a folio."""
        return await self.call(
            Request(
                "GET",
                f"/api/texts/{segment(book)}/sections/{segment(number)}",
                query={"version": version, "marks": marks},
                takes_token=False,
            ),
            Passages,
        )

    async def search_texts(
        self,
        *,
        q: str,
        version: str | None = None,
        marks: Literal["all", "vowels", "none"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        book: str | None = None,
        collection: Literal["tanakh", "mishnah", "talmud", None] = None,
    ) -> TextHitPage:
        """Look for words in the texts; a Hebrew word is also found after the letters put before it."""
        return await self.call(
            Request(
                "GET",
                "/api/texts/search",
                query={
                    "version": version,
                    "marks": marks,
                    "limit": limit,
                    "cursor": cursor,
                    "q": q,
                    "book": book,
                    "collection": collection,
                },
                takes_token=False,
            ),
            TextHitPage,
        )

    async def list_havrutas(
        self, *, limit: int | None = None, cursor: str | None = None, archived: bool | None = None
    ) -> HavrutaPage:
        """List your havrutas, newest first."""
        return await self.call(
            Request(
                "GET",
                "/api/havrutas",
                query={"limit": limit, "cursor": cursor, "archived": archived},
            ),
            HavrutaPage,
        )

    async def create_havruta(
        self, body: NewHavruta, *, idempotency_key: str | None = None
    ) -> Havruta:
        """Create a havruta for a book; you own it."""
        return await self.call(
            Request(
                "POST",
                "/api/havrutas",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            Havruta,
        )

    async def get_havruta(self, havruta_id: str) -> Havruta:
        """Get one of your havrutas."""
        return await self.call(Request("GET", f"/api/havrutas/{segment(havruta_id)}"), Havruta)

    async def update_havruta(
        self, havruta_id: str, body: HavrutaChanges, *, if_match: str
    ) -> Havruta:
        """Rename a havruta that you own, or say where it meets online."""
        return await self.call(
            Request(
                "PATCH",
                f"/api/havrutas/{segment(havruta_id)}",
                headers={"If-Match": if_match},
                body=body,
            ),
            Havruta,
        )

    async def archive_havruta(self, havruta_id: str) -> Havruta:
        """Archive a havruta that you own: it can be read, not changed; planned sessions are cancelled."""
        return await self.call(
            Request("POST", f"/api/havrutas/{segment(havruta_id)}/archive"), Havruta
        )

    async def list_havruta_members(
        self, havruta_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> HavrutaMemberPage:
        """List the members, in the order in which they joined."""
        return await self.call(
            Request(
                "GET",
                f"/api/havrutas/{segment(havruta_id)}/members",
                query={"limit": limit, "cursor": cursor},
            ),
            HavrutaMemberPage,
        )

    async def transfer_havruta(self, havruta_id: str, body: NewOwner) -> Havruta:
        """Make another member the owner of your havruta."""
        return await self.call(
            Request("POST", f"/api/havrutas/{segment(havruta_id)}/transfer", body=body), Havruta
        )

    async def leave_havruta(self, havruta_id: str) -> None:
        """Leave a havruta. Its owner transfers it first; an owner who is alone in it archives it by
        leaving.
        """
        await self.call(Request("POST", f"/api/havrutas/{segment(havruta_id)}/leave"), type(None))

    async def remove_havruta_member(
        self, havruta_id: str, user_id: str, body: HavrutaRemoval | None = None
    ) -> None:
        """Remove a member from a havruta that you own. They are told the reason, which is not kept here."""
        await self.call(
            Request(
                "DELETE",
                f"/api/havrutas/{segment(havruta_id)}/members/{segment(user_id)}",
                body=body,
            ),
            type(None),
        )

    async def get_havruta_progress(self, havruta_id: str) -> HavrutaProgress:
        """Get how far the havruta has come, and how long it took."""
        return await self.call(
            Request("GET", f"/api/havrutas/{segment(havruta_id)}/progress"), HavrutaProgress
        )

    async def list_havruta_history(
        self,
        havruta_id: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> CompletedHavrutaSessionPage:
        """List the completed sessions with the members who were present, newest first."""
        return await self.call(
            Request(
                "GET",
                f"/api/havrutas/{segment(havruta_id)}/history",
                query={"from": from_, "to": to, "tz": tz, "limit": limit, "cursor": cursor},
            ),
            CompletedHavrutaSessionPage,
        )

    async def list_havruta_messages(
        self,
        havruta_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        before: int | None = None,
        after: int | None = None,
    ) -> HavrutaMessagePage:
        """List the messages, newest first; `next` continues in the direction of the read."""
        return await self.call(
            Request(
                "GET",
                f"/api/havrutas/{segment(havruta_id)}/messages",
                query={"limit": limit, "cursor": cursor, "before": before, "after": after},
            ),
            HavrutaMessagePage,
        )

    async def send_havruta_message(
        self, havruta_id: str, body: NewMessage, *, idempotency_key: str | None = None
    ) -> HavrutaMessage:
        """Send a message to the other members."""
        return await self.call(
            Request(
                "POST",
                f"/api/havrutas/{segment(havruta_id)}/messages",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            HavrutaMessage,
        )

    async def update_havruta_message(
        self, havruta_id: str, message_id: str, body: MessageChange
    ) -> HavrutaMessage:
        """Edit your message, within 15 minutes."""
        return await self.call(
            Request(
                "PATCH",
                f"/api/havrutas/{segment(havruta_id)}/messages/{segment(message_id)}",
                body=body,
            ),
            HavrutaMessage,
        )

    async def delete_havruta_message(self, havruta_id: str, message_id: str) -> None:
        """Delete your message; as the owner, any message."""
        await self.call(
            Request(
                "DELETE", f"/api/havrutas/{segment(havruta_id)}/messages/{segment(message_id)}"
            ),
            type(None),
        )

    async def list_notes(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        ref: str | None = None,
        havruta_id: str | None = None,
        mine: bool | None = None,
    ) -> NotePage:
        """List your notes and those that are shared with you, newest first."""
        return await self.call(
            Request(
                "GET",
                "/api/notes",
                query={
                    "limit": limit,
                    "cursor": cursor,
                    "ref": ref,
                    "havruta_id": havruta_id,
                    "mine": mine,
                },
            ),
            NotePage,
        )

    async def create_note(self, body: NewNote, *, idempotency_key: str | None = None) -> Note:
        """Note something on a passage, for yourself or for the members of a havruta."""
        return await self.call(
            Request(
                "POST",
                "/api/notes",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            Note,
        )

    async def get_note(self, note_id: str) -> Note:
        """Get a note of yours, or one that is shared with you."""
        return await self.call(Request("GET", f"/api/notes/{segment(note_id)}"), Note)

    async def update_note(self, note_id: str, body: NoteChanges, *, if_match: str) -> Note:
        """Change what your note says, or with whom it is shared."""
        return await self.call(
            Request(
                "PATCH", f"/api/notes/{segment(note_id)}", headers={"If-Match": if_match}, body=body
            ),
            Note,
        )

    async def delete_note(self, note_id: str) -> None:
        """Delete your note."""
        await self.call(Request("DELETE", f"/api/notes/{segment(note_id)}"), type(None))

    async def list_havruta_sessions(
        self,
        havruta_id: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: str | None = None,
        series_id: str | None = None,
    ) -> ListedHavrutaSessionPage:
        """List the sessions of a havruta, newest first."""
        return await self.call(
            Request(
                "GET",
                f"/api/havrutas/{segment(havruta_id)}/sessions",
                query={
                    "from": from_,
                    "to": to,
                    "tz": tz,
                    "limit": limit,
                    "cursor": cursor,
                    "status": status,
                    "series_id": series_id,
                },
            ),
            ListedHavrutaSessionPage,
        )

    async def create_havruta_session(
        self, havruta_id: str, body: NewHavrutaSession, *, idempotency_key: str | None = None
    ) -> HavrutaSession:
        """Start an instant session, or plan one or a series; the answer is the first of a series."""
        return await self.call(
            Request(
                "POST",
                f"/api/havrutas/{segment(havruta_id)}/sessions",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            HavrutaSession,
        )

    async def list_own_havruta_sessions(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        tz: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: str | None = None,
    ) -> ListedHavrutaSessionPage:
        """List the sessions of all your havrutas, earliest first."""
        return await self.call(
            Request(
                "GET",
                "/api/havruta-sessions",
                query={
                    "from": from_,
                    "to": to,
                    "tz": tz,
                    "limit": limit,
                    "cursor": cursor,
                    "status": status,
                },
            ),
            ListedHavrutaSessionPage,
        )

    async def get_havruta_session(self, session_id: str) -> ListedHavrutaSession:
        """Get a session."""
        return await self.call(
            Request("GET", f"/api/havruta-sessions/{segment(session_id)}"), ListedHavrutaSession
        )

    async def update_havruta_session(
        self, session_id: str, body: HavrutaSessionChanges, *, if_match: str
    ) -> HavrutaSession:
        """Move a planned session or change its length, as the owner or the member who planned it."""
        return await self.call(
            Request(
                "PATCH",
                f"/api/havruta-sessions/{segment(session_id)}",
                headers={"If-Match": if_match},
                body=body,
            ),
            HavrutaSession,
        )

    async def start_havruta_session(self, session_id: str) -> HavrutaSession:
        """Start a planned session, from 15 minutes before its time to two hours after."""
        return await self.call(
            Request("POST", f"/api/havruta-sessions/{segment(session_id)}/start"), HavrutaSession
        )

    async def end_havruta_session(self, session_id: str) -> HavrutaSession:
        """End the session where it is, as the owner. Ending it again changes nothing."""
        return await self.call(
            Request("POST", f"/api/havruta-sessions/{segment(session_id)}/end"), HavrutaSession
        )

    async def preview_havruta_sessions(self, havruta_id: str, body: SessionPlan) -> SessionDates:
        """Preview when sessions planned like this would begin; none is planned."""
        return await self.call(
            Request("POST", f"/api/havrutas/{segment(havruta_id)}/sessions/preview", body=body),
            SessionDates,
        )

    async def cancel_havruta_session(
        self, session_id: str, body: HavrutaSessionCancellation | None = None
    ) -> HavrutaSession:
        """Cancel a planned session or more of its series, as the owner or the member who planned it."""
        return await self.call(
            Request("POST", f"/api/havruta-sessions/{segment(session_id)}/cancel", body=body),
            HavrutaSession,
        )

    async def answer_rsvp(self, session_id: str, body: RsvpAnswer) -> HavrutaSessionRsvp:
        """Say whether you mean to come."""
        return await self.call(
            Request("PUT", f"/api/havruta-sessions/{segment(session_id)}/rsvp", body=body),
            HavrutaSessionRsvp,
        )

    async def list_rsvps(self, session_id: str) -> HavrutaSessionRsvps:
        """List which members mean to come: one answer each at most."""
        return await self.call(
            Request("GET", f"/api/havruta-sessions/{segment(session_id)}/rsvps"),
            HavrutaSessionRsvps,
        )

    async def get_havruta_session_reminders(self, session_id: str) -> HavrutaSessionReminders:
        """Get when you are reminded of a planned session of your havruta."""
        return await self.call(
            Request("GET", f"/api/havruta-sessions/{segment(session_id)}/reminders"),
            HavrutaSessionReminders,
        )

    async def set_havruta_session_reminders(
        self, session_id: str, body: HavrutaSessionReminderChoice
    ) -> HavrutaSessionReminders:
        """Choose when you are reminded of a planned session; null restores the default."""
        return await self.call(
            Request("PUT", f"/api/havruta-sessions/{segment(session_id)}/reminders", body=body),
            HavrutaSessionReminders,
        )

    async def join_havruta_session(self, session_id: str) -> SessionState:
        """Join a session that is in progress."""
        return await self.call(
            Request("POST", f"/api/havruta-sessions/{segment(session_id)}/join"), SessionState
        )

    async def send_heartbeat(self, session_id: str) -> Heartbeat:
        """Send a heartbeat, every 15 to 30 seconds; after 90 seconds without one you count as absent."""
        return await self.call(
            Request("POST", f"/api/havruta-sessions/{segment(session_id)}/heartbeat"), Heartbeat
        )

    async def leave_havruta_session(self, session_id: str) -> None:
        """Leave the session. Its owner and navigator stay the same."""
        await self.call(
            Request("POST", f"/api/havruta-sessions/{segment(session_id)}/leave"), type(None)
        )

    async def get_havruta_session_state(
        self, session_id: str, *, since_seq: int | None = None
    ) -> SessionState:
        """Get where the session is in the text, who navigates and who is present."""
        return await self.call(
            Request(
                "GET",
                f"/api/havruta-sessions/{segment(session_id)}/state",
                query={"since_seq": since_seq},
            ),
            SessionState,
        )

    async def turn_page(self, session_id: str, body: NewPosition) -> SessionState:
        """Turn to a passage, as the navigator; in the mode `shared` every member may."""
        return await self.call(
            Request("PUT", f"/api/havruta-sessions/{segment(session_id)}/position", body=body),
            SessionState,
        )

    async def set_navigator(self, session_id: str, body: NewNavigator) -> SessionState:
        """Make a member who is present the navigator, as the navigator or the owner."""
        return await self.call(
            Request("PUT", f"/api/havruta-sessions/{segment(session_id)}/navigator", body=body),
            SessionState,
        )

    async def set_navigation_mode(self, session_id: str, body: NewNavigationMode) -> SessionState:
        """Let one member turn the pages, or every member, as the owner."""
        return await self.call(
            Request("PUT", f"/api/havruta-sessions/{segment(session_id)}/mode", body=body),
            SessionState,
        )

    async def list_havruta_invitations(
        self, havruta_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> InvitationPage:
        """List the invitations of a havruta, newest first."""
        return await self.call(
            Request(
                "GET",
                f"/api/havrutas/{segment(havruta_id)}/invitations",
                query={"limit": limit, "cursor": cursor},
            ),
            InvitationPage,
        )

    async def invite_to_havruta(
        self, havruta_id: str, body: NewInvitations, *, idempotency_key: str | None = None
    ) -> InvitationResults:
        """Invite people by e-mail, once your own address is verified."""
        return await self.call(
            Request(
                "POST",
                f"/api/havrutas/{segment(havruta_id)}/invitations",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            InvitationResults,
        )

    async def resend_invitation(self, invitation_id: str) -> Invitation:
        """Send the invitation again with a new token, valid for seven days; the old one is revoked."""
        return await self.call(
            Request("POST", f"/api/invitations/{segment(invitation_id)}/resend"), Invitation
        )

    async def revoke_invitation(self, invitation_id: str) -> Invitation:
        """Revoke an invitation."""
        return await self.call(
            Request("POST", f"/api/invitations/{segment(invitation_id)}/revoke"), Invitation
        )

    async def list_own_invitations(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> ReceivedInvitationPage:
        """List the open invitations to your verified address, newest first."""
        return await self.call(
            Request("GET", "/api/invitations/mine", query={"limit": limit, "cursor": cursor}),
            ReceivedInvitationPage,
        )

    async def preview_invitation(self, body: InvitationToken) -> ReceivedInvitation:
        """Get what the token in an e-mail invites to; nothing changes."""
        return await self.call(
            Request("POST", "/api/invitations/preview", body=body, takes_token=False),
            ReceivedInvitation,
        )

    async def accept_invitation_by_token(self, body: InvitationToken) -> ReceivedInvitation:
        """Join the havruta with the token from the e-mail that came to your own address."""
        return await self.call(
            Request("POST", "/api/invitations/accept", body=body), ReceivedInvitation
        )

    async def decline_invitation_by_token(self, body: InvitationToken) -> ReceivedInvitation:
        """Decline with the token from the e-mail; no account is needed."""
        return await self.call(
            Request("POST", "/api/invitations/decline", body=body, takes_token=False),
            ReceivedInvitation,
        )

    async def unsubscribe_from_invitations(self, unsubscribe_token: str) -> None:
        """End all e-mails with invitations to the address of an e-mail, by the token in it; no account is
        needed.
        """
        await self.call(
            Request(
                "POST",
                f"/api/invitations/unsubscribe/{segment(unsubscribe_token)}",
                takes_token=False,
            ),
            type(None),
        )

    async def accept_invitation(self, invitation_id: str) -> ReceivedInvitation:
        """Accept one of your invitations and join the havruta."""
        return await self.call(
            Request("POST", f"/api/invitations/{segment(invitation_id)}/accept"), ReceivedInvitation
        )

    async def decline_invitation(self, invitation_id: str) -> ReceivedInvitation:
        """Decline one of your invitations."""
        return await self.call(
            Request("POST", f"/api/invitations/{segment(invitation_id)}/decline"),
            ReceivedInvitation,
        )

    def stream_havruta_events(
        self,
        room_id: str,
        *,
        ticket: str | None = None,
        last_event_id: str | None = None,
        timeout: float | None = None,
    ) -> AsyncEventStream:
        """Stream what happens in the room of a havruta."""
        return self.stream(
            Request("GET", f"/api/havrutas/{segment(room_id)}/events", query={"ticket": ticket}),
            last_event_id,
            timeout,
        )

    def stream_havruta_session_events(
        self,
        room_id: str,
        *,
        ticket: str | None = None,
        last_event_id: str | None = None,
        timeout: float | None = None,
    ) -> AsyncEventStream:
        """Stream what happens in the room of a havruta session."""
        return self.stream(
            Request(
                "GET", f"/api/havruta-sessions/{segment(room_id)}/events", query={"ticket": ticket}
            ),
            last_event_id,
            timeout,
        )

    async def start_assessment_session(
        self, body: NewAssessmentSession | None = None, *, idempotency_key: str | None = None
    ) -> AssessmentSession:
        """Start an assessment, with or without an account."""
        return await self.call(
            Request(
                "POST",
                "/api/v2/session/start",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            AssessmentSession,
        )

    async def list_assessment_sessions(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        status: Literal[
            "active", "completed", "user_abandoned_not_completed", "expired", None
        ] = None,
    ) -> AssessmentSessionPage:
        """List your assessment sessions, newest first."""
        return await self.call(
            Request(
                "GET", "/api/v2/session", query={"limit": limit, "cursor": cursor, "status": status}
            ),
            AssessmentSessionPage,
        )

    async def get_assessment_session(self, session_id: str) -> ResumedSession:
        """Resume a session: get its page, its answers, its progress."""
        return await self.call(
            Request("GET", f"/api/v2/session/{segment(session_id)}"), ResumedSession
        )

    async def validate_assessment_session(self, session_id: str) -> SessionValidation:
        """Check whether a session can go on; nothing changes."""
        return await self.call(
            Request("GET", f"/api/v2/session/{segment(session_id)}/validate"), SessionValidation
        )

    async def turn_assessment_page(self, session_id: str, body: PageTurn) -> ResumedSession:
        """Turn to a page of the assessment."""
        return await self.call(
            Request("PUT", f"/api/v2/session/{segment(session_id)}/page", body=body), ResumedSession
        )

    async def abandon_assessment_session(self, session_id: str) -> AssessmentSession:
        """Abandon a session for good; its answers are kept."""
        return await self.call(
            Request("POST", f"/api/v2/session/{segment(session_id)}/abandon"), AssessmentSession
        )

    async def claim_assessment_session(self, session_id: str) -> AssessmentSession:
        """Claim a session that you started without an account."""
        return await self.call(
            Request("POST", f"/api/v2/session/{segment(session_id)}/claim"), AssessmentSession
        )

    async def complete_assessment_session(self, session_id: str) -> AssessmentSession:
        """Complete a session: it is scored and takes no more answers."""
        return await self.call(
            Request("POST", f"/api/v2/session/{segment(session_id)}/complete"), AssessmentSession
        )

    async def get_assessment_result(self, session_id: str) -> SessionResult:
        """Get the result of a completed session."""
        return await self.call(
            Request("GET", f"/api/v2/session/{segment(session_id)}/result"), SessionResult
        )

    async def submit_answer(self, body: SubmittedAnswer) -> SubmissionResult:
        """Answer a question, or change your answer."""
        return await self.call(
            Request("POST", "/api/v2/answers/submit", body=body), SubmissionResult
        )

    async def submit_answers(self, body: SubmittedAnswers) -> BatchResult:
        """Answer many questions; each answer is saved or refused by itself."""
        return await self.call(Request("POST", "/api/v2/answers/batch", body=body), BatchResult)

    async def list_assessments(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> AssessmentPage:
        """List the published assessments."""
        return await self.call(
            Request(
                "GET",
                "/api/v2/assessments",
                query={"limit": limit, "cursor": cursor},
                takes_token=False,
            ),
            AssessmentPage,
        )

    async def create_assessment(
        self, body: NewAssessment, *, idempotency_key: str | None = None
    ) -> AssessmentVersionDocument:
        """Create an assessment with a first draft."""
        return await self.call(
            Request(
                "POST",
                "/api/v2/assessments",
                headers={"Idempotency-Key": idempotency_key or new_key()},
                body=body,
            ),
            AssessmentVersionDocument,
        )

    async def get_assessment(self, slug: str) -> Assessment:
        """Get what an assessment is about."""
        return await self.call(
            Request("GET", f"/api/v2/assessments/{segment(slug)}", takes_token=False), Assessment
        )

    async def list_own_assessments(
        self, *, limit: int | None = None, cursor: str | None = None
    ) -> OwnAssessmentPage:
        """List the assessments you wrote, newest first."""
        return await self.call(
            Request("GET", "/api/v2/assessments/mine", query={"limit": limit, "cursor": cursor}),
            OwnAssessmentPage,
        )

    async def get_assessment_draft(self, slug: str) -> AssessmentVersionDocument:
        """Get the draft of your assessment; its `ETag` is what changes need."""
        return await self.call(
            Request("GET", f"/api/v2/assessments/{segment(slug)}/draft"), AssessmentVersionDocument
        )

    async def create_assessment_draft(
        self, slug: str, *, idempotency_key: str | None = None
    ) -> AssessmentVersionDocument:
        """Create a new draft from the newest version of your assessment."""
        return await self.call(
            Request(
                "POST",
                f"/api/v2/assessments/{segment(slug)}/draft",
                headers={"Idempotency-Key": idempotency_key or new_key()},
            ),
            AssessmentVersionDocument,
        )

    async def replace_assessment_draft(
        self, slug: str, body: AssessmentDraftChange, *, if_match: str
    ) -> AssessmentVersionDocument:
        """Replace the draft of your assessment."""
        return await self.call(
            Request(
                "PUT",
                f"/api/v2/assessments/{segment(slug)}/draft",
                headers={"If-Match": if_match},
                body=body,
            ),
            AssessmentVersionDocument,
        )

    async def delete_assessment_draft(self, slug: str, *, if_match: str) -> None:
        """Delete the draft of your assessment."""
        await self.call(
            Request(
                "DELETE",
                f"/api/v2/assessments/{segment(slug)}/draft",
                headers={"If-Match": if_match},
            ),
            type(None),
        )

    async def publish_assessment(self, slug: str, *, if_match: str) -> AssessmentVersionDocument:
        """Publish the draft: it never changes again, and new sessions are of this version."""
        return await self.call(
            Request(
                "POST",
                f"/api/v2/assessments/{segment(slug)}/publish",
                headers={"If-Match": if_match},
            ),
            AssessmentVersionDocument,
        )

    async def list_assessment_versions(
        self, slug: str, *, limit: int | None = None, cursor: str | None = None
    ) -> AssessmentVersionSummaryPage:
        """List the versions of your assessment, newest first."""
        return await self.call(
            Request(
                "GET",
                f"/api/v2/assessments/{segment(slug)}/versions",
                query={"limit": limit, "cursor": cursor},
            ),
            AssessmentVersionSummaryPage,
        )

    async def get_assessment_version(self, slug: str, number: int) -> AssessmentVersionDocument:
        """Get a version of your assessment with everything in it."""
        return await self.call(
            Request("GET", f"/api/v2/assessments/{segment(slug)}/versions/{segment(number)}"),
            AssessmentVersionDocument,
        )

    async def get_assessment_statistics(
        self, slug: str, *, version: int | None = None
    ) -> AssessmentStatistics:
        """Get how your assessment is doing: counts, never names."""
        return await self.call(
            Request(
                "GET", f"/api/v2/assessments/{segment(slug)}/statistics", query={"version": version}
            ),
            AssessmentStatistics,
        )

    async def get_own_experience(self) -> Experience:
        """Get your experience points; a question counts once."""
        return await self.call(Request("GET", "/api/v2/xp"), Experience)

    async def get_experience(self, user_id: str) -> PublicExperience:
        """Get the experience points that a person's profile shows."""
        return await self.call(
            Request("GET", f"/api/v2/xp/{segment(user_id)}", takes_token=False), PublicExperience
        )
