"""Where in the tables of this service a person is."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from user_service.models import (
    Application,
    Block,
    CalendarFeed,
    EmailChange,
    EmailToken,
    FormerUsername,
    KnownDevice,
    MailPreference,
    Notification,
    Passkey,
    PasskeyChallenge,
    QuietHours,
    RecoveryCode,
    RefreshToken,
    Report,
    SecondFactor,
    SignIn,
    SignInTicket,
    Suspension,
    User,
)


def about(user_id: UUID) -> dict[str, ColumnElement[bool]]:
    """For each table with people in it, the condition that finds this person's rows."""
    sign_ins = select(SignIn.id).where(SignIn.user_id == user_id)
    return {
        "users": User.id == user_id,
        "sign_ins": SignIn.user_id == user_id,
        # A refresh token names its sign-in, and that names the person.
        "refresh_tokens": RefreshToken.family_id.in_(sign_ins),
        "email_tokens": EmailToken.user_id == user_id,
        "email_changes": EmailChange.user_id == user_id,
        "former_usernames": FormerUsername.user_id == user_id,
        "notifications": Notification.user_id == user_id,
        "mail_preferences": MailPreference.user_id == user_id,
        "quiet_hours": QuietHours.user_id == user_id,
        "known_devices": KnownDevice.user_id == user_id,
        "second_factors": SecondFactor.user_id == user_id,
        "recovery_codes": RecoveryCode.user_id == user_id,
        "passkeys": Passkey.user_id == user_id,
        "passkey_challenges": PasskeyChallenge.user_id == user_id,
        "sign_in_tickets": SignInTicket.user_id == user_id,
        "suspensions": Suspension.user_id == user_id,
        "applications": Application.user_id == user_id,
        "calendar_feeds": CalendarFeed.user_id == user_id,
        # Others who block the person do so without their knowledge.
        "blocks": Block.blocker_id == user_id,
        # Those about the person name the people who made them.
        "reports": Report.reporter_id == user_id,
    }
