"""RULES: what an e-mail about a notification says: what, who, when, where and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.letters.languages import Language, marked
from chassis.letters.letter import Letter, Link
from chassis.letters.quoting import quoted
from user_service import blocks, unsubscribe_tokens
from user_service.models import Notification, User, db
from user_service.notification_kinds import EMAILS, Email, NotificationKind
from user_service.pages import address, link, page_of

MOST_OF_A_NAME, MOST_OF_A_TITLE, MOST_OF_A_REASON = 60, 100, 1000
SETTINGS, UNSUBSCRIBE = "account/notifications", "notifications/unsubscribe"
# What a thing without a title is called: by the id that the data has of it.
UNTITLED = {
    "havruta_id": marked("a havruta"),
    "enrollment_id": marked("a course"),
    "course_id": marked("a course"),
}
A_SESSION = marked("a session")


def about(note: Notification, reader: User, language: Language) -> Letter:
    """What the e-mail about the notification says to its reader."""
    email = EMAILS[NotificationKind(note.kind)]
    sentence = _sentence(email, note, reader, language)
    data = note.data
    return Letter(
        subject=sentence,
        name=_quoted(reader.display_name, MOST_OF_A_NAME, language),
        lead=f"{sentence}.",
        facts=list(_facts(note, reader, language)),
        quote=_quoted(data.get("reason"), MOST_OF_A_REASON, language),
        action=Link(language.say(email.action), page_of(data.get("path"))),
        small=[
            language.say("You get this e-mail because your settings ask for e-mails of this kind.")
        ],
        links=[
            Link(language.say("Choose what is e-mailed"), address(SETTINGS)),
            Link(
                language.say("Do not e-mail me about this any more"),
                link(
                    UNSUBSCRIBE, unsubscribe_tokens.token_for(reader.id, note.kind), kind=note.kind
                ),
            ),
        ],
    )


def title_of(note: Notification, language: Language) -> str:
    """What the thing is called, or what it is if it has no title."""
    title = _quoted(note.data.get("title"), MOST_OF_A_TITLE, language)
    return title or _untitled(note.data, language)


def _sentence(email: Email, note: Notification, reader: User, language: Language) -> str:
    said, title = email.sentence(note.data), note.data.get("title")
    values = {"title": title_of(note, language)}
    actor = _name_of(note.actor_id, reader.id)
    if said.by and actor:
        values["name"] = _quoted(actor, MOST_OF_A_NAME, language)
        return language.say(said.by, **values)
    sentence = language.say(said.otherwise, **values)
    return sentence if title else sentence[0].upper() + sentence[1:]


def _untitled(data: dict[str, Any], language: Language) -> str:
    for field, words in UNTITLED.items():
        if field in data:
            return language.say(words)
    return language.say(A_SESSION)


def _name_of(actor_id: UUID | None, reader_id: UUID) -> str | None:
    """What the person is called; None without an account, or if the reader and they are kept apart."""
    query = select(User.display_name).where(
        User.id == actor_id,
        User.deleted_at.is_(None),
        ~blocks.keeps_apart(reader_id, User.id.expression),
    )
    return db.session.scalar(query)


def _facts(
    note: Notification, reader: User, language: Language
) -> Iterator[tuple[str, str | Link]]:
    data, say = note.data, language.say
    if book := _quoted(data.get("book"), MOST_OF_A_TITLE, language):
        yield say("Book"), book
    if starts_at := data.get("starts_at"):
        yield say("When"), _moment(starts_at, reader, language)
    if previous := data.get("previous_starts_at"):
        yield say("Before"), _moment(previous, reader, language)
    if (count := data.get("count") or 1) > 1:
        yield (
            say("How many"),
            language.counted(
                "%(number)d session", "%(number)d sessions, of which this is the first", count
            ),
        )
    if place := _quoted(data.get("location"), MOST_OF_A_TITLE, language):
        yield say("Where"), place
    if meeting_url := data.get("meeting_url"):
        # Services take only https addresses of public hosts, written in ASCII.
        yield say("Online"), Link(meeting_url, meeting_url)
    if rating := data.get("rating"):
        yield say("Rating"), say("%(rating)d of 5", rating=rating)
    if expires_at := data.get("expires_at"):
        yield say("Open until"), _moment(expires_at, reader, language)
    if note.times > 1:
        yield (
            say("How often"),
            language.counted("%(number)d time", "%(number)d times; this was the last", note.times),
        )


def _moment(moment: str, reader: User, language: Language) -> str:
    return language.moment(datetime.fromisoformat(moment), reader.timezone)


def _quoted(text: str | None, most: int, language: Language) -> str:
    return quoted(text or "", most, right_to_left=language.is_right_to_left)
