"""Every page of the client: who visits it, and what it is about."""

from .accounts import signed_in
from .assessments import SHORT, answer_first, begun, drafted, published
from .havrutas import havrutas_of
from .lessons import Lessons
from .study_sessions import hosted

PAGES = {
    "nobody": (
        "/sign-in",
        "/register",
        "/verify-email#token=some",
        "/change-email#token=some",
        "/revert-email#token=some",
        "/forgot-password",
        "/reset-password#token=some",
        "/invitations/unsubscribe#token=some",
        "/notifications/unsubscribe#token=some",
        "/courses",
        "/tutors",
        "/sources",
    ),
    "ruth": (
        "/",
        "/dashboard",
        "/calendar",
        "/search?q=ge",
        "/notifications",
        "/invitations",
        "/users/{person}",
        "/account",
        "/account/security",
        "/account/devices",
        "/account/notifications",
        "/account/people",
        "/account/data",
        "/study-sessions",
        "/study-sessions/new",
        "/study-sessions/{study_session}",
        "/study-sessions/{study_session}/edit",
        "/notes",
        "/texts",
        "/texts/{book}",
        "/texts/{book}/sections/{chapter}",
        "/havrutas",
        "/havrutas/{havruta}",
        "/havruta-sessions/{havruta_session}",
        "/courses",
        "/courses/new",
        "/courses/{course}",
        "/courses/{course}/edit",
        "/tutors",
        "/tutors/{person}",
        "/enrollments",
        "/enrollments/join",
        "/enrollments/{enrollment}",
        "/enrollments/{enrollment}/ask",
        "/enrollments/{enrollment}/book",
        "/sessions/{lesson}",
        "/sessions/{lesson}/move",
        "/whiteboards/{whiteboard}",
        "/tutoring/availability",
        "/tutoring/profile",
    ),
    "esther": (
        "/assessments",
        "/assessments/mine",
        "/assessments/{draft}/edit",
        "/assessments/{assessment}",
        "/assessments/{assessment}/statistics",
        "/assessment-sessions/{assessment_session}",
        "/assessment-sessions/{finished}/result",
    ),
    "admin": ("/admin/reports", "/admin/users", "/admin/applications"),
}
"""Every page, by who visits it."""


def things_of_ruth(gateway: str) -> dict[str, object]:
    """What the pages of the tutor are about; each has an id."""
    lessons = Lessons(gateway)
    with lessons.tutor as ruth, lessons.student, havrutas_of(gateway) as havrutas:
        wanted = {"enrolled_courses_id": lessons.id, "session_name": "The alphabet"}
        return {
            "person": ruth.get_own_account()["id"],
            "study_session": hosted(gateway),
            "book": "jonah",
            "chapter": 2,
            "havruta": havrutas.begin("ruth"),
            "havruta_session": havrutas.study("ruth"),
            "course": lessons.course["id"],
            "enrollment": lessons.id,
            "lesson": lessons.book(lessons.day_ahead)["id"],
            "whiteboard": ruth.create_whiteboard(wanted)["id"],
        }


def things_of_esther(gateway: str) -> dict[str, object]:
    """What the pages of the author are about."""
    assessment = published(gateway, SHORT)
    with signed_in(gateway, "esther") as esther:
        finished = begun(gateway, assessment, esther)
        answer_first(esther, finished, "fig")
        esther.complete_assessment_session(finished)
        return {
            "draft": drafted(gateway, SHORT),
            "assessment": assessment,
            "assessment_session": begun(gateway, assessment, esther),
            "finished": finished,
        }


THINGS = {"ruth": things_of_ruth, "esther": things_of_esther}


def addresses_of(username: str, gateway: str) -> list[str]:
    """The addresses of the pages that this person visits; what those are about is made for each call."""
    things = THINGS[username](gateway) if username in THINGS else {}
    return [address.format(**things) for address in PAGES[username]]
