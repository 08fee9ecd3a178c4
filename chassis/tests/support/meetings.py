"""Meetings that people are reminded of, next to the notes."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select, true
from sqlalchemy.orm import Mapped, mapped_column

from chassis.messaging.reminders import BeforeColumns, RemindersBefore, Told, before_constraints
from chassis.messaging.worker import Sweep, run_sweep

from .notes import Base, db, messages


class Meeting(Base):
    __tablename__ = "meetings"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    begins_at: Mapped[datetime]


class Guest(Base):
    __tablename__ = "guests"
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey(Meeting.id), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)


class MeetingReminder(BeforeColumns, Base):
    __tablename__ = "meeting_reminders"
    __table_args__ = before_constraints("meeting_reminders", "meeting_id")
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey(Meeting.id))


def guests_of(meeting_ids: Collection[UUID]) -> Mapping[UUID, Collection[UUID]]:
    guests: dict[UUID, list[UUID]] = {}
    for guest in db.session.scalars(select(Guest).where(Guest.meeting_id.in_(meeting_ids))):
        guests.setdefault(guest.meeting_id, []).append(guest.user_id)
    return guests


def tell(told: Told) -> None:
    for (meeting_id, minutes), people in told.items():
        data = {"people": [str(person) for person in people], "minutes": minutes}
        messages.publish_event("reminded", meeting_id, 1, data)


def reminders_told_by(tell: Callable[[Told], None]) -> RemindersBefore[MeetingReminder]:
    return RemindersBefore(
        messages,
        MeetingReminder,
        "meeting_id",
        Meeting.id,
        Meeting.begins_at,
        true(),
        guests_of,
        tell,
    )


reminders = reminders_told_by(tell)


def sweep() -> int:
    return run_sweep(messages, Sweep("reminders", 5, reminders.send_due))
