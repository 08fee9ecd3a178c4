"""Things on which the documented examples work, made for one call, and who calls."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any

from .mailbox import Mailbox, token_in
from .operations import Operation
from .people import (
    PASSWORD,
    People,
    Person,
    Visitor,
    agreed,
    appoint,
    eventually,
    register,
    sign_in,
)
from .study_sessions import host_session, join, say

EVENING = "2030-03-05"
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
ALWAYS = [{"weekday": day, "start_time": "00:00", "end_time": "00:00"} for day in WEEKDAYS]
SCALE = {"least": 1, "most": 5, "least_label": "never", "most_label": "always"}
QUESTION = {"key": "early", "type": "likert", "text": "I rise early.", "scale": SCALE}
DEFINITION = {
    "title": "Habits",
    "pages": [{"key": "day", "title": "The day", "questions": [QUESTION]}],
}


@dataclass(frozen=True)
class Call:
    """Who calls, and the ids and secrets that take the place of the example's, by their names."""

    who: Visitor
    things: Mapping[str, Any]


class Rehearsal:
    """Makes things with the demo's people, and with people of its own where those would not be the
    same afterwards.
    """

    def __init__(self, gateway: str, people: People, mailbox: Callable[[], Mailbox]) -> None:
        self._gateway = gateway
        self._people = people
        self._mailbox = mailbox
        self._days = count(10)
        self._kept: dict[Callable[[Rehearsal], Call], Call] = {}

    def of(self, operation: Operation) -> Call:
        """Things for the operation: for one that only reads, those that others have read."""
        rehearse = REHEARSALS[operation.id]
        if operation.method != "GET":
            return rehearse(self)
        if rehearse not in self._kept:
            self._kept[rehearse] = rehearse(self)
        return self._kept[rehearse]

    # People

    def somebody(self) -> Call:
        """Boaz, who only reads here."""
        return Call(self._people["boaz"], {})

    def anybody(self) -> Call:
        """Nobody in particular."""
        return Call(Visitor(self._gateway), {})

    def admin(self) -> Call:
        return Call(self._people["admin"], {"user_id": self._newcomer.id})

    def newcomer(self) -> Call:
        """A visitor who wants to be called what nobody is called."""
        name = f"dina-{secrets.token_hex(4)}"
        return Call(Visitor(self._gateway), {"username": name, "email": f"{name}@example.org"})

    def own_account(self) -> Call:
        """Somebody who has an account that nobody else relies on."""
        return Call(self._newcomer, {"refresh_token": self._newcomer.refresh_token})

    def leaver(self) -> Call:
        """Somebody who may sign out, and whose account may end."""
        person = register(self._gateway, "dina")
        tokens = {"refresh_token": person.refresh_token}
        return Call(person, {**tokens, "password": PASSWORD, "current_password": PASSWORD})

    def devices(self) -> Call:
        """Somebody who is signed in twice."""
        there = sign_in(self._gateway, self._newcomer.username, PASSWORD).read(
            "/api/auth/sessions"
        )["items"]
        return Call(
            self._newcomer, {"sign_in_id": next(one["id"] for one in there if one["current"])}
        )

    def mailed_verification(self) -> Call:
        return self._verification_of(register(self._gateway, "dina"))

    def mailed_password(self) -> Call:
        person = register(self._gateway, "dina")
        agreed(
            Visitor(self._gateway).post("/api/auth/forgot-password", {"email": _address(person)})
        )
        token = token_in(self._mailbox().to(_address(person), "Set a new password"))
        return Call(Visitor(self._gateway), {"token": token})

    def notified(self) -> Call:
        """A student whose session was called off."""
        self._moved(self.tutor_before_a_session(), "cancel")
        told = eventually(lambda: self._pair[1].read("/api/notifications")["items"])
        return Call(self._pair[1], {"notification_id": told[0]["id"]})

    def calendar(self) -> Call:
        url = agreed(self._newcomer.post("/api/calendar/feed"))["url"]
        return Call(Visitor(self._gateway), {"token": _token_of(url)})

    def _verification_of(self, person: Person) -> Call:
        return Call(
            Visitor(self._gateway),
            {"token": token_in(self._mailbox().to(_address(person), "Verify"))},
        )

    @cached_property
    def _newcomer(self) -> Person:
        return register(self._gateway, "dina")

    # Study sessions: Ruth hosts, Boaz takes part and has said something.

    def host(self) -> Call:
        return self._study_session("ruth")

    def host_about_to_start(self) -> Call:
        return self._study_session("ruth", start_time=_instant(datetime.now(UTC)))

    def host_live(self) -> Call:
        call = self.host_about_to_start()
        agreed(call.who.post(f"/api/study-sessions/{call.things['session_id']}/start"))
        return call

    def participant(self) -> Call:
        return self._study_session("boaz")

    def passer_by(self) -> Call:
        return self._study_session("david")

    def _study_session(self, who: str, **details: Any) -> Call:
        ruth, boaz = self._people["ruth"], self._people["boaz"]
        session = host_session(ruth, **details)
        join(boaz, session)
        session_id = session.rpartition("/")[2]
        things = {
            "session_id": session_id,
            "room_id": session_id,
            "user_id": boaz.id,
            "host_id": ruth.id,
        }
        version = ruth.read(session)["version"]
        return Call(
            self._people[who],
            {**things, "version": version, "message_id": say(boaz, session, "!")["id"]},
        )

    # Tutoring: somebody teaches somebody, and Naomi may follow it.

    def tutor(self) -> Call:
        return Call(self._pair[0], self._enrolled())

    def student(self) -> Call:
        return Call(self._pair[1], self._enrolled())

    def tutor_with_a_free_evening(self) -> Call:
        return self._evening_of_the_examples_is_free(self.tutor())

    def student_with_a_free_evening(self) -> Call:
        return self._evening_of_the_examples_is_free(self.student())

    def colleague(self) -> Call:
        """A tutor whose working hours nobody else relies on."""
        return Call(self._author, {})

    def student_of_a_new_course(self) -> Call:
        tutor, student = self._pair
        return Call(
            student, {"course_id": agreed(tutor.post("/api/courses", {"title": "Aramaic"}))["id"]}
        )

    def tutor_of_a_course(self) -> Call:
        call = self.student_of_a_new_course()
        return Call(self._pair[0], {**call.things, "version": 1})

    def student_of_a_tutor_with_hours(self) -> Call:
        call = self.student()
        agreed(
            self._pair[0].put("/api/tutors/me/availability", {"timezone": "UTC", "weekly": ALWAYS})
        )
        return call

    def tutor_of_somebody_who_pauses(self) -> Call:
        call = self.tutor()
        agreed(call.who.post(f"/api/enrollments/{call.things['enrollment_id']}/pause"))
        return call

    def parent_with_a_code(self) -> Call:
        call = self.student()
        code = agreed(
            call.who.post(f"/api/enrollments/{call.things['enrollment_id']}/parent-codes")
        )["code"]
        return Call(self._people["naomi"], {**call.things, "code": code})

    def parent(self) -> Call:
        call = self.parent_with_a_code()
        agreed(call.who.post("/api/enrollments/join", {"code": call.things["code"]}))
        return Call(call.who, {**call.things, "parent_id": self._people["naomi"].id})

    def student_who_has_asked(self) -> Call:
        call = self.student()
        wanted = {
            "session_date": f"{self._some_day(ahead=True)}",
            "start_time": "10:00",
            "end_time": "11:00",
        }
        asked = agreed(
            call.who.post(f"/api/enrollments/{call.things['enrollment_id']}/requests", wanted)
        )
        return Call(call.who, {**call.things, "request_id": asked["id"]})

    def tutor_who_was_asked(self) -> Call:
        return Call(self._pair[0], self.student_who_has_asked().things)

    def tutor_before_a_session(self) -> Call:
        return self._session(self._some_day(ahead=True))

    def tutor_before_a_session_with_a_free_evening(self) -> Call:
        return self._evening_of_the_examples_is_free(self.tutor_before_a_session())

    def student_before_a_session(self) -> Call:
        return Call(self._pair[1], self.tutor_before_a_session().things)

    def tutor_at_the_hour(self) -> Call:
        return self._session(self._some_day(ahead=False))

    def tutor_in_a_session(self) -> Call:
        return self._moved(self.tutor_at_the_hour(), "start")

    def student_after_a_session(self) -> Call:
        return Call(self._pair[1], self._moved(self.tutor_in_a_session(), "complete").things)

    def student_who_has_reviewed(self) -> Call:
        call = self.student_after_a_session()
        review = agreed(
            call.who.post(f"/api/sessions/{call.things['session_id']}/reviews", {"rating": 5})
        )
        return Call(call.who, {**call.things, "review_id": review["id"]})

    def tutor_at_a_whiteboard(self) -> Call:
        call = self.tutor()
        board = agreed(
            call.who.post("/api/whiteboards", {"enrolled_courses_id": call.things["enrollment_id"]})
        )
        return Call(call.who, {**call.things, "whiteboard_id": board["id"], "room_id": board["id"]})

    def student_at_a_whiteboard(self) -> Call:
        return Call(self._pair[1], self.tutor_at_a_whiteboard().things)

    def tutoring_calendar(self) -> Call:
        url = agreed(self._newcomer.post("/api/sessions/calendar"))["url"]
        return Call(Visitor(self._gateway), {"token": _token_of(url)})

    @cached_property
    def _pair(self) -> tuple[Person, Person]:
        tutor, student = register(self._gateway, "rabbi"), register(self._gateway, "pupil")
        appoint(self._people["admin"], tutor, "tutor")
        return tutor, student

    def _enrolled(self) -> dict[str, Any]:
        tutor, student = self._pair
        course = agreed(
            tutor.post("/api/courses", {"title": "Mishnah", "timezone": "Asia/Jerusalem"})
        )
        enrollment = agreed(student.post("/api/enrollments", {"course_id": course["id"]}))["id"]
        people = {"tutor_id": tutor.id, "student_id": student.id, "user_id": student.id}
        ids = {
            "course_id": course["id"],
            "enrollment_id": enrollment,
            "enrolled_courses_id": enrollment,
        }
        return {**people, **ids}

    def _evening_of_the_examples_is_free(self, call: Call) -> Call:
        for booked in call.who.read(f"/api/sessions?from={EVENING}&to={EVENING}&tz=Asia/Jerusalem")[
            "items"
        ]:
            agreed(self._pair[0].delete(f"/api/sessions/{booked['id']}"))
        return call

    def _session(self, day: date) -> Call:
        tutor, things = self._pair[0], self._enrolled()
        hour = {"session_date": f"{day}", "start_time": "10:00", "end_time": "11:00", "force": True}
        booked = agreed(
            tutor.post("/api/sessions", {"enrolled_courses_id": things["enrollment_id"], **hour})
        )
        return Call(tutor, {**things, "session_id": booked["id"], "version": booked["version"]})

    def _moved(self, call: Call, step: str) -> Call:
        agreed(call.who.post(f"/api/sessions/{call.things['session_id']}/{step}"))
        return call

    def _some_day(self, *, ahead: bool) -> date:
        """One on which nothing else of ours is."""
        days = timedelta(days=next(self._days))
        return datetime.now(UTC).date() + (days if ahead else -days)

    # Havrutas: somebody has founded one, and invites.

    def founder(self) -> Call:
        havruta = agreed(
            self._founder.post("/api/havrutas", {"name": "Genesis", "book": "Genesis"})
        )
        things = {
            "havruta_id": havruta["id"],
            "version": havruta["version"],
            "room_id": havruta["id"],
        }
        return Call(self._founder, {**things, "user_id": self._people["boaz"].id})

    def founder_with_a_member(self) -> Call:
        call = self.invited()
        agreed(call.who.post(f"/api/invitations/{call.things['invitation_id']}/accept"))
        return Call(self._founder, call.things)

    def member(self) -> Call:
        return Call(self._people["boaz"], self.founder_with_a_member().things)

    def founder_with_a_plan(self) -> Call:
        return self._met(
            {"type": "scheduled", "start_time": _instant(datetime.now(UTC) + timedelta(minutes=5))}
        )

    def founder_in_a_session(self) -> Call:
        call = self._met({"type": "instant"})
        for person in (self._founder, self._people["boaz"]):
            agreed(person.post(f"/api/havruta-sessions/{call.things['session_id']}/join"))
        return call

    def invited(self) -> Call:
        """Boaz, who is asked to take part."""
        call = self._inviting("boaz@lyceum.example")
        return Call(self._people["boaz"], call.things)

    def inviter(self) -> Call:
        return self._inviting(_unused_address())

    def inviter_a_while_ago(self) -> Call:
        """Ruth, who invited David before the demo began: a mail is not sent again at once."""
        ruth = self._people["ruth"]
        havrutas = ruth.read("/api/havrutas?limit=100")["items"]
        sent = (
            ruth.read(f"/api/havrutas/{havruta['id']}/invitations?limit=100")["items"]
            for havruta in havrutas
        )
        david = (
            one for found in sent for one in found if one["invitee_email"] == "david@lyceum.example"
        )
        return Call(ruth, {"invitation_id": next(david)["id"]})

    def mailed_invitation(self) -> Call:
        address = _unused_address()
        self._inviting(address)
        return Call(
            Visitor(self._gateway),
            {"token": token_in(self._mailbox().to(address, "Study Genesis"))},
        )

    def mailed_invitation_to_a_newcomer(self) -> Call:
        """Somebody whose address is verified, as accepting needs."""
        person = register(self._gateway, "dina")
        call = self._verification_of(person)
        agreed(call.who.post("/api/auth/verify-email", {"token": call.things["token"]}))
        person.sign_in_again()
        self._inviting(_address(person))
        return Call(
            person, {"token": token_in(self._mailbox().to(_address(person), "Study Genesis"))}
        )

    @cached_property
    def _founder(self) -> Person:
        return register(self._gateway, "founder")

    def _inviting(self, address: str) -> Call:
        call = self.founder()
        path = f"/api/havrutas/{call.things['havruta_id']}/invitations"
        invited = agreed(call.who.post(path, {"emails": [address]}))["results"][0]
        return Call(
            call.who,
            {
                **call.things,
                "invitation_id": invited["invitation_id"],
                "emails": [_unused_address()],
            },
        )

    def _met(self, how: dict[str, str]) -> Call:
        call = self.founder_with_a_member()
        session = agreed(call.who.post(f"/api/havrutas/{call.things['havruta_id']}/sessions", how))
        ids = {"session_id": session["id"], "room_id": session["id"], "version": session["version"]}
        return Call(call.who, {**call.things, **ids})

    # Assessments: somebody writes one of a single question, and others take it.

    def taker(self) -> Call:
        """Somebody without an account who has not answered yet."""
        who, slug = Visitor(self._gateway), self._published
        session = agreed(who.post("/api/v2/session/start", {"assessment": slug}))["session_id"]
        page = who.read(f"/api/v2/session/{session}")["page"]
        ids = {
            "session_id": session,
            "page_id": page["id"],
            "question_id": page["questions"][0]["id"],
        }
        return Call(who, {**ids, "slug": slug, "assessment": slug})

    def taker_with_an_answer(self) -> Call:
        call = self.taker()
        answer = {name: call.things[name] for name in ("session_id", "question_id")}
        agreed(call.who.post("/api/v2/answers/submit", {**answer, "value": 3}))
        return call

    def taker_at_the_end(self) -> Call:
        call = self.taker_with_an_answer()
        agreed(call.who.post(f"/api/v2/session/{call.things['session_id']}/complete"))
        return call

    def claimer(self) -> Call:
        return Call(self._newcomer, self.taker().things)

    def author(self) -> Call:
        """Who writes an assessment that nobody has written yet."""
        return Call(self._author, {"slug": f"habits-{secrets.token_hex(4)}"})

    def author_of_a_draft(self) -> Call:
        call = self.author()
        draft = call.who.post("/api/v2/assessments", {**call.things, "definition": DEFINITION})
        agreed(draft)
        return Call(call.who, {**call.things, "version": int(draft.headers["ETag"].strip('"'))})

    def author_of_a_version(self) -> Call:
        return Call(self._author, {"slug": self._new_version(), "number": 1, "version": 1})

    @cached_property
    def _author(self) -> Person:
        person = register(self._gateway, "author")
        appoint(self._people["admin"], person, "author", "tutor")
        return person

    @cached_property
    def _published(self) -> str:
        return self._new_version()

    def _new_version(self) -> str:
        call = self.author_of_a_draft()
        condition = {"If-Match": f'"{call.things["version"]}"'}
        agreed(
            call.who.post(f"/api/v2/assessments/{call.things['slug']}/publish", headers=condition)
        )
        return str(call.things["slug"])


def _address(person: Person) -> str:
    return f"{person.username}@example.org"


def _unused_address() -> str:
    return f"somebody-{secrets.token_hex(4)}@example.org"


def _instant(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _token_of(url: str) -> str:
    return url.rpartition("/")[2].removesuffix(".ics")


# Which thing each operation's example works on, and who calls.
CALLS: Mapping[Callable[[Rehearsal], Call], str] = {
    Rehearsal.anybody: """
        get_health get_readiness get_signing_keys list_profiles get_profile log_in
        request_password_reset search_study_sessions cluster_study_sessions list_texts get_text
        resolve_reference list_assessments get_experience get_problem_type
    """,
    Rehearsal.newcomer: "register_account",
    Rehearsal.own_account: """
        get_own_account update_own_account refresh_tokens resend_verification
        mark_all_notifications_read set_notification_preferences create_calendar_feed
        delete_calendar_feed create_tutoring_calendar_feed delete_tutoring_calendar_feed
        create_study_session create_havruta
    """,
    Rehearsal.leaver: "log_out log_out_everywhere change_password delete_own_account",
    Rehearsal.devices: "list_devices log_out_device",
    Rehearsal.mailed_verification: "verify_email",
    Rehearsal.mailed_password: "reset_password",
    Rehearsal.admin: "set_user_roles",
    Rehearsal.somebody: """
        create_stream_ticket get_dashboard get_calendar get_user_overview search_everything
        export_personal_data stream_user_events search_users list_notifications
        get_notification_preferences list_own_study_sessions list_courses list_enrollments
        list_tutoring_sessions get_tutor_rating list_havrutas list_own_havruta_sessions
        list_own_invitations list_assessment_sessions get_own_experience
    """,
    Rehearsal.notified: "mark_notification_read",
    Rehearsal.calendar: "get_calendar_feed",
    Rehearsal.host: "update_study_session cancel_study_session transfer_study_session remove_participant",
    Rehearsal.host_about_to_start: "start_study_session",
    Rehearsal.host_live: "finish_study_session",
    Rehearsal.participant: """
        stream_study_session_events get_study_session leave_study_session list_participants
        send_message list_messages update_message delete_message
    """,
    Rehearsal.passer_by: "join_study_session",
    Rehearsal.tutor: """
        get_course create_course delete_enrollment pause_enrollment complete_enrollment
        cancel_enrollment
    """,
    Rehearsal.colleague: "set_availability",
    Rehearsal.tutor_of_a_course: "update_course",
    Rehearsal.student_of_a_new_course: "create_enrollment",
    Rehearsal.student: """
        get_enrollment get_enrollment_progress create_parent_code list_session_requests
        create_whiteboard
    """,
    Rehearsal.tutor_of_somebody_who_pauses: "resume_enrollment",
    Rehearsal.parent_with_a_code: "join_enrollment",
    Rehearsal.parent: "remove_parent",
    Rehearsal.student_who_has_asked: "withdraw_session_request",
    Rehearsal.tutor_who_was_asked: "accept_session_request decline_session_request",
    Rehearsal.student_with_a_free_evening: "create_session_request",
    Rehearsal.tutor_with_a_free_evening: "book_tutoring_session preview_tutoring_session",
    Rehearsal.tutor_before_a_session: "delete_tutoring_session update_tutoring_session cancel_tutoring_session",
    Rehearsal.tutor_before_a_session_with_a_free_evening: "replace_tutoring_session",
    Rehearsal.student_before_a_session: """
        get_tutoring_session list_tutoring_session_changes get_reminder set_reminder
    """,
    Rehearsal.tutor_at_the_hour: "start_tutoring_session",
    Rehearsal.tutor_in_a_session: "complete_tutoring_session mark_attendance",
    Rehearsal.student_after_a_session: "create_review",
    Rehearsal.student_who_has_reviewed: "list_reviews update_review",
    Rehearsal.student_at_a_whiteboard: """
        stream_whiteboard_events list_whiteboards get_whiteboard draw_strokes list_strokes
    """,
    Rehearsal.tutor_at_a_whiteboard: "delete_whiteboard close_whiteboard",
    Rehearsal.student_of_a_tutor_with_hours: "get_availability list_slots",
    Rehearsal.tutoring_calendar: "get_tutoring_calendar_feed",
    Rehearsal.founder: """
        get_havruta update_havruta archive_havruta list_havruta_members get_havruta_progress
        list_havruta_history stream_havruta_events create_havruta_session list_havruta_sessions
        preview_havruta_sessions
    """,
    Rehearsal.founder_with_a_member: "transfer_havruta remove_havruta_member",
    Rehearsal.member: "leave_havruta",
    Rehearsal.founder_with_a_plan: """
        get_havruta_session start_havruta_session update_havruta_session cancel_havruta_session
        answer_rsvp list_rsvps stream_havruta_session_events
    """,
    Rehearsal.founder_in_a_session: """
        end_havruta_session join_havruta_session send_heartbeat leave_havruta_session
        get_havruta_session_state turn_page set_navigator set_navigation_mode
    """,
    Rehearsal.inviter: "invite_to_havruta list_havruta_invitations revoke_invitation",
    Rehearsal.inviter_a_while_ago: "resend_invitation",
    Rehearsal.invited: "accept_invitation decline_invitation",
    Rehearsal.mailed_invitation: "preview_invitation decline_invitation_by_token",
    Rehearsal.mailed_invitation_to_a_newcomer: "accept_invitation_by_token",
    Rehearsal.taker: """
        start_assessment_session get_assessment_session validate_assessment_session
        turn_assessment_page abandon_assessment_session submit_answer submit_answers
        get_assessment
    """,
    Rehearsal.claimer: "claim_assessment_session",
    Rehearsal.taker_with_an_answer: "complete_assessment_session",
    Rehearsal.taker_at_the_end: "get_assessment_result",
    Rehearsal.author: "create_assessment list_own_assessments",
    Rehearsal.author_of_a_draft: """
        get_assessment_draft replace_assessment_draft delete_assessment_draft publish_assessment
    """,
    Rehearsal.author_of_a_version: """
        create_assessment_draft list_assessment_versions get_assessment_version
        get_assessment_statistics
    """,
}
REHEARSALS = {
    operation: rehearse for rehearse, named in CALLS.items() for operation in named.split()
}
