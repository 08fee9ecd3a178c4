"""Words for the examples in the documentation: Ruth teaches Boaz, on a Tuesday evening in Jerusalem."""

from chassis.web.openapi_examples import BOAZ, RUTH, Vocabulary

NAOMI = "d975467d-541f-501e-b842-e37504de34a5"
TOKEN = "3vQm0c8yT1Zr5sWkXbN7hJ2dLfPgA9eUoRiK4tM6qYw"  # noqa: S105  # an example
LINE = {"tool": "pen", "points": [[10, 10], [40, 10], [40, 30]]}
HOURS = {"start_time": "15:00", "end_time": "21:00"}
CALENDAR = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Lyceum//Calendar//EN\r
BEGIN:VEVENT\r
UID:session-34@lyceum\r
SEQUENCE:0\r
DTSTAMP:20300224T093000Z\r
LAST-MODIFIED:20300224T093000Z\r
DTSTART:20300305T163000Z\r
DURATION:PT3600S\r
STATUS:CONFIRMED\r
SUMMARY:Mishnah for beginners\r
END:VEVENT\r
END:VCALENDAR\r
"""

EXAMPLES: Vocabulary = {
    "AttendanceCount": {"present": 9, "absent": 0, "late": 1, "attended_percent": 100.0},
    "AttendanceMarks": {"tutor_attendance_status": "present", "student_attendance_status": "late"},
    "Cancellation.reason": "I have caught a cold.",
    "ParentRemoval.reason": "I am of age now.",
    "RequestRefusal.reason": "I teach another class then.",
    "Completion.topics_covered": ["Berakhot 3:1"],
    "Course.id": 7,
    "Course.status": "open",
    "CourseChanges.description": "Berakhot, slowly, with every word explained.",
    "CourseChanges.title": "Mishnah for beginners",
    "Enrollment.id": 12,
    "Enrollment.status": "active",
    "ExceptionalDayAnswer": {"date": "2030-03-19", "hours": []},
    "MeanRatings": {"tutor": 4.5, "student": 4.8, "parent": None},
    "NewAvailability.exceptions": [{"date": "2030-03-19", "hours": []}],
    "NewReview.text": "Patient and clear.",
    "NewSessionRequest.message": "Could we go over the third chapter again?",
    "NewSessionRequest.topics": ["Berakhot, chapter 3"],
    "NewTutoringSession.topics": ["Berakhot, chapter 3"],
    "NewWhiteboard.session_name": "First words",
    "OccurrenceConflict.session_id": 31,
    "OccurrenceConflict.who": ["tutor"],
    "QuarantinedTutoringSession.data": {
        "session_date": "2025-01-06",
        "start_time": "10:00:00",
        "end_time": "10:00:00",
    },
    "QuarantinedTutoringSession.quarantined_at": "2030-02-25T18:05:00Z",
    "ReminderChoice.alarm_before_minutes": 30,
    "ReminderChoice.alarm_enabled": True,
    "Review.id": 9,
    "TaughtCourse.id": 7,
    "TutorPage.rating": {"average": 4.8, "count": 12},
    "ReviewChanges.rating": 4,
    "ReviewChanges.text": "Patient, and clear most of the time.",
    "SessionChange.after": {"start_time": "18:30:00", "end_time": "19:30:00"},
    "SessionChange.before": {"start_time": "18:00:00", "end_time": "19:00:00"},
    "SessionChange.changed_by": RUTH,
    "SessionRequest.id": 3,
    "SessionRequest.session_id": None,
    "SessionRequest.enrollment_status": "active",
    "SessionRequest.status": "pending",
    "Slot.ends_at": "2030-03-05T14:00:00Z",
    "Slot.starts_at": "2030-03-05T13:00:00Z",
    "TutoringSessionChanges.location": None,
    "TutoringSessionChanges.priority_level": "high",
    "TutoringSessionChanges.topics": ["Berakhot, chapter 3"],
    "Whiteboard.id": 5,
    "about": "I teach Mishnah in the evenings, slowly, with every word explained.",
    "after": 0,
    "alarm_before_minutes": 15,
    "author_id": BOAZ,
    "author_role": "student",
    "average": 4.8,
    "cancel_notice_hours": 24,
    "changed_at": "2030-02-25T18:05:00Z",
    "client_id": "tablet-17",
    "code": "K7QXM2PDHW4B",
    "completed_minutes": 600,
    "completed_sessions": 10,
    "count": 12,
    "course_id": 7,
    "course_title": "Mishnah for beginners",
    "coverage_percent": 66.7,
    "covered_topics": ["Berakhot, chapter 1", "Berakhot, chapter 2"],
    "description": "Berakhot, slowly, with every word explained.",
    "duration": 60,
    "end_time": "19:30",
    "ends_at": "2030-03-05T17:30:00Z",
    "enrolled_courses_id": 12,
    "enrollment_id": 12,
    "expires_at": "2030-03-03T09:30:00Z",
    "from": "2030-03-01",
    "has_whiteboard": True,
    "id": 34,
    "is_recurring": False,
    "languages": ["he", "en-GB"],
    "operation": LINE,
    "outside_hours": [],
    "parent_id": NAOMI,
    "planned_topics": ["Berakhot, chapter 1", "Berakhot, chapter 2", "Berakhot, chapter 3"],
    "priority_level": "medium",
    "public": True,
    "q": "mishnah",
    "rating": 5,
    "request_id": 3,
    "review_id": 9,
    "seq": 17,
    "session_date": "2030-03-05",
    "session_frequency": "one-time",
    "session_id": 34,
    "session_mode": "online",
    "session_name": "First words",
    "skipped": [],
    "start_time": "18:30",
    "starts_at": "2030-03-05T16:30:00Z",
    "student_id": BOAZ,
    "subject": "Mishnah",
    "text": "Patient and clear.",
    "title": "Mishnah for beginners",
    "to": "2030-03-31",
    "token": TOKEN,
    "topics": ["Berakhot, chapter 3"],
    "subjects": ["Mishnah", "Talmud"],
    "tutor_id": RUTH,
    "url": f"https://lyceum.example/api/sessions/calendar/{TOKEN}.ics",
    "weekly": [{"weekday": "Tuesday", **HOURS}, {"weekday": "Thursday", **HOURS}],
    "whiteboard_id": 5,
}
