"""RULES: which kinds of notifications a person wants, by e-mail and in the app, and when no e-mail comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from chassis.clock import now
from user_service import accounts, blocks, unsubscribe_tokens
from user_service.events import EventType
from user_service.models import MailPreference, QuietHours, User, db
from user_service.notification_kinds import EMAILS, NotificationKind


@dataclass(frozen=True)
class Wanted:
    """Where a person wants a kind of notification."""

    email: bool
    in_app: bool


@dataclass(frozen=True)
class Preferences:
    """What a person wants: by kind, and the hours in which e-mails wait."""

    email: Mapping[str, bool]
    in_app: Mapping[str, bool]
    quiet_hours: QuietHours | None


BY_DEFAULT = {str(kind): Wanted(email.by_default, in_app=True) for kind, email in EMAILS.items()}
UNKNOWN = Wanted(email=False, in_app=True)


def of_person(user_id: UUID) -> Preferences:
    """All that the person wants."""
    wanted = _wanted(user_id)
    return Preferences(
        {kind: each.email for kind, each in wanted.items()},
        {kind: each.in_app for kind, each in wanted.items()},
        db.session.get(QuietHours, user_id),
    )


def set_all(
    user_id: UUID,
    email: Mapping[str, bool],
    in_app: Mapping[str, bool],
    quiet_hours: Mapping[str, time] | None,
) -> Preferences:
    """Replace the person's preferences; a kind that is left out returns to its default."""
    # Locked, because nothing may come after the account is erased.
    user = accounts.own(user_id, lock=True)
    wanted_before = wanted(user_id, NotificationKind.INVITATION).email
    for table in (MailPreference, QuietHours):
        db.session.execute(delete(table).where(table.user_id == user_id))
    db.session.add_all(
        MailPreference(
            user_id=user_id,
            kind=kind,
            wanted=email.get(kind, BY_DEFAULT[kind].email),
            in_app=in_app.get(kind, True),
        )
        for kind in sorted({*email, *in_app})
    )
    if quiet_hours:
        db.session.add(QuietHours(user_id=user_id, **quiet_hours))
    db.session.flush()
    _tell_if_changed(user, wanted_before)
    return of_person(user_id)


def unsubscribe(token: str) -> None:
    """Send the person no more e-mails of the kind, both of which the token names."""
    user_id, kind = unsubscribe_tokens.read(token)
    user = accounts.locked(user_id)
    wanted_before = wanted(user_id, NotificationKind.INVITATION).email
    said = db.session.get(MailPreference, (user_id, kind))
    if said is None:
        db.session.add(MailPreference(user_id=user_id, kind=kind, wanted=False))
    else:
        said.wanted = False
    db.session.flush()
    _tell_if_changed(user, wanted_before)


def on_email_proved(user: User) -> None:
    """Tell the services that e-mail invitations if the person wants none at the address now proved."""
    if not wanted(user.id, NotificationKind.INVITATION).email:
        _tell_of_invitation_emails(user, wanted=False)


def wanted(user_id: UUID, kind: str) -> Wanted:
    """Where the person wants notifications of this kind; those of an unknown kind are never e-mailed."""
    return _wanted(user_id).get(kind, UNKNOWN)


def email_due_at(user_id: UUID, begins_at: datetime | None) -> datetime:
    """When an e-mail about a notification goes out: now, or at the end of the person's quiet hours.

    One about a thing that begins before that would come too late, and does not wait.
    """
    present = now()
    row = db.session.execute(
        select(QuietHours, User.timezone)
        .join(User, User.id == QuietHours.user_id)
        .where(QuietHours.user_id == user_id)
    ).one_or_none()
    if row is None:
        return present
    hours, timezone = row
    end = _end_of_quiet(present.astimezone(ZoneInfo(timezone)), hours)
    if end is None or (begins_at and present < begins_at < end):
        return present
    return end


def _end_of_quiet(here: datetime, hours: QuietHours) -> datetime | None:
    """When the quiet hours that go on at the moment end; None outside of them."""
    clock, overnight = here.time(), hours.ends < hours.begins
    before_midnight = overnight and clock >= hours.begins
    if not (before_midnight or clock < hours.ends) or (not overnight and clock < hours.begins):
        return None
    day = here.date() + timedelta(days=1 if before_midnight else 0)
    return datetime.combine(day, hours.ends, here.tzinfo).astimezone(UTC)


def _wanted(user_id: UUID) -> dict[str, Wanted]:
    rows = db.session.scalars(select(MailPreference).where(MailPreference.user_id == user_id))
    return {**BY_DEFAULT, **{row.kind: Wanted(row.wanted, row.in_app) for row in rows}}


def _tell_if_changed(user: User, wanted_before: bool) -> None:
    now_wanted = wanted(user.id, NotificationKind.INVITATION).email
    if user.email_verified and now_wanted != wanted_before:
        _tell_of_invitation_emails(user, wanted=now_wanted)


def _tell_of_invitation_emails(user: User, *, wanted: bool) -> None:
    # The account is changed, so that the event has a version of its own.
    user.updated_at = now()
    mailbox = blocks.mailbox_sha256(user.email)
    event = EventType.INVITATION_EMAILS_CHANGED
    accounts.save(user, event, mailbox_sha256=mailbox, wanted=wanted)
