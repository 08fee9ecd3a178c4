"""Study sessions: Ruth hosts, Boaz takes part and has written a message."""

from datetime import UTC, datetime
from typing import Any

from ..people import agreed
from ..study_sessions import host_session, join, say
from .callers import Call, Callers, Fixtures, account, instant, reader, visitor


def host(callers: Callers) -> Call:
    return _in_a_session(callers, "ruth")


def host_about_to_start(callers: Callers) -> Call:
    return _in_a_session(callers, "ruth", start_time=instant(datetime.now(UTC)))


def host_of_a_live_session(callers: Callers) -> Call:
    call = host_about_to_start(callers)
    agreed(call.caller.post(f"/api/study-sessions/{call.values['session_id']}/start"))
    return call


def participant(callers: Callers) -> Call:
    return _in_a_session(callers, "boaz")


def passer_by(callers: Callers) -> Call:
    return _in_a_session(callers, "david")


def _in_a_session(callers: Callers, caller: str, **details: Any) -> Call:
    ruth, boaz = callers["ruth"], callers["boaz"]
    session = host_session(ruth, **details)
    join(boaz, session)
    session_id = session.rpartition("/")[2]
    values = {
        "session_id": session_id,
        "room_id": session_id,
        "user_id": boaz.id,
        "host_id": ruth.id,
        "version": ruth.read(session)["version"],
        "message_id": say(boaz, session, "!")["id"],
    }
    return Call(callers[caller], values)


FIXTURES: Fixtures = {
    visitor: "search_study_sessions cluster_study_sessions search_places",
    reader: "list_own_study_sessions get_own_attendance",
    account: "create_study_session preview_study_sessions",
    host: """
        update_study_session cancel_study_session transfer_study_session remove_participant
    """,
    host_about_to_start: "start_study_session",
    host_of_a_live_session: "finish_study_session list_attendance mark_participant",
    participant: """
        stream_study_session_events get_study_session leave_study_session list_participants
        get_study_session_reminders set_study_session_reminders
        list_series_sessions leave_series send_message list_messages update_message delete_message
    """,
    passer_by: "join_study_session join_series",
}
