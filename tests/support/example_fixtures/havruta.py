"""Havrutas: an owner invites Boaz and others."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from ..people import Person, agreed
from .callers import (
    Call,
    Callers,
    Fixtures,
    account,
    address_of,
    instant,
    reader,
    unused_address,
    visitor,
)


def owner(callers: Callers) -> Call:
    return _of_a_havruta(callers, _owner(callers))


def owner_with_a_member(callers: Callers) -> Call:
    return _with_a_member(callers, _owner(callers))


def member(callers: Callers) -> Call:
    return Call(callers["boaz"], owner_with_a_member(callers).values)


def author(callers: Callers) -> Call:
    """The owner of a havruta, who has written a message and a note."""
    call = owner(callers)
    path = f"/api/havrutas/{call.values['havruta_id']}/messages"
    message = agreed(call.caller.post(path, {"content": "Who starts?"}))
    note = agreed(call.caller.post("/api/notes", {"ref": "Genesis 1:1", "text": "Why?"}))
    ids = {"message_id": message["id"], "note_id": note["id"], "version": note["version"]}
    return Call(call.caller, {**call.values, **ids})


def owner_with_a_planned_session(callers: Callers) -> Call:
    soon = instant(datetime.now(UTC) + timedelta(minutes=5))
    return _with_a_session(callers, {"type": "scheduled", "start_time": soon})


def owner_in_a_session(callers: Callers) -> Call:
    call = _with_a_session(callers, {"type": "instant"})
    for person in (call.caller, callers["boaz"]):
        agreed(person.post(f"/api/havruta-sessions/{call.values['session_id']}/join"))
    return call


def invited(callers: Callers) -> Call:
    call = _invited(callers, _owner(callers), "boaz@lyceum.example")
    return Call(callers["boaz"], call.values)


def inviter(callers: Callers) -> Call:
    return _invited(callers, _owner(callers), unused_address())


def inviter_a_while_ago(callers: Callers) -> Call:
    """Ruth, who invited David before the demo began: an e-mail is not sent again immediately."""
    ruth = callers["ruth"]
    for havruta in ruth.read("/api/havrutas?limit=100")["items"]:
        for invitation in ruth.read(f"/api/havrutas/{havruta['id']}/invitations?limit=100")[
            "items"
        ]:
            if invitation["invitee_email"] == "david@lyceum.example":
                return Call(ruth, {"invitation_id": invitation["id"]})
    raise AssertionError("the demo has no invitation to David")


def emailed_invitation(callers: Callers) -> Call:
    address = unused_address()
    _invited(callers, _owner(callers), address)
    return Call(callers.visitor, {"token": callers.emailed_token(address, "Study Genesis")})


def emailed_unsubscribe_token(callers: Callers) -> Call:
    address = unused_address()
    _invited(callers, _owner(callers), address)
    link = callers.email(address, "Study Genesis")["List-Unsubscribe"]
    token = link.rpartition("/")[2].removesuffix(">")
    return Call(callers.visitor, {"unsubscribe_token": token})


def emailed_invitation_to_a_newcomer(callers: Callers) -> Call:
    person = _verified(callers, "dina")
    address = address_of(person)
    _invited(callers, _owner(callers), address)
    return Call(person, {"token": callers.emailed_token(address, "Study Genesis")})


@cache
def _owner(callers: Callers) -> Person:
    return _verified(callers, "owner")


@cache
def _planner(callers: Callers) -> Person:
    """An owner for the sessions: one person sends only so many e-mails in a day."""
    return _verified(callers, "planner")


def _verified(callers: Callers, name: str) -> Person:
    """A person whose address is verified, as inviting and accepting an invitation need."""
    person = callers.register(name)
    verification = {"token": callers.emailed_token(address_of(person), "Verify")}
    agreed(callers.visitor.post("/api/auth/verify-email", verification))
    person.sign_in_again()
    return person


def _of_a_havruta(callers: Callers, caller: Person) -> Call:
    havruta = agreed(caller.post("/api/havrutas", {"name": "Genesis", "book": "Genesis"}))
    values = {
        "havruta_id": havruta["id"],
        "room_id": havruta["id"],
        "version": havruta["version"],
        "user_id": callers["boaz"].id,
    }
    return Call(caller, values)


def _with_a_member(callers: Callers, owner: Person) -> Call:
    """The owner of a havruta in which Boaz is a member."""
    call = _invited(callers, owner, "boaz@lyceum.example")
    agreed(callers["boaz"].post(f"/api/invitations/{call.values['invitation_id']}/accept"))
    return call


def _invited(callers: Callers, owner: Person, address: str) -> Call:
    call = _of_a_havruta(callers, owner)
    path = f"/api/havrutas/{call.values['havruta_id']}/invitations"
    [sent] = agreed(call.caller.post(path, {"emails": [address]}))["results"]
    ids = {"invitation_id": sent["invitation_id"], "emails": [unused_address()]}
    return Call(call.caller, {**call.values, **ids})


def _with_a_session(callers: Callers, session: dict[str, Any]) -> Call:
    call = _with_a_member(callers, _planner(callers))
    path = f"/api/havrutas/{call.values['havruta_id']}/sessions"
    made = agreed(call.caller.post(path, session))
    ids = {"session_id": made["id"], "room_id": made["id"], "version": made["version"]}
    return Call(call.caller, {**call.values, **ids})


FIXTURES: Fixtures = {
    visitor: """
        list_texts get_text resolve_reference list_text_versions get_reference_text get_section_text
        search_texts
    """,
    reader: "list_havrutas list_own_havruta_sessions list_own_invitations",
    account: "create_havruta",
    owner: """
        get_havruta update_havruta archive_havruta list_havruta_members get_havruta_progress
        list_havruta_history stream_havruta_events create_havruta_session list_havruta_sessions
        preview_havruta_sessions send_havruta_message list_havruta_messages create_note list_notes
    """,
    author: """
        update_havruta_message delete_havruta_message get_note update_note delete_note
    """,
    owner_with_a_member: "transfer_havruta remove_havruta_member",
    member: "leave_havruta",
    owner_with_a_planned_session: """
        get_havruta_session start_havruta_session update_havruta_session cancel_havruta_session
        answer_rsvp list_rsvps get_havruta_session_reminders set_havruta_session_reminders
        stream_havruta_session_events
    """,
    owner_in_a_session: """
        end_havruta_session join_havruta_session send_heartbeat leave_havruta_session
        get_havruta_session_state turn_page set_navigator set_navigation_mode
    """,
    inviter: "invite_to_havruta list_havruta_invitations revoke_invitation",
    inviter_a_while_ago: "resend_invitation",
    invited: "accept_invitation decline_invitation",
    emailed_invitation: "preview_invitation decline_invitation_by_token",
    emailed_unsubscribe_token: "unsubscribe_from_invitations",
    emailed_invitation_to_a_newcomer: "accept_invitation_by_token",
}
