"""The operations of the model as a resident calls them.

Each is one request, but for what has to be there first: a session to leave, a time to book.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from benchmarks.scale.city import Resident, account, new_name

RADIUS = 5.0  # km
ZOOM = 12
WIDE = 0.1  # degrees, of a map
WORDS = ("ברא", "אור", "שלום", "מלך", "תורה", "ארץ")
CHAPTERS = 50
WORDING = "Shall we begin at the second verse, and read the commentary afterwards?"

Act = Callable[[Resident], Awaitable[Any]]


async def get_page(one: Resident) -> None:
    """Get the page of the web client; its files are kept by browsers."""
    (await one.http.get(f"{one.gateway}/")).raise_for_status()


async def register_account(one: Resident) -> None:
    await one.register_account(account(new_name()))


async def stream_user_events(one: Resident) -> None:
    """Open the stream of a page, and close it."""
    async with one.stream_user_events(rooms="mine"):
        pass


async def search_study_sessions(one: Resident) -> None:
    await one.search_study_sessions(lat=one.lat, lng=one.lng, radius_km=RADIUS)


async def cluster_study_sessions(one: Resident) -> None:
    lat, lng = (at + one.chance.uniform(-WIDE, WIDE) for at in (one.lat, one.lng))
    bbox = f"{lng - WIDE:.3f},{lat - WIDE:.3f},{lng + WIDE:.3f},{lat + WIDE:.3f}"
    await one.cluster_study_sessions(bbox=bbox, zoom=ZOOM)


async def leave_study_session(one: Resident) -> None:
    """Leave the last one; people stay in the first, as they write there."""
    if len(one.joined) == 1:
        await one.join()
    await one.leave_study_session(one.joined.pop())


async def send_message(one: Resident) -> None:
    await one.send_message(one.joined[0], {"content": WORDING, "client_message_id": str(uuid4())})


async def get_section_text(one: Resident) -> None:
    await one.get_section_text("Genesis", one.chance.randrange(1, CHAPTERS + 1))


async def search_texts(one: Resident) -> None:
    await one.search_texts(q=one.chance.choice(WORDS))


async def create_note(one: Resident) -> None:
    chapter = one.chance.randrange(1, CHAPTERS + 1)
    await one.create_note({"ref": f"Genesis {chapter}:1", "text": WORDING})


async def list_bookable_times(one: Resident) -> None:
    """List those of a person's own course; tutors list their students."""
    if not one.enrolment_id:
        await one.list_enrollments()
        return
    found = await one.list_bookable_times(one.enrolment_id)
    one.times = [each["starts_at"] for each in found["items"]]


async def create_booking(one: Resident) -> None:
    """Book one of the times that were listed."""
    if not one.times:
        await list_bookable_times(one)
    if one.times:
        begins = one.times.pop(one.chance.randrange(len(one.times)))
        await one.create_booking(one.enrolment_id, {"starts_at": begins})


async def get_calendar(one: Resident) -> None:
    today = datetime.now(UTC)
    await one.get_calendar(from_=today.isoformat(), to=(today + timedelta(days=7)).isoformat())


async def submit_answer(one: Resident) -> None:
    await one.submit_answer(
        {
            "session_id": one.attempt_id,
            "question_id": one.chance.choice(one.questions),
            "value": one.chance.randrange(1, 6),
        }
    )


ACTS: Mapping[str, Act] = {
    "get_page": get_page,
    "log_in": Resident.enter,
    "register_account": register_account,
    "refresh_tokens": Resident.renew,
    "stream_user_events": stream_user_events,
    "get_dashboard": Resident.get_dashboard,
    "list_notifications": Resident.list_notifications,
    "search_places": lambda one: one.search_places(q="jer"),
    "search_study_sessions": search_study_sessions,
    "cluster_study_sessions": cluster_study_sessions,
    "get_study_session": lambda one: one.get_study_session(one.chance.choice(one.city.sessions)),
    "list_participants": lambda one: one.list_participants(one.joined[0]),
    "create_study_session": Resident.host,
    "join_study_session": Resident.join,
    "leave_study_session": leave_study_session,
    "list_own_study_sessions": Resident.list_own_study_sessions,
    "list_messages": lambda one: one.list_messages(one.joined[0]),
    "send_message": send_message,
    "list_havrutas": Resident.list_havrutas,
    "get_havruta": lambda one: one.get_havruta(one.havruta_id),
    "list_havruta_messages": lambda one: one.list_havruta_messages(one.havruta_id),
    "send_havruta_message": lambda one: one.send_havruta_message(
        one.havruta_id, {"content": WORDING}
    ),
    "get_section_text": get_section_text,
    "search_texts": search_texts,
    "list_notes": Resident.list_notes,
    "create_note": create_note,
    "list_courses": Resident.list_courses,
    "get_course": lambda one: one.get_course(one.chance.choice(one.city.courses)),
    "list_enrollments": Resident.list_enrollments,
    "list_tutoring_sessions": Resident.list_tutoring_sessions,
    "list_bookable_times": list_bookable_times,
    "create_booking": create_booking,
    "get_calendar": get_calendar,
    "list_assessments": Resident.list_assessments,
    "start_assessment_session": Resident.begin,
    "submit_answer": submit_answer,
    "get_assessment_session": lambda one: one.get_assessment_session(one.attempt_id),
}
