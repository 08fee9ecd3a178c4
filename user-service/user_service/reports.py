"""RULES: people report others, and what they wrote; an admin decides, and all who reported it are told."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from chassis.clock import now
from chassis.data.keyset import ordered
from chassis.data.limits import LimitReached, require_room
from chassis.errors import Conflict, NotFound
from chassis.pages import Page, cut
from user_service import accounts, admins, notifications, suspensions, trail
from user_service.events import EventType
from user_service.models import (
    Report,
    ReportDecision,
    ReportedThing,
    ReportKind,
    User,
    db,
    messages,
)
from user_service.notification_kinds import NotificationKind

DAY = timedelta(days=1)
KEPT = timedelta(days=365)
BATCH = 1000
IS_OPEN = Report.decided_at.is_(None)


class ReportState(StrEnum):
    """Whether a report waits for a decision."""

    OPEN = "open"
    DECIDED = "decided"


class OwnWords(Conflict):
    """You cannot report yourself, or what you wrote."""

    code = "own_words"


class AlreadyReported(Conflict):
    """You have reported this, and it is not decided yet."""

    code = "already_reported"


class ReportLimitReached(LimitReached):
    """You have made as many reports within 24 hours as one person may; `most` is how many."""

    code = "report_limit_reached"
    most = 20


class ReportDecided(Conflict):
    """The report was decided before."""

    code = "report_decided"


def file(
    reporter_id: UUID,
    about: ReportedThing,
    about_id: UUID,
    author_id: UUID,
    words: Mapping[str, Any],
    kind: ReportKind,
    text: str | None,
) -> Report:
    """Keep a report with the words that it is about. The database refuses a second open one."""
    accounts.own(reporter_id)
    if author_id == reporter_id:
        raise OwnWords
    # A deletion leaves no words in reports, so none may come after it.
    accounts.unchanged(reporter_id, author_id)
    lately = select(Report.id).where(
        Report.reporter_id == reporter_id, Report.created_at > now() - DAY
    )
    require_room(db.session, ReportLimitReached, lately, of=reporter_id)
    report = Report(
        about=about,
        about_id=about_id,
        author_id=author_id,
        words=dict(words),
        kind=kind,
        text=text,
        reporter_id=reporter_id,
    )
    db.session.add(report)
    db.session.flush()
    trail.note("report.made", reporter_id, author_id, report_id=str(report.id))
    return report


def own(reporter_id: UUID, limit: int, cursor: str | None) -> Page[Report]:
    """The reports that the person has made, newest first."""
    columns = [Report.created_at, Report.id]
    query = select(Report).where(Report.reporter_id == reporter_id)
    rows = db.session.scalars(ordered(query, columns, limit, cursor, descending=True)).all()
    return cut(rows, limit, lambda row: (row.created_at, row.id))


def found(
    state: ReportState, author_id: UUID | None, limit: int, cursor: str | None
) -> Page[Report]:
    """Reports for admins: open ones, the oldest first, or decided ones, the newest decision first."""
    is_open = state == ReportState.OPEN
    columns = [Report.created_at if is_open else Report.decided_at, Report.id]
    query = select(Report).where(IS_OPEN if is_open else ~IS_OPEN)
    if author_id:
        query = query.where(Report.author_id == author_id)
    rows = db.session.scalars(ordered(query, columns, limit, cursor, descending=not is_open)).all()
    return cut(rows, limit, lambda row: (row.created_at if is_open else row.decided_at, row.id))


def decide(
    report_id: UUID, decision: ReportDecision, reason: str, *, by: UUID, present: UUID
) -> Report:
    """Decide all open reports of the same thing, and tell who made them.

    To hide it tells the service that has it. To suspend its author hides it, too.
    """
    admins.require(by, present)
    report = db.session.get(Report, report_id)
    if report is None:
        raise NotFound
    # Before the reports, as where an account is deleted.
    author = accounts.locked(report.author_id) if report.author_id else None
    alike = _lock_open(report)
    if report not in alike:
        raise ReportDecided(decision=report.decision)
    if author and decision != ReportDecision.DISMISS:
        _hide(report, author, reason, by)
    if author and decision == ReportDecision.SUSPEND and not suspensions.of_person(author.id):
        suspensions.suspend(author.id, reason, by=by, present=present)
    for one in alike:
        one.decision, one.reason, one.decided_at, one.decided_by = decision, reason, now(), by
    db.session.flush()
    _tell_reporters(alike)
    target = report.author_id
    trail.note("report.decided", by, target, report_id=str(report_id), decision=str(decision))
    return report


def forget(user_id: UUID) -> None:
    """Leave nothing of what the person wrote in reports, nor that it was they."""
    made = Report.reporter_id == user_id
    db.session.execute(update(Report).where(made).values(reporter_id=None, text=None))
    theirs = Report.author_id == user_id
    # There is nothing to decide any more.
    closed = {"decision": ReportDecision.DISMISS, "decided_at": now()}
    db.session.execute(update(Report).where(theirs, IS_OPEN).values(closed))
    db.session.execute(update(Report).where(theirs).values(author_id=None, words={}, text=None))


def forget_old() -> int:
    """Delete reports that were decided long ago; the number of them."""
    old = select(Report.id).where(Report.decided_at < now() - KEPT).limit(BATCH)
    deletion = delete(Report).where(Report.id.in_(old)).returning(Report.id)
    return len(db.session.scalars(deletion).all())


def _lock_open(report: Report) -> Sequence[Report]:
    alike = (
        select(Report)
        .where(Report.about == report.about, Report.about_id == report.about_id, IS_OPEN)
        .order_by(Report.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(alike).all()
    if report not in found:
        db.session.refresh(report)
    return found


def _hide(report: Report, author: User, reason: str, by: UUID) -> None:
    if report.about == ReportedThing.PERSON:
        author.display_name, author.bio, author.avatar_url = author.username, None, None
        accounts.save(author, actor=by)
    else:
        thing = {"about": report.about, "about_id": str(report.about_id)}
        aggregate_id = f"{report.about}:{report.about_id}"
        # Nothing is older than another: its author may write it again, and then it is hidden again.
        messages.publish_event(EventType.CONTENT_HIDDEN, aggregate_id, 1, thing, actor=by)
    told = {"about": report.about, "about_id": str(report.about_id), "reason": reason}
    about = f"hidden:{report.about_id}"
    notifications.tell(author.id, NotificationKind.CONTENT_HIDDEN, about, told, reason_by=by)


def _tell_reporters(reports: Sequence[Report]) -> None:
    """Tell what became of it, and not why: the reason is for the author."""
    # In one order, because each account gets locked.
    for report in sorted(reports, key=lambda report: str(report.reporter_id)):
        if report.reporter_id is None:
            continue
        told = {
            "report_id": str(report.id),
            "about": report.about,
            "about_id": str(report.about_id),
            "decision": str(report.decision),
        }
        about = f"report:{report.id}"
        notifications.tell(report.reporter_id, NotificationKind.REPORT_DECIDED, about, told)
