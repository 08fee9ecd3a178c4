"""What every signed-in person may see of another, from all services."""

from uuid import UUID

from flask import Response
from marshmallow import fields

from chassis.auth.authorization import caller, signed_in
from chassis.web.rest import Blueprint
from gateway.aggregation import Part, aggregator, answer
from gateway.routes import ASSESSMENT, HAVRUTA, STUDY_SESSION, TUTORING, USER
from gateway.shapes import Shape, View, first_page, number, text, whole

DEADLINE = 1.0  # seconds for all parts together

blueprint = Blueprint("profile-pages")


class PublicProfile(Shape):
    id = text("uuid")
    username = text()
    display_name = text()
    avatar_url = text(allow_none=True)
    bio = text(allow_none=True)
    created_at = text("date-time")


class HostedStudySession(Shape):
    id = text("uuid")
    title = text()
    subject = text()
    status = text()
    start_time = text("date-time")
    starts_at = text("date-time")
    ends_at = text("date-time")
    seats_left = whole()


class OfferedCourse(Shape):
    id = whole()
    title = text()
    subject = text(allow_none=True)


class RatingOfTutor(Shape):
    average = number(allow_none=True)
    count = whole()


class StudiedTogether(Shape):
    sessions = whole()
    minutes = whole()


class GatheredExperience(Shape):
    total_xp = whole()
    assessments_completed = whole()


HostedStudySessions = first_page(HostedStudySession)
OfferedCourses = first_page(OfferedCourse)


class ProfileOverview(View):
    """A profile with what its person does; null where a service did not answer."""

    profile = fields.Nested(PublicProfile, required=True)
    study_sessions = fields.Nested(HostedStudySessions, required=True, allow_none=True)
    courses = fields.Nested(OfferedCourses, required=True, allow_none=True)
    rating = fields.Nested(RatingOfTutor, required=True, allow_none=True)
    havrutas = fields.Nested(StudiedTogether, required=True, allow_none=True)
    experience = fields.Nested(GatheredExperience, required=True, allow_none=True)


PARTS = (
    Part(
        name="profile",
        service=USER,
        target="/api/users/{user_id}",
        shape=PublicProfile(),
        required=True,
    ),
    Part(
        name="study_sessions",
        service=STUDY_SESSION,
        target="/api/study-sessions?host_id={user_id}&series=next&limit=5",
        shape=HostedStudySessions(),
    ),
    Part(
        name="courses",
        service=TUTORING,
        target="/api/courses?tutor_id={user_id}&limit=5",
        shape=OfferedCourses(),
    ),
    Part(
        name="rating",
        service=TUTORING,
        target="/api/tutors/{user_id}/rating",
        shape=RatingOfTutor(),
    ),
    Part(
        name="havrutas",
        service=HAVRUTA,
        target="/internal/statistics/{user_id}",
        shape=StudiedTogether(),
    ),
    Part(
        name="experience",
        service=ASSESSMENT,
        target="/api/v2/xp/{user_id}",
        shape=GatheredExperience(),
    ),
)


@blueprint.get("/api/users/<uuid:user_id>/overview", "get_user_overview")
@signed_in
@blueprint.response(200, ProfileOverview)
def get_user_overview(user_id: UUID) -> Response:
    """Get a profile with what the person hosts, teaches and has learnt."""
    values = {"user_id": str(user_id)}
    return answer(
        aggregator().gather(PARTS, values, deadline=DEADLINE, token=caller().token).document()
    )
