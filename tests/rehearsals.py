"""Things on which the documented examples work, made for one call, and who calls."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any

from tests.client import (
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
from tests.mailbox import Mailbox, token_in
from tests.operations import Operation
from tests.study_sessions import host_session, join, say

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
        healthz readyz keys_jwks users_list_profiles users_profile auth_login email_links_forgot_password
        search_search search_cluster texts_list_texts texts_text texts_reference assessments_published experience_of
        problems_read
    """,
    Rehearsal.newcomer: "registration_register",
    Rehearsal.own_account: """
        account_me account_change auth_refresh email_links_resend notifications_read_all notifications_prefer
        calendar_feed_issue calendar_feed_revoke calendar_feeds_issue calendar_feeds_revoke study_sessions_create
        havrutas_create
    """,
    Rehearsal.leaver: "auth_logout auth_logout_all account_change_password account_delete",
    Rehearsal.devices: "auth_devices auth_end_device",
    Rehearsal.mailed_verification: "email_links_verify_email",
    Rehearsal.mailed_password: "email_links_reset_password",
    Rehearsal.admin: "roles_assign",
    Rehearsal.somebody: """
        events_issue_ticket dashboard_dashboard calendar_read profile_pages_overview find_search personal_data_export
        user_events users_search notifications_list_notifications notifications_preferences study_sessions_mine
        courses_find enrollments_find sessions_find tutors_rating havrutas_list_havrutas havruta_sessions_my_sessions
        invitation_replies_my_invitations assessment_sessions_mine experience_mine
    """,
    Rehearsal.notified: "notifications_read",
    Rehearsal.calendar: "calendar_feed",
    Rehearsal.host: "study_sessions_change study_sessions_cancel study_sessions_hand_over participation_remove",
    Rehearsal.host_about_to_start: "study_sessions_start",
    Rehearsal.host_live: "study_sessions_finish",
    Rehearsal.participant: """
        study_session_events study_sessions_read participation_leave participation_participants chat_send chat_history
        chat_edit chat_delete
    """,
    Rehearsal.passer_by: "participation_join",
    Rehearsal.tutor: """
        courses_read courses_publish enrollments_delete enrollments_pause enrollments_complete enrollments_cancel
    """,
    Rehearsal.colleague: "tutors_declare",
    Rehearsal.tutor_of_a_course: "courses_change",
    Rehearsal.student_of_a_new_course: "enrollments_enroll",
    Rehearsal.student: """
        enrollments_read enrollments_read_progress enrollments_issue_parent_code session_requests_find
        whiteboards_create
    """,
    Rehearsal.tutor_of_somebody_who_pauses: "enrollments_resume",
    Rehearsal.parent_with_a_code: "enrollments_join",
    Rehearsal.parent: "enrollments_leave",
    Rehearsal.student_who_has_asked: "session_requests_withdraw",
    Rehearsal.tutor_who_was_asked: "session_requests_accept session_requests_decline",
    Rehearsal.student_with_a_free_evening: "session_requests_ask",
    Rehearsal.tutor_with_a_free_evening: "scheduling_schedule scheduling_preview",
    Rehearsal.tutor_before_a_session: "sessions_remove session_changes_change session_lifecycle_cancel",
    Rehearsal.tutor_before_a_session_with_a_free_evening: "session_changes_replace",
    Rehearsal.student_before_a_session: """
        sessions_read sessions_history reminders_read_reminder reminders_choose_reminder
    """,
    Rehearsal.tutor_at_the_hour: "session_lifecycle_start",
    Rehearsal.tutor_in_a_session: "session_lifecycle_complete attendance_mark_attendance",
    Rehearsal.student_after_a_session: "reviews_write",
    Rehearsal.student_who_has_reviewed: "reviews_read reviews_rewrite",
    Rehearsal.student_at_a_whiteboard: """
        whiteboard_events whiteboards_find whiteboards_read whiteboards_draw whiteboards_replay
    """,
    Rehearsal.tutor_at_a_whiteboard: "whiteboards_erase whiteboards_close",
    Rehearsal.student_of_a_tutor_with_hours: "tutors_read tutors_slots",
    Rehearsal.tutoring_calendar: "calendar_feeds_read",
    Rehearsal.founder: """
        havrutas_havruta havrutas_change havrutas_archive havrutas_members havrutas_read_progress havrutas_history
        havruta_events havruta_sessions_create havruta_sessions_list_sessions havruta_session_plans_preview
    """,
    Rehearsal.founder_with_a_member: "havrutas_transfer havrutas_remove",
    Rehearsal.member: "havrutas_leave",
    Rehearsal.founder_with_a_plan: """
        havruta_sessions_session havruta_sessions_start havruta_session_plans_change havruta_session_plans_cancel
        havruta_session_plans_answer havruta_session_plans_answers havruta_session_events
    """,
    Rehearsal.founder_in_a_session: """
        havruta_sessions_end navigation_join navigation_heartbeat navigation_leave navigation_state navigation_move
        navigation_hand_to navigation_set_mode
    """,
    Rehearsal.inviter: "invitations_invite invitations_list_invitations invitations_revoke",
    Rehearsal.inviter_a_while_ago: "invitations_resend",
    Rehearsal.invited: "invitation_replies_accept_own invitation_replies_decline_own",
    Rehearsal.mailed_invitation: "invitation_replies_preview invitation_replies_decline",
    Rehearsal.mailed_invitation_to_a_newcomer: "invitation_replies_accept",
    Rehearsal.taker: """
        assessment_sessions_start assessment_sessions_resume assessment_sessions_validate assessment_sessions_turn_page
        assessment_sessions_abandon assessment_answers_submit assessment_answers_submit_all assessments_assessment
    """,
    Rehearsal.claimer: "assessment_sessions_claim",
    Rehearsal.taker_with_an_answer: "assessment_sessions_complete",
    Rehearsal.taker_at_the_end: "assessment_sessions_result",
    Rehearsal.author: "assessment_authors_begin assessment_authors_mine",
    Rehearsal.author_of_a_draft: """
        assessment_authors_draft assessment_authors_rewrite assessment_authors_discard assessment_authors_publish
    """,
    Rehearsal.author_of_a_version: """
        assessment_authors_redraft assessment_authors_versions assessment_authors_version assessment_authors_statistics
    """,
}
REHEARSALS = {
    operation: rehearse for rehearse, named in CALLS.items() for operation in named.split()
}
