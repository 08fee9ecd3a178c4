"""Words for the examples in the documentation: the havruta of the demo that studies Genesis."""

from datetime import timedelta

from chassis.clock import now, rfc3339
from chassis.web.openapi_examples import BOAZ, RUTH, Vocabulary

HAVRUTA = "cf9ecdb9-bea0-5cc9-bc19-44bcd9891568"
SESSION = "1f7b9c52-8e0d-4a6b-9d3c-5b2e7f4a1c60"
INVITATION = "9a4d0b7e-6c2f-4e58-8b1a-3d5f7c9e2a40"
UNSUBSCRIBE_TOKEN = "6b0RZxq4mXr" * 7 + "TnW2sEoYu"
# Sessions are planned for the two years to come, so the example of a plan moves
# on with the present day.
EVENING = (now() + timedelta(days=180)).replace(hour=17, minute=0, second=0, microsecond=0)
START, NEXT = rfc3339(EVENING), rfc3339(EVENING + timedelta(days=7))
FOUNDED = rfc3339(EVENING - timedelta(days=20))
PLAN = {
    "start_time": START,
    "planned_minutes": 60,
    "rrule": "FREQ=WEEKLY;COUNT=4",
    "timezone": "Asia/Jerusalem",
}
GENESIS = {
    "slug": "genesis",
    "name": "Genesis",
    "hebrew_name": "בראשית",
    "collection": "tanakh",
    "division": "Torah",
    "sections": 50,
    "segments": 1533,
}
LENINGRAD = {
    "id": "wlc",
    "title": "Westminster Leningrad Codex",
    "language": "he",
    "direction": "rtl",
    "licence": "Public domain",
    "attribution": "Westminster Leningrad Codex 4.20, in the files of the Open Scriptures Hebrew Bible",
    "source": "https://github.com/openscriptures/morphhb",
}
CREATION = {"ref": "Genesis 1:1", "hebrew_ref": "בראשית א:א", "section": 1, "segment": 1}
CREATION_WORDS = "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם וְאֵ֥ת הָאָֽרֶץ׃"  # noqa: RUF001  # as it is printed

EXAMPLES: Vocabulary = {
    "CompletedHavrutaSession.status": "completed",
    "Havruta.id": HAVRUTA,
    "HavrutaRemoval.reason": "You have not come for months.",
    "HavrutaSessionCancellation.reason": "Two of us are away.",
    "HavrutaSessionCancellation.scope": "this",
    "HavrutaSessionChanges.planned_minutes": 45,
    "Invitation.id": INVITATION,
    "InvitationResult.invitation_id": INVITATION,
    "NewNavigator.user_id": BOAZ,
    "NewOwner.user_id": BOAZ,
    "PresentMember.since": START,
    "ReceivedInvitation.id": INVITATION,
    "SessionState.next": "Genesis 2:2",
    "SessionState.prev": "Genesis 1:31",
    "SessionState.status": "active",
    "Passages.passages": [{**CREATION, "text": CREATION_WORDS}],
    "Passages.prev_section": None,
    "Passages.next_section": "Genesis 2",
    "Passages.ref": "Genesis 1:1",
    "Passages.hebrew_ref": "בראשית א:א",
    "Passages.version": LENINGRAD,
    "Note.folded": False,
    "Note.hebrew_ref": "בראשית א:א-ג",
    "Note.text": "Why not “in the beginning God”?",
    "Text": GENESIS,
    "TextHit.book": "genesis",
    "TextHit.hebrew_ref": "בראשית א:א",
    "TextHit.matches": [{"start": 0, "length": 12}],
    "TextHit.text": CREATION_WORDS,
    "TextReference.book": GENESIS,
    "TextReference.next": "Genesis 2:2",
    "TextReference.segments": 1,
    "TextWithSections.contents": [
        {"number": 1, "first_segment": 1, "last_segment": 31},
        {"number": 2, "first_segment": 1, "last_segment": 25},
    ],
    "TextWithSections.segments": 1533,
    "TextVersion": LENINGRAD,
    "active_session_id": None,
    "answer": "yes",
    "attendees": [RUTH, BOAZ],
    "book": "Genesis",
    "cancellation_reason": None,
    "collection": "tanakh",
    "created_at": FOUNDED,
    "created_by": RUTH,
    "edition": "Masoretic text",
    "email": "miriam@lyceum.example",
    "emails": ["miriam@lyceum.example"],
    "end": "Genesis 2:1",
    "ends_at": rfc3339(EVENING + timedelta(hours=1)),
    "expires_at": rfc3339(EVENING - timedelta(days=13)),
    "from": START,
    "havruta_id": HAVRUTA,
    "havruta_name": "Genesis on Tuesdays",
    "hebrew_name": "בראשית",
    "hebrew_ref": "בראשית ב:א",
    "id": SESSION,
    "invitation_id": INVITATION,
    "invitee_email": "miriam@lyceum.example",
    "inviter_id": RUTH,
    "inviter_name": "Ruth Adler",
    "joined_at": FOUNDED,
    "last_place": "Genesis 2:1",
    "member_count": 3,
    "minutes": 60,
    "minutes_together": 55,
    "name": "Genesis on Tuesdays",
    "navigator_id": RUTH,
    "next_section": "Genesis 3",
    "next_session_at": START,
    "owner_id": RUTH,
    "planned_minutes": 60,
    "planned_start": START,
    "position": "Genesis 2:1",
    "prev": "Genesis 1:31",
    "prev_section": "Genesis 1",
    "q": "gen",
    "ranges": ["Genesis 1:1 to Genesis 2:1"],
    "ref": "Genesis 2:1",
    "sections": 50,
    "segments": 32,
    "segments_in_book": 1533,
    "seq": 7,
    "session_id": SESSION,
    "sessions": 3,
    "since_seq": 6,
    "start": "Genesis 2:1",
    "start_time": START,
    "start_times": [START, NEXT],
    "starts_at": START,
    "studied_percent": 2.1,
    "to": NEXT,
    "token": "3vQm0c8yT1Zr5sWkXbN7hJ2dLfPgA9eUoRiK4tM6qYw",
    "unsubscribe_token": UNSUBSCRIBE_TOKEN,
    "updated_at": FOUNDED,
    "user_id": BOAZ,
}
