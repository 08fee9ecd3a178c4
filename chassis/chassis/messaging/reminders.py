"""Reminders: each is due at a time, and said once.

A service keeps its reminders in a table of its own, with the columns that are here. One is marked as sent in
the transaction that tells of it, so it is said once: however many workers there are, whenever one is killed.

`Reminders` says what is due. `RemindersBefore` knows besides when that is: so many minutes before something
begins. Each thing has its default reminders, for all who take part; a person who has chosen otherwise has
reminders of their own instead.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    Identity,
    Index,
    Integer,
    Select,
    SQLColumnExpression,
    UniqueConstraint,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute, Mapped, aliased, mapped_column

from chassis.clock import now
from chassis.data import statements
from chassis.messaging.messages import Messages

BATCH = 200
DEFAULT = (24 * 60, 15)
MOST, LONGEST = 5, 7 * 24 * 60
IDS = bindparam("ids", type_=ARRAY(Uuid))
AT = bindparam("at", type_=DateTime(timezone=True))

Told = Mapping[tuple[UUID, int], Sequence[UUID]]
"""The people to remind, by the thing and the minutes before it."""


@dataclass(frozen=True)
class Choice:
    """The minutes before something begins at which a person wants to be reminded; None if by default."""

    minutes_before: list[int] | None
    default_minutes_before: tuple[int, ...] = DEFAULT


class ReminderColumns:
    """When a reminder is due, NULL for never, and when it was said."""

    due_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]

    def set_due(self, due_at: datetime | None) -> None:
        """Say it at this time; one that was said at another time is said again."""
        if due_at != self.due_at:
            self.due_at, self.sent_at = due_at, None


class BeforeColumns(ReminderColumns):
    """A reminder so many minutes before something begins.

    Without a person it is for all who have chosen nothing. Without minutes it says that a person wants none.
    """

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    user_id: Mapped[UUID | None]
    minutes_before: Mapped[int | None]


Kind = TypeVar("Kind", bound=ReminderColumns)
Before = TypeVar("Before", bound=BeforeColumns)


def due_index(table: str) -> Index:
    """The index by which reminders that are due are found."""
    return Index(
        f"idx_{table}_due",
        "due_at",
        postgresql_where=text("sent_at IS NULL AND due_at IS NOT NULL"),
    )


def before_constraints(table: str, thing_id: str) -> tuple[Any, ...]:
    """The constraints and indexes of a table of reminders before things."""
    return (
        UniqueConstraint(thing_id, "user_id", "minutes_before", postgresql_nulls_not_distinct=True),
        CheckConstraint(f"minutes_before BETWEEN 0 AND {LONGEST}", name="minutes_before"),
        CheckConstraint("num_nonnulls(user_id, minutes_before) > 0", name="of_whom"),
        due_index(table),
        Index(f"idx_{table}_user", "user_id", postgresql_where=text("user_id IS NOT NULL")),
    )


class Reminders(Generic[Kind]):
    """The reminders of one service, in the table of `kind`.

    `tell` gets those that are due, and publishes what is to be said. It leaves out what no longer holds.
    """

    def __init__(
        self, messages: Messages, kind: type[Kind], tell: Callable[[Sequence[Kind]], None]
    ) -> None:
        self._messages = messages
        self._session = messages.db.session
        self._kind = kind
        self._tell = tell

    def send_due(self) -> int:
        """Say some of the reminders that are due; how many. A sweep goes on until there are none."""
        kind, at = self._kind, now()
        query = (
            select(kind)
            .where(kind.sent_at.is_(None), kind.due_at <= at)
            .order_by(kind.due_at)
            .limit(BATCH)
            # What is just being set again holds nothing up: it is due after that, if it is still.
            .with_for_update(skip_locked=True)
        )
        due = self._session.scalars(query.execution_options(populate_existing=True)).all()
        for reminder in due:
            # Also of what is not told: it would come up again with each round.
            reminder.sent_at = at
        # What is read now is as new as the reminders: a change of a thing sets its reminders after it.
        with self._messages.gathered():
            self._tell(due)
        return len(due)


class RemindersBefore(Reminders[Before]):
    """Reminders before things begin.

    `thing_id` is the column of `kind` that names the thing; `id_` and `begins` are columns of the things. Of
    those the `planned` ones are found by when they begin.
    `people_in` gives those who take part in each of some things; what no one is to be reminded of any more is
    left out. `tell` publishes what these people are told, by the thing and the minutes.
    """

    def __init__(
        self,
        messages: Messages,
        kind: type[Before],
        thing_id: str,
        id_: InstrumentedAttribute[UUID],
        begins: InstrumentedAttribute[datetime],
        planned: SQLColumnExpression[bool],
        people_in: Callable[[Collection[UUID]], Mapping[UUID, Collection[UUID]]],
        tell: Callable[[Told], None],
    ) -> None:
        super().__init__(messages, kind, self._tell_people)
        self._name = thing_id
        self._thing_id: InstrumentedAttribute[UUID] = getattr(kind, thing_id)
        self._people_in, self._publish = people_in, tell
        table = kind.__table__  # type: ignore[attr-defined]  # a mixin has none: its models do
        minutes = func.unnest(bindparam("minutes", type_=ARRAY(Integer))).column_valued("before")
        due_at = _due_before(begins, minutes)
        person = bindparam("user_id", type_=Uuid)
        rows = select(id_, person, minutes, due_at)
        columns = [thing_id, "user_id", "minutes_before", "due_at"]
        self._planning = insert(table).from_select(columns, rows.where(id_ == any_(IDS)))
        row = table.c
        self._replanning = (
            update(table)
            .where(row[thing_id] == id_, id_ == any_(IDS))
            .values(due_at=_due_before(begins, row.minutes_before), sent_at=None)
        )
        self._adding = (
            postgresql.insert(table)
            .from_select(columns, rows.where(id_ == any_(IDS)))
            .on_conflict_do_nothing()
        )
        right = begins - func.make_interval(0, 0, 0, 0, 0, row.minutes_before)
        # NULL is right of what was late when it was set.
        is_wrong = or_(row.due_at != right, and_(row.due_at.is_(None), right >= AT))
        self._correcting = self._replanning.where(is_wrong)
        ahead = select(id_).where(begins > AT, planned).order_by(begins).limit(BATCH)
        # What is just being changed is found in the next round, if need be.
        ahead = ahead.with_for_update(key_share=True, skip_locked=True)
        of_thing = select(row.id).where(row[thing_id] == id_)
        self._unplanned = ahead.where(~of_thing.where(row.user_id.is_(None)).exists())
        self._moved = ahead.where(of_thing.where(is_wrong).exists())

    def plan(self, ids: Collection[UUID]) -> None:
        """Set the default reminders of new things, which are written. Those that are late are never said."""
        self._set(self._planning, ids, user_id=None, minutes=list(DEFAULT))

    def replan(self, ids: Collection[UUID]) -> None:
        """Set the reminders of things that begin at another time now; what was said is said again."""
        self._set(self._replanning, ids)

    def reconcile(self) -> int:
        """Set the reminders of some things ahead that code without reminders began or moved; of how many.

        Such code goes on for some minutes while the first with reminders is deployed. A sweep goes on until
        there are none. What was said of a thing that was not moved is not said again.
        """
        unplanned, moved = self._locked(self._unplanned), self._locked(self._moved)
        self._set(self._adding, unplanned, user_id=None, minutes=list(DEFAULT))
        self._set(self._correcting, moved)
        return len(unplanned) + len(moved)

    def choice(self, thing_id: UUID, user_id: UUID) -> Choice:
        """What the person chose, the longest first."""
        own = self._of(thing_id, user_id)
        rows = self._session.scalars(select(self._kind.minutes_before).where(*own)).all()
        chosen = sorted((minutes for minutes in rows if minutes is not None), reverse=True)
        return Choice(chosen if rows else None)

    def choose(self, thing_id: UUID, user_id: UUID, minutes: Collection[int] | None) -> None:
        """Remind the person at these times, at none, or for None by default. The thing is locked.

        A time that is over already is not said any more.
        """
        self._session.execute(delete(self._kind).where(*self._of(thing_id, user_id)))
        if minutes is not None:
            times: list[int | None] = [*sorted(set(minutes))] or [None]
            self._set(self._planning, [thing_id], user_id=user_id, minutes=times)

    def forget(self, user_id: UUID) -> None:
        """Forget what the person chose."""
        self._session.execute(delete(self._kind).where(self._kind.user_id == user_id))

    def _of(self, thing_id: UUID, user_id: UUID) -> Sequence[ColumnElement[bool]]:
        return (self._thing_id == thing_id, self._kind.user_id == user_id)

    def _set(self, statement: Any, ids: Collection[UUID], **values: Any) -> None:
        values |= {"ids": list(ids), "at": now()}
        statements.execute(self._session, statement, values)

    def _locked(self, things: Select[UUID]) -> Sequence[UUID]:
        return self._session.scalars(things, {"at": now()}).all()

    def _tell_people(self, due: Sequence[Before]) -> None:
        ids = {self._thing_of(reminder) for reminder in due}
        if not ids:
            return
        people = self._people_in(ids)
        choosers = self._choosers(ids)
        outdated = self._outdated([reminder.id for reminder in due])
        told: dict[tuple[UUID, int], list[UUID]] = {}
        for reminder in due:
            thing_id, minutes = self._thing_of(reminder), reminder.minutes_before
            if reminder.id in outdated or minutes is None:
                continue
            here = people.get(thing_id, ())
            whom = [
                person
                for person in here
                if person == reminder.user_id
                or (reminder.user_id is None and (thing_id, person) not in choosers)
            ]
            if whom:
                told.setdefault((thing_id, minutes), []).extend(whom)
        self._publish(told)

    def _thing_of(self, reminder: Before) -> UUID:
        thing_id: UUID = getattr(reminder, self._name)
        return thing_id

    def _choosers(self, ids: Collection[UUID]) -> set[tuple[UUID, UUID | None]]:
        """The people who chose something, each after the thing."""
        chosen = select(self._thing_id, self._kind.user_id).where(
            self._thing_id.in_(ids), self._kind.user_id.is_not(None)
        )
        return {(thing_id, user_id) for thing_id, user_id in self._session.execute(chosen)}

    def _outdated(self, ids: Sequence[int]) -> set[int]:
        """Those whose person is reminded of the same at a later time that has come, too: one is enough."""
        later = aliased(self._kind)
        kind = self._kind
        query = (
            select(kind.id)
            .join(later, getattr(later, self._name) == self._thing_id)
            .where(kind.id.in_(ids), later.user_id.is_not_distinct_from(kind.user_id))
            .where(later.due_at <= now(), later.due_at > kind.due_at)
        )
        return set(self._session.scalars(query))


def _due_before(
    begins: ColumnElement[datetime] | InstrumentedAttribute[datetime], minutes: ColumnElement[Any]
) -> ColumnElement[datetime | None]:
    """When that is, or NULL if it is over."""
    due_at = begins - func.make_interval(0, 0, 0, 0, 0, minutes)
    return case((due_at >= AT, due_at))
