"""Invitations, and which addresses want them."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.clock import now
from chassis.data.db import one_of
from havruta_service.models.base import Base
from havruta_service.models.havrutas import Havruta


class InvitationStatus(StrEnum):
    """What became of an invitation."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


class InvitationLanguage(StrEnum):
    """In which language an invitation is e-mailed."""

    ENGLISH = "en"
    HEBREW = "he"


class InvitationFacts:
    """What follows from the columns of an invitation, of an entity as of a row that is only read."""

    if TYPE_CHECKING:
        invitee_email: Mapped[str]
        status: Mapped[str]
        expires_at: Mapped[datetime]

    @property
    def current_status(self) -> InvitationStatus:
        return self.status_at(now())

    @property
    def masked_email(self) -> str:
        """Enough of the address to recognise your own: `r***@e***.org`."""
        local, _, domain = self.invitee_email.rpartition("@")
        name, dot, rest = domain.rpartition(".")
        return f"{local[:1]}***@{name[:1]}***{dot}{rest}"

    def status_at(self, time: datetime) -> InvitationStatus:
        """The status by the clock, written down or not."""
        if self.status == InvitationStatus.PENDING and self.expires_at <= time:
            return InvitationStatus.EXPIRED
        return InvitationStatus(self.status)


class Invitation(InvitationFacts, Base):
    """An invitation by e-mail. `invitation_token` is the SHA-256 of the token in the e-mail, once that was
    sent.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        one_of("status", InvitationStatus),
        one_of("language", InvitationLanguage),
        CheckConstraint("status <> 'accepted' OR accepted_by IS NOT NULL", name="accepted_by"),
        Index(
            "invitations_one_pending_key",
            "havruta_id",
            text("lower(invitee_email)"),
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "idx_invitations_pending_email",
            text("lower(invitee_email)"),
            postgresql_where=text("status = 'pending'"),
        ),
        Index("idx_invitations_havruta", "havruta_id", "created_at", "id"),
        Index("idx_invitations_inviter", "inviter_id", "created_at"),
        Index("idx_invitations_accepted_by", "accepted_by"),
        Index("idx_invitations_expiry", "expires_at", postgresql_where=text("status = 'pending'")),
        Index(
            "idx_invitations_ended_in_vain",
            text("COALESCE(responded_at, expires_at)"),
            postgresql_where=text("status IN ('declined', 'expired', 'revoked')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    havruta_id: Mapped[UUID] = mapped_column(ForeignKey("havrutas.id", ondelete="CASCADE"))
    inviter_id: Mapped[UUID]
    inviter_name: Mapped[str] = mapped_column(String(100), server_default="")
    inviter_username: Mapped[str] = mapped_column(String(50), server_default="")
    invitee_email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(
        String(2), server_default="en", default=InvitationLanguage.ENGLISH
    )
    status: Mapped[str] = mapped_column(
        String(20), server_default="pending", default=InvitationStatus.PENDING
    )
    invitation_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_sent_at: Mapped[datetime] = mapped_column(default=now)
    responded_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None]

    havruta: Mapped[Havruta] = relationship(lazy="raise_on_sql")


class InvitationSend(Base):
    """A person asked for an e-mail with an invitation. It counts, whether one went out or not."""

    __tablename__ = "invitation_sends"
    __table_args__ = (
        Index("idx_invitation_sends_sender", "sender_id", "sent_at"),
        Index("idx_invitation_sends_sent_at", "sent_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    sender_id: Mapped[UUID]
    sent_at: Mapped[datetime] = mapped_column(default=now)


class InvitationEmail(Base):
    """An e-mail with an invitation went to an address, from any sender."""

    __tablename__ = "invitation_emails"
    __table_args__ = (
        Index("idx_invitation_emails_address", "address_sha256", "sent_at"),
        Index("idx_invitation_emails_sent_at", "sent_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    address_sha256: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(default=now)


class InvitationRefusal(Base):
    """The address declined an invitation of this person to this havruta."""

    __tablename__ = "invitation_refusals"
    __table_args__ = (
        Index("idx_invitation_refusals_inviter", "inviter_id"),
        Index("idx_invitation_refusals_refused_at", "refused_at"),
    )

    address_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    havruta_id: Mapped[UUID] = mapped_column(
        ForeignKey("havrutas.id", ondelete="CASCADE"), primary_key=True
    )
    inviter_id: Mapped[UUID] = mapped_column(primary_key=True)
    refused_at: Mapped[datetime]


class InvitationOptOut(Base):
    """The address wants no e-mail with an invitation from anyone."""

    __tablename__ = "invitation_opt_outs"

    address_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    opted_out_at: Mapped[datetime]


class Mailbox(Base):
    """The mailbox of a person who blocks or is blocked, as its SHA-256: invitations know addresses alone."""

    __tablename__ = "mailboxes"
    __table_args__ = (Index("idx_mailboxes_address", "address_sha256"),)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    address_sha256: Mapped[str] = mapped_column(String(64))
    proved_at: Mapped[datetime]
