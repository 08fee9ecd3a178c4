"""Values for the examples in the documentation: one session of the demo, an evening in Jerusalem."""

from datetime import timedelta

from chassis.clock import now, rfc3339
from chassis.web.openapi_examples import BOAZ, RUTH, Vocabulary
from study_session_service.places import ATTRIBUTION

SESSION = "e2e99d12-4757-52c0-b411-59ca1b5514a8"
LENGTH = 90  # minutes
# A session is announced at most a year ahead: the date moves on, so that the example can always be sent.
EVENING = (now() + timedelta(days=180)).replace(hour=17, minute=0, second=0, microsecond=0)
ANNOUNCED = rfc3339(EVENING - timedelta(days=20))
JOINED = rfc3339(EVENING - timedelta(days=9, hours=3))
SERIES = "5d0f8a4e-3f5b-4f0e-9a34-8f6d0f1f7c21"
PLAN = {
    "start_time": rfc3339(EVENING),
    "rrule": "FREQ=WEEKLY;COUNT=5",
    "timezone": "Asia/Jerusalem",
}
SEAT = "6c1de2f0-5d0b-4f0c-8c39-0e5a6f7b2d14"

EXAMPLES: Vocabulary = {
    "Place": {
        "name": "Jerusalem",
        "hebrew_name": "ירושלים",
        "country": "IL",
        "latitude": 31.769,
        "longitude": 35.2163,
        "population": 971800,
    },
    "Places.attribution": ATTRIBUTION,
    "ParticipantRemoval.reason": "This session is for beginners.",
    "Cancellation.reason": "The library is closed that evening.",
    "JoinAnswer.id": SEAT,
    "JoinRequest.waitlist": True,
    "MyParticipation.role": "participant",
    "NewHost.user_id": BOAZ,
    "Overlap": {
        "id": "8f0c2f6c-6b0e-4f6e-9a53-2f1d7c4e5b90",
        "title": "Genesis with Rashi",
        "start_time": rfc3339(EVENING + timedelta(hours=1)),
        "starts_at": rfc3339(EVENING + timedelta(hours=1)),
        "ends_at": rfc3339(EVENING + timedelta(hours=2)),
    },
    "SeriesPart.outcome": "joined",
    "SeriesPart.position": None,
    "SeriesRule": {
        "id": SERIES,
        "rrule": "FREQ=WEEKLY;COUNT=5",
        "timezone": "Asia/Jerusalem",
    },
    "StudySession.id": SESSION,
    "StudySessionDetails.id": SESSION,
    "SessionParticipant.id": SEAT,
    "after": 12,
    "before": 42,
    "client_message_id": "phone-17",
    "content": "Who starts?",
    "coordinates": [35.235, 31.778],
    "count": 12,
    "created_at": ANNOUNCED,
    "current_participants": 2,
    "description": "Reading together, one page at a time.",
    "distance_m": 420.5,
    "duration_minutes": LENGTH,
    "ends_at": rfc3339(EVENING + timedelta(minutes=LENGTH)),
    "from": rfc3339(EVENING - timedelta(days=7)),
    "has_space": True,
    "host_id": RUTH,
    "is_active": True,
    "joined_at": JOINED,
    "latitude": 31.778,
    "longitude": 35.235,
    "max_participants": 10,
    "seats_left": 8,
    "q": "berakhot",
    "radius_km": 5,
    "role": "participant",
    "seq": 13,
    "series_id": SERIES,
    "session_id": SESSION,
    "start_times": [rfc3339(EVENING + timedelta(days=7 * week)) for week in range(5)],
    "session_type": "discussion",
    "start_time": rfc3339(EVENING),
    "starts_at": rfc3339(EVENING),
    "subject": "Talmud",
    "title": "Tractate Berakhot, first chapter",
    "to": rfc3339(EVENING + timedelta(days=7)),
    "updated_at": ANNOUNCED,
    "user_id": BOAZ,
    "venue_name": "National Library",
    "zoom": 12,
}
WAITING: Vocabulary = {
    "session_id": SESSION,
    "user_id": BOAZ,
    "id": None,
    "role": None,
    "joined_at": None,
    "is_active": False,
    "position": 1,
    "overlaps": [],
}
