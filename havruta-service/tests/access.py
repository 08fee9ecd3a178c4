"""The status with which each operation answers each kind of caller.

Read by test_access.py, which asks this service alone, and by the suite that asks through the gateway.
"""

from datetime import timedelta
from typing import Any

from chassis.clock import now, rfc3339
from chassis.testing.matrix import AtGateway, Matrix, Row, World

# The callers ask in this order: a refused call changes nothing for the callers after it. The former member
# has left; the deleted caller was a member, whose token is still valid; the invited caller has not answered.
CALLERS = ("anonymous", "deleted", "stranger", "admin", "invited", "former", "member", "owner")

ANYONE = "200 200 200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200 200"
# An admin is a stranger to a havruta: what people study together is their own affair.
MEMBERS = "401 404 404 404 404 404 200 200"
OWNER = "401 404 404 404 404 404 403 200"
INVITED = "401 404 404 404 200 404 404 404"

PLANNED, BY_MEMBER, DUE, ACTIVE, HANDED = (
    {"session_id": session}
    for session in ("planned", "planned_by_member", "due", "active", "handed")
)
NOT_ACTIVE = AtGateway({200: 409, 403: 409})
UNKNOWN_TOKEN = AtGateway({200: 404, 204: 404, 403: 404})


def plan(_: World) -> dict[str, Any]:
    return {"start_time": rfc3339(now() + timedelta(days=2)), "planned_minutes": 60}


def scheduled(world: World) -> dict[str, Any]:
    return {"type": "scheduled", **plan(world)}


def token(world: World) -> dict[str, str]:
    return {"token": world["token"]}


def member(world: World) -> dict[str, str]:
    return {"user_id": str(world["user_id"])}


GENESIS = {"ref": "Genesis 2:1"}

ACCESS = Matrix(
    CALLERS,
    [
        Row("list_texts", ANYONE),
        Row("get_text", ANYONE),
        Row("resolve_reference", ANYONE),
        Row("list_text_versions", ANYONE),
        Row("get_reference_text", ANYONE),
        Row("get_section_text", ANYONE),
        Row("search_texts", ANYONE, about={"q": "words"}),
        Row(
            "create_havruta",
            "401 201 201 201 201 201 201 201",
            {"name": "Mornings", "book": "Exodus"},
            gateway=AtGateway({201: 422}, {"name": "", "book": "Genesis"}),
        ),
        Row("list_havrutas", SIGNED_IN),
        Row("get_havruta", MEMBERS),
        Row("update_havruta", OWNER, {"name": "Evenings"}),
        Row("archive_havruta", OWNER),
        Row("list_havruta_members", MEMBERS),
        Row("transfer_havruta", OWNER, member),
        # The owner may leave after a transfer.
        Row("leave_havruta", "401 404 404 404 404 404 204 409"),
        Row("remove_havruta_member", "401 404 404 404 404 404 403 204"),
        Row("get_havruta_progress", MEMBERS),
        Row("list_havruta_history", MEMBERS),
        Row("send_havruta_message", "401 404 404 404 404 404 201 201", {"content": "Shalom"}),
        Row("list_havruta_messages", MEMBERS),
        Row("update_havruta_message", "401 404 404 404 404 404 200 403", {"content": "Oh"}),
        Row("delete_havruta_message", "401 404 404 404 404 404 204 204"),
        Row(
            "create_note",
            "401 404 404 404 404 404 201 201",
            lambda world: {"ref": "Jonah 1", "text": "A", "havruta_id": str(world["havruta_id"])},
            # Without a havruta it is one's own.
            gateway=AtGateway({404: 201}, {"ref": "Jonah 1", "text": "A"}),
        ),
        Row("list_notes", SIGNED_IN),
        Row("get_note", MEMBERS),
        Row("update_note", "401 404 404 404 404 404 200 403", {"text": "B"}),
        Row("delete_note", "401 404 404 404 404 404 204 403"),
        Row("create_havruta_session", "401 404 404 404 404 404 201 201", {"type": "instant"}),
        Row("create_havruta_session", "401 404 404 404 404 404 201 201", scheduled),
        Row("list_havruta_sessions", MEMBERS),
        Row("preview_havruta_sessions", MEMBERS, plan),
        Row("list_own_havruta_sessions", SIGNED_IN),
        Row("get_havruta_session", MEMBERS, about=PLANNED),
        Row("update_havruta_session", OWNER, plan, PLANNED),
        Row("update_havruta_session", MEMBERS, plan, BY_MEMBER),
        Row("cancel_havruta_session", OWNER, about=PLANNED),
        Row("cancel_havruta_session", MEMBERS, about=BY_MEMBER),
        Row("answer_rsvp", MEMBERS, {"answer": "yes"}, PLANNED),
        Row("list_rsvps", MEMBERS, about=PLANNED),
        Row("get_havruta_session_reminders", MEMBERS, about=PLANNED),
        Row("set_havruta_session_reminders", MEMBERS, {"minutes_before": [60]}, PLANNED),
        Row("start_havruta_session", MEMBERS, about=DUE),
        Row("join_havruta_session", MEMBERS, about=ACTIVE),
        Row("send_heartbeat", MEMBERS, about=ACTIVE),
        Row("leave_havruta_session", "401 404 404 404 404 404 204 204", about=ACTIVE),
        Row("get_havruta_session_state", MEMBERS, about=ACTIVE),
        Row("turn_page", OWNER, GENESIS, ACTIVE, NOT_ACTIVE),
        # The navigator turns the pages; the owner takes the navigation back first.
        Row("turn_page", "401 404 404 404 404 404 200 403", GENESIS, HANDED),
        Row("set_navigator", OWNER, member, ACTIVE, NOT_ACTIVE),
        Row("set_navigator", MEMBERS, member, HANDED),
        Row("set_navigation_mode", OWNER, {"mode": "shared"}, ACTIVE, NOT_ACTIVE),
        Row("end_havruta_session", OWNER, about=ACTIVE),
        Row("invite_to_havruta", MEMBERS, {"emails": ["esther@example.org"]}),
        Row("list_havruta_invitations", MEMBERS),
        Row("list_own_invitations", SIGNED_IN),
        Row("resend_invitation", OWNER),
        Row("revoke_invitation", OWNER),
        Row("revoke_invitation", MEMBERS, about={"invitation_id": "sent_by_member"}),
        Row("accept_invitation", INVITED),
        Row("decline_invitation", INVITED),
        # Others may read an e-mail: its token shows what it invites to, but only the invited address accepts.
        Row("preview_invitation", ANYONE, token, gateway=UNKNOWN_TOKEN),
        Row(
            "accept_invitation_by_token",
            "401 403 403 403 200 403 403 403",
            token,
            gateway=UNKNOWN_TOKEN,
        ),
        Row("decline_invitation_by_token", ANYONE, token, gateway=UNKNOWN_TOKEN),
        Row(
            "unsubscribe_from_invitations",
            "204 204 204 204 204 204 204 204",
            gateway=UNKNOWN_TOKEN,
        ),
    ],
)

# Streams belong to the gateway, which asks this service whether the caller may watch the room.
STREAMS = Matrix(
    CALLERS,
    [
        Row("stream_havruta_events", MEMBERS, about={"room_id": "havruta_id"}),
        Row("stream_havruta_session_events", MEMBERS, about={"room_id": "session_id"}),
    ],
)
