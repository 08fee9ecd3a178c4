"""The access table: the status with which each operation answers each kind of caller.

Read by test_access.py, which asks this service alone, and by the suite that asks through the gateway.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chassis.clock import now, rfc3339
from chassis.testing.matrix import AtGateway, Body, Matrix, Row, World

# The order of the calls: a refused call changes nothing for the callers after it. The host removed one
# participant; another left and may come back; the deleted one took part, and their token is still valid.
CALLERS = ("anonymous", "deleted", "stranger", "admin", "removed", "left", "participant", "host")

ANYONE = "200 200 200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200 200"


@dataclass(frozen=True)
class Answers:
    """The statuses of a public session and of a private one, by caller.

    A private session is hidden from strangers and from removed participants. An unlisted one answers
    as a public one does. An admin is a stranger in every session.
    """

    public: str
    private: str


VISIBLE = Answers(ANYONE, "404 404 404 404 404 200 200 200")
INSIDE = Answers("401 403 403 403 403 403 200 200", "401 404 404 404 404 403 200 200")
SPEAKING = Answers("401 403 403 403 403 403 201 201", "401 404 404 404 404 403 201 201")
AUTHOR = Answers("401 403 403 403 403 403 200 403", "401 404 404 404 404 403 200 403")
DELETING = Answers("401 403 403 403 403 403 204 204", "401 404 404 404 404 403 204 204")
HOST = Answers("401 403 403 403 403 403 403 200", "401 404 404 404 404 403 403 200")
REMOVING = Answers("401 403 403 403 403 403 403 204", "401 404 404 404 404 403 403 204")
# The host transfers the session before leaving.
LEAVING = Answers("401 204 204 204 204 204 204 409", "401 404 404 404 404 204 204 409")
# Of a series those with a seat and others are answered alike.
JOINING_SERIES = Answers("401 200 200 200 403 200 200 200", "401 404 404 404 403 200 200 200")
# A private session is joined only with its code; a removed participant gets 403, not 404.
JOINING = Answers("401 201 201 201 403 201 200 200", "401 404 404 404 403 201 200 200")
WITH_CODE = Answers("401 201 201 201 403 201 200 200", "401 201 201 201 403 201 200 200")

PLAN = {"start_time": rfc3339(now() + timedelta(hours=2))}
MESSAGE = {"content": "!"}
MARK = {"attended": True}
NOT_THE_TIME = AtGateway({200: 409})


def about(visibility: str) -> list[Row]:
    """The rows about sessions of this visibility."""

    def row(operation: str, answers: Answers, body: Body = None, **options: Any) -> Row:
        statuses = answers.private if visibility == "private" else answers.public
        return Row(operation, statuses, body, **{"about": session, **options})

    def new_host(world: World) -> dict[str, str]:
        return {"user_id": str(world.person("participant").id)}

    def join_code(world: World) -> dict[str, str]:
        return {"join_code": world[f"whole_{visibility}"]["join_code"]}

    session = {"session_id": visibility}
    live = {"session_id": f"live_{visibility}"}
    message = {**session, "message_id": f"message_in_{visibility}"}
    participant = {**session, "user_id": "participant"}
    marked = {**live, "user_id": "participant"}
    return [
        row("get_study_session", VISIBLE),
        row("update_study_session", HOST, {"title": "x"}),
        row("start_study_session", HOST, gateway=NOT_THE_TIME),
        row("finish_study_session", HOST, about=live, gateway=NOT_THE_TIME),
        row("cancel_study_session", HOST),
        row("transfer_study_session", HOST, new_host),
        row("join_study_session", JOINING),
        row("join_study_session", WITH_CODE, join_code),
        row("leave_study_session", LEAVING),
        row("list_series_sessions", VISIBLE),
        row("join_series", JOINING_SERIES),
        row("leave_series", LEAVING),
        row("get_study_session_reminders", INSIDE),
        row("set_study_session_reminders", INSIDE, {"minutes_before": [60]}),
        row("list_participants", INSIDE),
        row("list_attendance", HOST),
        row("mark_participant", HOST, MARK, about=marked, gateway=NOT_THE_TIME),
        row("remove_participant", REMOVING, about=participant),
        row("list_messages", INSIDE),
        row("send_message", SPEAKING, MESSAGE),
        row("update_message", AUTHOR, MESSAGE, about=message),
        row("delete_message", DELETING, about=message),
    ]


ACCESS = Matrix(
    CALLERS,
    [
        Row("search_study_sessions", ANYONE),
        Row("search_places", ANYONE, about={"q": "place"}),
        Row("cluster_study_sessions", ANYONE, about={"bbox": "bbox", "zoom": "zoom"}),
        Row("list_own_study_sessions", SIGNED_IN),
        Row(
            "create_study_session",
            "401 201 201 201 201 201 201 201",
            lambda world: world["wanted"],
            gateway=AtGateway({201: 422}, {"title": ""}),
        ),
        Row("get_own_attendance", SIGNED_IN),
        Row("preview_study_sessions", SIGNED_IN, PLAN),
        *about("public"),
        *about("unlisted"),
        *about("private"),
    ],
)
# Streams belong to the gateway, which asks this service whether the caller may watch the room.
STREAMS = Matrix(
    CALLERS,
    [
        Row("stream_study_session_events", INSIDE.public, about={"room_id": "public"}),
        Row("stream_study_session_events", INSIDE.public, about={"room_id": "unlisted"}),
        Row("stream_study_session_events", INSIDE.private, about={"room_id": "private"}),
    ],
)
