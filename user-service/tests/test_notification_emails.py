"""What e-mails about notifications say, to whom, in which language, and what they do not say."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis.data.db import in_transaction
from chassis.testing.calendars import (
    Program,
    read_by_ical_js,
    read_by_icalendar,
    read_by_vobject,
)
from chassis.testing.letters import wrong_with_catalogues
from user_service import notifications
from user_service.models import db
from user_service.notification_kinds import EMAILS, NotificationKind

from .support.emails import take_emails
from .support.notifications import a_request

Join = Callable[..., Any]
SESSION = "8f14e45f-ceea-467f-a8f2-1d9f3a2b6c70"
MOVED = {
    "title": "Evening Hebrew",
    "starts_at": "2027-05-02T18:00:00Z",
    "previous_starts_at": "2027-05-02T17:00:00Z",
    "path": f"/api/study-sessions/{SESSION}",
    "count": 3,
    "reason": "The library is closed.",
}


@pytest.fixture
def ruth(client: FlaskClient, join: Join) -> Any:
    """A person in Jerusalem who wants every e-mail."""
    ruth = join("ruth")
    change(client, ruth, timezone="Asia/Jerusalem")
    wanted = {"email": dict.fromkeys(NotificationKind, True)}
    client.put("/api/notifications/preferences", json=wanted, headers=ruth.headers)
    return ruth


def change(client: FlaskClient, person: Any, **values: str) -> None:
    answer = client.patch("/api/users/me", json=values, headers=person.headers)
    assert answer.status_code == 200


def emailed(
    app: Flask,
    person: Any,
    kind: str = NotificationKind.SESSION_MOVED,
    data: dict[str, Any] | None = None,
    actor: UUID | None = None,
    **more: Any,
) -> EmailMessage:
    """The e-mail that the person gets about this, written now."""
    take_emails(app)
    asked = a_request(kind, data=data or MOVED, actor=actor, **more)
    with app.app_context():
        in_transaction(db.session, lambda: notifications.notify(asked, person.id))
    [message] = take_emails(app)
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content())


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body
    return str(body.get_content())


def test_the_catalogues_have_each_message_of_the_code_and_its_translation() -> None:
    assert wrong_with_catalogues("user_service") == ""


def test_an_email_says_what_who_when_and_why_and_leads_to_it(
    app: Flask, client: FlaskClient, join: Join, ruth: Any
) -> None:
    message = emailed(app, ruth, actor=join("boaz").id)
    assert message["Subject"] == "Boaz moved Evening Hebrew to another time · Lyceum"
    text = text_of(message)
    assert "When: Sunday, May 2, 2027, 9:00\u00a0PM · Israel Daylight Time" in text
    assert "Before: Sunday, May 2, 2027, 8:00\u00a0PM · Israel Daylight Time" in text
    assert "How many: 3 sessions, of which this is the first" in text
    assert "“The library is closed.”" in text
    page = f"http://lyceum.test/study-sessions/{SESSION}"
    assert f"\n{page}\n" in text
    assert f'href="{page}"' in html_of(message)


def test_an_email_says_where_by_name_and_by_link(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    room = "https://meet.example.org/room-7?a=1&b=2"
    where = {"location": "The reading room", "meeting_url": room}
    message = emailed(app, ruth, data={**MOVED, **where}, calendar=[EVENT])
    assert "Where: The reading room\n" in text_of(message)
    assert f"Online: {room}\n" in text_of(message)
    escaped = room.replace("&", "&amp;")
    assert f'href="{escaped}"' in html_of(message)
    [(_, calendar)] = calendars_of(message)
    assert calendar.walk("VEVENT")[0]["LOCATION"] == "The reading room"


def test_a_reader_of_hebrew_gets_hebrew_from_right_to_left(
    app: Flask, client: FlaskClient, join: Join, ruth: Any
) -> None:
    change(client, ruth, locale="he-IL")
    message = emailed(app, ruth, actor=join("boaz").id)
    subject = "מפגש הועבר למועד אחר על ידי \u2068Boaz\u2069: \u2068Evening Hebrew\u2069 · Lyceum"
    assert message["Subject"] == subject
    assert "מתי: יום ראשון, 2 במאי 2027, 21:00 · שעון ישראל (קיץ)" in text_of(message)
    html = html_of(message)
    assert '<html lang="he" dir="rtl">' in html
    assert "<bdi>Evening Hebrew</bdi>" in html


@pytest.mark.parametrize("locale", ["en", "he"])
@pytest.mark.parametrize("kind", NotificationKind)
def test_every_kind_says_who_did_it_and_what_it_is_about(
    app: Flask, client: FlaskClient, join: Join, ruth: Any, kind: NotificationKind, locale: str
) -> None:
    change(client, ruth, locale=locale)
    message = emailed(app, ruth, kind, actor=join("boaz").id)
    subject = str(message["Subject"])
    said = EMAILS[kind].usual
    sentence = said.by or said.otherwise
    assert ("Boaz" in subject) is ("%(name)s" in sentence)
    assert ("Evening Hebrew" in subject) is ("%(title)s" in sentence)
    assert any("\u05d0" <= letter <= "\u05ea" for letter in subject) is (locale == "he")
    assert "%(" not in text_of(message)


@pytest.mark.parametrize("kind", NotificationKind)
def test_every_variant_says_it_in_its_own_words(kind: NotificationKind) -> None:
    email = EMAILS[kind]
    said = [email.sentence({field: value}) for field, value, _ in email.variants]
    assert len({*said, email.usual}) == len(email.variants) + 1


def test_a_person_who_is_kept_apart_is_not_named(
    app: Flask, client: FlaskClient, join: Join, ruth: Any
) -> None:
    boaz = join("boaz")
    take_emails(app)
    asked = a_request(NotificationKind.SESSION_MOVED, data=MOVED, actor=boaz.id)
    with app.app_context():
        in_transaction(db.session, lambda: notifications.notify(asked, ruth.id))
    client.put(f"/api/users/me/blocks/{boaz.id}", headers=ruth.headers)
    [message] = take_emails(app)
    assert message["Subject"] == "Evening Hebrew was moved to another time · Lyceum"
    assert "Boaz" not in text_of(message)


def test_what_people_wrote_is_no_link_and_no_markup(app: Flask, ruth: Any) -> None:
    data = {
        **MOVED,
        "title": "<a href='http://evil.example'>Win</a>",
        "reason": "http://evil.example",
    }
    message = emailed(app, ruth, data=data)
    for content in (str(message["Subject"]), text_of(message), html_of(message)):
        assert "evil.example" not in content
        assert "evil.\u2060example" in content
    assert "<a href='http" not in html_of(message)
    assert "http://evil" not in text_of(message)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/api/sessions/7/reviews", "sessions/7"),
        ("/api/v2/study-sessions/7", "study-sessions/7"),
        ("/api/enrollments", "enrollments"),
        ("/api/havrutas/7/invitations", "havrutas/7"),
        ("/api/invitations/mine", "invitations"),
        ("/api/weather", "notifications"),
        ("//evil.example/api/sessions/7", "notifications"),
        (None, "notifications"),
    ],
)
def test_the_button_leads_to_the_page_of_the_thing(
    app: Flask, ruth: Any, path: str | None, page: str
) -> None:
    text = text_of(emailed(app, ruth, data={**MOVED, "path": path}))
    assert f"\nhttp://lyceum.test/{page}\n" in text


def test_an_email_loads_nothing(app: Flask, ruth: Any) -> None:
    html = html_of(emailed(app, ruth))
    for way in ("<img", "src=", "url(", "<script", "<link", "@import"):
        assert way not in html


EVENT = {
    "uid": "study-session-7@lyceum",
    "sequence": 3,
    "status": "CONFIRMED",
    "starts_at": "2027-05-02T18:00:00Z",
    "ends_at": "2027-05-02T19:30:00Z",
}


def calendars_of(message: EmailMessage) -> list[tuple[str, icalendar.Calendar]]:
    """The method that each part for calendars names, and what is in it."""
    found = []
    for part in message.iter_attachments():
        assert part.get_content_type() == "text/calendar"
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found.append(
            (str(part["Content-Type"].params["method"]), icalendar.Calendar.from_ical(content))
        )
    return found


@pytest.mark.parametrize(
    ("kind", "method", "status"),
    [
        (NotificationKind.SESSION_PLANNED, "REQUEST", "CONFIRMED"),
        (NotificationKind.SESSION_MOVED, "REQUEST", "CONFIRMED"),
        (NotificationKind.SESSION_CANCELLED, "CANCEL", "CANCELLED"),
    ],
)
def test_an_email_tells_calendars_what_the_feed_has(
    app: Flask, ruth: Any, kind: NotificationKind, method: str, status: str
) -> None:
    told = {**EVENT, "status": status}
    message = emailed(app, ruth, kind, calendar=[told, {**told, "uid": "study-session-8@lyceum"}])
    (named, calendar), (_, second) = calendars_of(message)
    assert named == calendar["METHOD"] == method
    [event] = calendar.walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (EVENT["uid"], 3, status)
    assert event["SUMMARY"] == "Evening Hebrew"
    assert event.decoded("DTSTART") == datetime(2027, 5, 2, 18, tzinfo=UTC)
    assert event.end == datetime(2027, 5, 2, 19, 30, tzinfo=UTC)
    assert event["ATTENDEE"] == "mailto:ruth@example.org"
    assert event["ORGANIZER"] == "mailto:lyceum@localhost"
    assert event["URL"] == f"http://lyceum.test/study-sessions/{SESSION}"
    assert second.walk("VEVENT")[0]["UID"] == "study-session-8@lyceum"


@pytest.mark.parametrize("read", [read_by_icalendar, read_by_vobject, read_by_ical_js])
def test_programs_read_the_series_that_an_email_tells(app: Flask, ruth: Any, read: Program) -> None:
    series = {
        **EVENT,
        "uid": "series-7@lyceum",
        "timezone": "Asia/Jerusalem",
        "rule": "FREQ=WEEKLY;COUNT=4",
        "last_starts_at": "2027-05-23T18:00:00Z",
        "left_out": ["2027-05-09"],
    }
    moved = {
        **EVENT,
        "uid": "series-7@lyceum",
        "timezone": "Asia/Jerusalem",
        "starts_at": "2027-05-17T18:00:00Z",
        "ends_at": "2027-05-17T19:30:00Z",
        "occurrence": "2027-05-16T18:00:00Z",
    }
    email = emailed(app, ruth, NotificationKind.SESSION_MOVED, calendar=[series, moved])
    [part] = email.iter_attachments()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert [(one.starts_at.day, one.starts_at.hour, one.sequence) for one in read(content)] == [
        (2, 18, 3),
        (17, 18, 3),
        (23, 18, 3),
    ]


def test_a_session_that_is_moved_again_is_emailed_again(app: Flask, ruth: Any) -> None:
    take_emails(app)
    sent = []
    for sequence in (3, 4):
        calendar = [{**EVENT, "sequence": sequence}]
        about = "study_session:7"
        asked = a_request(
            NotificationKind.SESSION_MOVED, about=about, data=MOVED, calendar=calendar
        )
        with app.app_context():
            in_transaction(db.session, lambda asked=asked: notifications.notify(asked, ruth.id))
        [message] = take_emails(app)
        [(_, found)] = calendars_of(message)
        sent.append(found.walk("VEVENT")[0]["SEQUENCE"])
    assert sent == [3, 4]


def test_an_email_about_what_is_in_no_calendar_has_no_part_for_one(app: Flask, ruth: Any) -> None:
    assert calendars_of(emailed(app, ruth)) == []
