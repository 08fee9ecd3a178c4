"""The tables of this service."""

from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.clock import now
from chassis.data.db import database, models_registry, one_of
from chassis.data.stored_answers import keys_table
from chassis.messaging.messages import Messages
from user_service.notification_kinds import NotificationKind


class Role(StrEnum):
    """What a person may do everywhere. Who hosts, owns or teaches a thing is kept with the thing."""

    LEARNER = "learner"
    TUTOR = "tutor"
    PARENT = "parent"
    AUTHOR = "author"
    ADMIN = "admin"


class Purpose(StrEnum):
    """What a token in an e-mail is good for."""

    VERIFY = "verify"
    RESET = "reset"
    CHANGE = "change"
    REVERT = "revert"


class AppliedRole(StrEnum):
    """A role that people apply for."""

    TUTOR = "tutor"
    AUTHOR = "author"


class ApplicationStatus(StrEnum):
    """What became of an application: `PENDING` first, and then one of the others for good."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ReportedThing(StrEnum):
    """What can be reported."""

    PERSON = "person"
    STUDY_SESSION = "study_session"
    MESSAGE = "message"
    HAVRUTA = "havruta"
    HAVRUTA_MESSAGE = "havruta_message"
    NOTE = "note"


class ReportKind(StrEnum):
    """Why it is reported."""

    HARASSMENT = "harassment"
    HATE = "hate"
    SEXUAL = "sexual"
    DANGER = "danger"
    SPAM = "spam"
    IMPERSONATION = "impersonation"
    OTHER = "other"


class ReportDecision(StrEnum):
    """What an admin does about a report."""

    DISMISS = "dismiss"
    HIDE = "hide"
    SUSPEND = "suspend"


ROLES = ", ".join(f"'{role}'" for role in Role)
# Literal, because PostgreSQL does not use a partial index for a parameter.
IS_ADMIN = "'admin' = ANY (roles)"
IS_UNREAD = "read_at IS NULL"
# The address as bytes: `convert_to` would do the same, but cannot be indexed.
EMAIL_SHA256 = r"encode(sha256(decode(replace(lower(email), '\', '\\'), 'escape')), 'hex')"
IS_OPEN_REPORT = "decided_at IS NULL"


class Base(DeclarativeBase):
    registry = models_registry()


db = database(Base)
idempotency_keys = keys_table(Base.metadata)
messages = Messages(db, "user-service")


class User(Base):
    """An account. A deleted one keeps its id and nothing about the person."""

    __tablename__ = "users"
    __table_args__ = (
        Index("users_email_lower_key", text("lower(email)"), unique=True),
        Index("users_username_lower_key", text("lower(username)"), unique=True),
        Index("idx_users_email", "email"),
        Index("idx_users_username", "username"),
        # In the database it is ordered by COLLATE "C"; Alembic, which compares the two, does not
        # see collations.
        Index("idx_users_username_prefix", "username", postgresql_where=text("deleted_at IS NULL")),
        Index(
            "idx_users_erasures",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL AND erasure_repeated_at IS NULL"),
        ),
        Index("idx_users_admins", "id", postgresql_where=text(IS_ADMIN)),
        Index("idx_users_email_sha256", text(EMAIL_SHA256)),
        CheckConstraint("username ~ '^[a-z0-9_.-]{3,50}$'", name="username"),
        CheckConstraint(
            f"roles <@ ARRAY[{ROLES}]::varchar[] AND cardinality(roles) > 0", name="roles"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    email: Mapped[str] = mapped_column(String(255), unique=True)
    username: Mapped[str] = mapped_column(String(50), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(255))
    avatar_url: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime | None] = mapped_column(default=now, server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(
        default=now, onupdate=now, server_default=func.now()
    )
    bio: Mapped[str | None] = mapped_column(String(1000))
    timezone: Mapped[str] = mapped_column(String(50), server_default="UTC")
    locale: Mapped[str] = mapped_column(String(20), server_default="en")
    roles: Mapped[list[str]] = mapped_column(
        ARRAY(String(20)), server_default=text("ARRAY['learner']::varchar[]")
    )
    email_verified_at: Mapped[datetime | None]
    # The address that the person wants, and has not proved yet.
    pending_email: Mapped[str | None] = mapped_column(String(255))
    username_changed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    erasure_repeated_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    stream_position: Mapped[int] = mapped_column(server_default=text("0"))

    # A write that has read an older version fails instead of undoing another (PreconditionFailed).
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own way to say it

    @property
    def email_verified(self) -> bool:
        return self.email_verified_at is not None


class SignIn(Base):
    """A person signed in on a device: a family of refresh tokens, each made from the one before.

    Its address is `/api/auth/sessions`, as clients call it. It is no `Session` here, because on this
    platform a session is what people study in, and in SQLAlchemy what statements run in.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (Index("idx_sign_ins_user_created", "user_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    device: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
    # When the person last showed a code of the second factor, or a passkey, within it.
    confirmed_at: Mapped[datetime | None]


class RefreshToken(Base):
    """One refresh token, as the hash of it. It is spent when it is replaced by the next."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index(
            "refresh_tokens_live_key",
            "family_id",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("idx_refresh_tokens_family", "family_id"),
        Index("idx_refresh_tokens_expiry", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    family_id: Mapped[UUID] = mapped_column(ForeignKey("sign_ins.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class EmailToken(Base):
    """The hash of a token that was e-mailed. The token works once, for the address it was sent to."""

    __tablename__ = "email_tokens"
    __table_args__ = (
        one_of("purpose", Purpose),
        Index("idx_email_tokens_user", "user_id", "purpose"),
        Index("idx_email_tokens_expiry", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    # The address that it proves, where that is another than the account's.
    address: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class EmailChange(Base):
    """An account had another e-mail address before, to which there is a way back for a week."""

    __tablename__ = "email_changes"
    __table_args__ = (
        Index("idx_email_changes_user", "user_id"),
        Index("idx_email_changes_old_email", text("lower(old_email)")),
        Index("idx_email_changes_changed_at", "changed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    old_email: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(default=now)
    reverted_at: Mapped[datetime | None]


class FormerUsername(Base):
    """A username that is kept for the person who had it."""

    __tablename__ = "former_usernames"
    __table_args__ = (
        Index("idx_former_usernames_user", "user_id"),
        Index("idx_former_usernames_kept_until", "kept_until"),
    )

    username: Mapped[str] = mapped_column(String(50), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kept_until: Mapped[datetime]


class Notification(Base):
    """What a person is told; once for each event, however often the event is delivered.

    Of all that is unread, one is of this kind and about this thing: the newest.

    The service that asks for it names the kind, which may be one that `NotificationKind` does not have yet.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint("kind ~ '^[a-z_]+$'", name="kind"),
        Index("notifications_event_user_key", "event_id", "user_id", unique=True),
        Index(
            "notifications_unread_about_key",
            "user_id",
            "kind",
            "about",
            unique=True,
            postgresql_where=text(IS_UNREAD),
        ),
        Index("idx_notifications_user_created", "user_id", "created_at", "id"),
        Index(
            "idx_notifications_unread",
            "user_id",
            "created_at",
            "id",
            postgresql_where=text(IS_UNREAD),
        ),
        Index(
            "idx_notifications_author",
            "author_id",
            postgresql_where=text("author_id IS NOT NULL"),
        ),
        Index(
            "idx_notifications_coauthor",
            "coauthor_id",
            postgresql_where=text("coauthor_id IS NOT NULL"),
        ),
        Index(
            "idx_notifications_actor",
            "actor_id",
            postgresql_where=text("actor_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    event_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(50))
    # The aggregate of the event; null in rows that were written before this column.
    about: Mapped[str | None] = mapped_column(String(100))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # The fields of `data` that another person wrote, and who: without a foreign key, because a service
    # may say what a person wrote before this one has heard of them.
    author_id: Mapped[UUID | None]
    # They go with this person's account, too.
    coauthor_id: Mapped[UUID | None]
    words: Mapped[list[str]] = mapped_column(
        ARRAY(String(50)), server_default=text("'{}'"), default=list
    )
    # Also in `data`, where people are shown it.
    actor_id: Mapped[UUID | None]
    times: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    # False if the person wants no more than an e-mail about it.
    in_app: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    emailed_at: Mapped[datetime | None]
    # What the e-mail about it puts into calendars.
    calendar: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]


class MailPreference(Base):
    """Where a person wants this kind of notification, if they have said so: by e-mail, in the app."""

    __tablename__ = "mail_preferences"
    __table_args__ = (one_of("kind", NotificationKind),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(50), primary_key=True)
    wanted: Mapped[bool]
    in_app: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class QuietHours(Base):
    """From when until when, on the person's clock, e-mails about notifications wait."""

    __tablename__ = "quiet_hours"
    __table_args__ = (CheckConstraint("begins <> ends", name="ends"),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    begins: Mapped[time]
    ends: Mapped[time]


class KnownDevice(Base):
    """A device on which the person has signed in before, as the hash of its token."""

    __tablename__ = "known_devices"
    __table_args__ = (
        Index("idx_known_devices_user", "user_id", "last_used_at"),
        Index("idx_known_devices_last_used", "last_used_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime] = mapped_column(default=now)


class SecondFactor(Base):
    """The secret of a person's app for codes, sealed. It counts once it is confirmed by a first code."""

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    sealed_secret: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    # The half minute of the last code that was taken: no code works twice.
    last_step: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class RecoveryCode(Base):
    """The hash of a code that works once instead of the app's. A used one is deleted."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("idx_recovery_codes_user", "user_id"),)

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class SignInTicket(Base):
    """The hash of a ticket: the password was right, and a code of the second factor is waited for."""

    __tablename__ = "sign_in_tickets"
    __table_args__ = (
        Index("idx_sign_in_tickets_user", "user_id", "created_at"),
        Index("idx_sign_in_tickets_expiry", "expires_at"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    failures: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class Passkey(Base):
    """The public half of a key pair (WebAuthn), with which an authenticator signs its owner in."""

    __tablename__ = "passkeys"
    __table_args__ = (
        CheckConstraint("length(credential_id) BETWEEN 1 AND 1023", name="credential_id"),
        Index("idx_passkeys_user", "user_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    # A COSE_Key (RFC 9052, section 7).
    public_key: Mapped[bytes]
    # How often it has signed, as its authenticator counts; 0 where none is counted.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(100))
    # Whether it may be copied to other devices of its owner, and whether it is.
    backup_eligible: Mapped[bool]
    backed_up: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """The hash of a challenge that an authenticator has not signed yet.

    With a person it is for a new passkey of theirs, without one for a proof by any passkey.
    """

    __tablename__ = "passkey_challenges"
    __table_args__ = (
        Index("idx_passkey_challenges_user", "user_id", "created_at"),
        Index("idx_passkey_challenges_expiry", "expires_at"),
    )

    challenge_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class Suspension(Base):
    """An account that an admin has closed to its owner, and opened again if it was lifted."""

    __tablename__ = "suspensions"
    __table_args__ = (
        Index(
            "suspensions_open_key",
            "user_id",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index("idx_suspensions_user", "user_id", "suspended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(500))
    suspended_at: Mapped[datetime] = mapped_column(default=now)
    suspended_by: Mapped[UUID]
    lift_reason: Mapped[str | None] = mapped_column(String(500))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]


IS_SUSPENDED = Suspension.lifted_at.is_(None)


class Block(Base):
    """A person keeps another away. `number` grows: a block after an end of it has a larger one."""

    __tablename__ = "blocks"
    __table_args__ = (
        UniqueConstraint("blocker_id", "blocked_id"),
        CheckConstraint("blocker_id <> blocked_id", name="two_people"),
        Index("idx_blocks_blocked", "blocked_id"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    blocker_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    blocked_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Application(Base):
    """A person asks for a role, and an admin accepts or declines it. One of each role is pending."""

    __tablename__ = "applications"
    __table_args__ = (
        one_of("role", AppliedRole),
        one_of("status", ApplicationStatus),
        CheckConstraint(
            "num_nonnulls(decided_at, decided_by)"
            " = CASE WHEN status IN ('accepted', 'declined') THEN 2 ELSE 0 END",
            name="decided",
        ),
        CheckConstraint(
            "CASE status WHEN 'declined' THEN reason IS NOT NULL"
            " WHEN 'accepted' THEN true ELSE reason IS NULL END",
            name="reason",
        ),
        CheckConstraint("cardinality(subjects) <= 20", name="subjects"),
        Index(
            "applications_pending_key",
            "user_id",
            "role",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index("idx_applications_user", "user_id", "created_at", "id"),
        Index("idx_applications_status", "status", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(2000))
    subjects: Mapped[list[str]] = mapped_column(ARRAY(String(100)))
    status: Mapped[str] = mapped_column(
        String(20), default=ApplicationStatus.PENDING, server_default="pending"
    )
    created_at: Mapped[datetime] = mapped_column(default=now)
    # What the person is told by the admin who decided it.
    reason: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class Report(Base):
    """A person tells the admins of another, or of what that person wrote, which is kept as it was.

    Without a reporter or an author that account was deleted, and nothing that it wrote is left here.
    """

    __tablename__ = "reports"
    __table_args__ = (
        one_of("about", ReportedThing),
        one_of("kind", ReportKind),
        one_of("decision", ReportDecision),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided"),
        Index(
            "reports_open_key",
            "reporter_id",
            "about",
            "about_id",
            unique=True,
            postgresql_where=text(IS_OPEN_REPORT),
        ),
        Index("idx_reports_open", "created_at", "id", postgresql_where=text(IS_OPEN_REPORT)),
        Index(
            "idx_reports_open_about",
            "about",
            "about_id",
            postgresql_where=text(IS_OPEN_REPORT),
        ),
        Index(
            "idx_reports_decided",
            "decided_at",
            "id",
            postgresql_where=text("decided_at IS NOT NULL"),
        ),
        Index("idx_reports_reporter", "reporter_id", "created_at", "id"),
        Index("idx_reports_author", "author_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    about: Mapped[str] = mapped_column(String(20))
    about_id: Mapped[UUID]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    words: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(String(2000))
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    decision: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(500))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]


class CalendarFeed(Base):
    """The secret address of a person's calendar, as the hash of its token. There is one at a time."""

    __tablename__ = "calendar_feeds"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_read_at: Mapped[datetime | None]
