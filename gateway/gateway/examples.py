"""Values for the examples of what the gateway answers by itself, and the people in all examples."""

from chassis.web.openapi_examples import BOAZ, RUTH, Vocabulary
from gateway.people import Person

SESSION = "e2e99d12-4757-52c0-b411-59ca1b5514a8"
HAVRUTA = "cf9ecdb9-bea0-5cc9-bc19-44bcd9891568"
COURSE = "Mishnah for beginners"
STARTS, ENDS = "2030-03-05T17:00:00Z", "2030-03-05T18:30:00Z"

EVENTS = """\
id: 17
event: message
data: {"type":"message","seq":17,"occurred_at":"2030-03-05T17:04:12Z","data":{"content":"Who starts?"}}

"""
CALENDAR = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Lyceum//Calendar//EN\r
BEGIN:VEVENT\r
UID:study-session-e2e99d12-4757-52c0-b411-59ca1b5514a8@lyceum\r
SEQUENCE:1\r
DTSTAMP:20300224T093000Z\r
LAST-MODIFIED:20300224T093000Z\r
DTSTART:20300305T170000Z\r
DURATION:PT5400S\r
STATUS:CONFIRMED\r
SUMMARY:Tractate Berakhot\\, first chapter\r
END:VEVENT\r
END:VCALENDAR\r
"""

EXAMPLES: Vocabulary = {
    "CalendarEntry.id": SESSION,
    "CalendarEntry.kind": "study_session",
    "CalendarEntry.path": f"/api/study-sessions/{SESSION}",
    "FoundCourse.title": COURSE,
    "FoundPerson.id": RUTH,
    "FoundStudySession.id": SESSION,
    "FoundText.name": "Genesis",
    "HostedStudySession.id": SESSION,
    "NextStudySession.id": SESSION,
    "OfferedCourse.title": COURSE,
    "OpenAssessment.title": "How do you like to study?",
    "OpenInvitation.havruta_id": HAVRUTA,
    "OwnHavruta.id": HAVRUTA,
    "PersonalDataExport.account": {"id": RUTH, "username": "ruth", "email": "ruth@lyceum.example"},
    "ProblemType": {
        "type": "/problems/session-full",
        "code": "session_full",
        "status": 409,
        "title": "The session is full",
        "operations": ["join_study_session"],
    },
    "PublicProfile.id": RUTH,
    "MapTiles": {
        "url": "https://tiles.example/{z}/{x}/{y}.png",
        "attribution": "© OpenStreetMap contributors",
    },
    "WebSettings.languages": ["en", "he"],
    "WebSettings.name": "Lyceum",
    "WebSettings.version": "5f0c2a9be417",
    "UnreadNotification.data": {"session_id": SESSION},
    "active_session_id": None,
    "assessment": "study-interests",
    "assessments_completed": 2,
    "average": 4.8,
    "avatar_url": None,
    "bio": "Reads slowly, and asks a lot.",
    "book": "Genesis",
    "collection": "tanakh",
    "count": 12,
    "current_participants": 4,
    "display_name": "Ruth Adler",
    "division": "Torah",
    "ends_at": ENDS,
    "enrolled_courses_id": 7,
    "expires_at": "2030-03-12T09:30:00Z",
    "havruta_name": "Genesis on Tuesdays",
    "hebrew_name": "בראשית",
    "host_id": RUTH,
    "inviter_name": "Ruth Adler",
    "kind": "reminder",
    "last_activity": "2030-02-26T20:15:00Z",
    "last_place": "Genesis 2:1",
    "location": "National Library",
    "max_participants": 10,
    "member_count": 3,
    "minutes": 720,
    "mode": "in-person",
    "name": "Genesis on Tuesdays",
    "next_session_at": STARTS,
    "owner_id": RUTH,
    "seats_left": 6,
    "problem": "session-full",
    "questions_answered": 10,
    "questions_total": 25,
    "session_id": "3q2-7wAAu_2lVbM9cfR1Kg",
    "session_mode": "online",
    "sessions": 14,
    "slug": "genesis",
    "start_time": STARTS,
    "starts_at": STARTS,
    "status": "scheduled",
    "student_id": BOAZ,
    "subject": "Talmud",
    "title": "Tractate Berakhot, first chapter",
    "token": "3vQm0c8yT1Zr5sWkXbN7hJ2dLfPgA9eUoRiK4tM6qYw",
    "total_xp": 240,
    "tutor_id": RUTH,
    "user_id": RUTH,
    "username": "ruth",
}
PEOPLE = {
    RUTH: Person("ruth", "Ruth Adler", None),
    BOAZ: Person("boaz", "Boaz Levi", None),
}
