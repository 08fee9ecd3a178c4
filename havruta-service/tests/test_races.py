"""Many calls at the same time, each in a thread and a transaction of its own."""

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from chassis.errors import Problem
from chassis.testing import User, a_user, overtaken, race
from havruta_service import (
    completion,
    havrutas,
    invitation_responses,
    invitations,
    mails,
    membership,
    navigation,
    presence,
    sessions,
)
from havruta_service.models import (
    Havruta,
    HavrutaSession,
    Invitation,
    InvitationEmail,
    InvitationSend,
    Member,
    Move,
    db,
    messages,
)

Act = Callable[..., Any]


@pytest.fixture(autouse=True)
def emptied(client: FlaskClient) -> None:
    """What a test wrote is removed afterwards."""


@pytest.fixture
def attempt(make: Any) -> Act:
    """Turn a rule into work that returns its result, or the code of its problem."""

    def work(rule: Act, *args: Any) -> Any:
        def run() -> Any:
            try:
                return make(rule, *args)
            except Problem as problem:
                return problem.code

        return run

    return work


def a_token(make: Any, havruta: Havruta, inviter: User, user: User) -> Any:
    """An invitation to the person, and its token as it was sent."""
    (result,) = make(invitations.invite, havruta.id, make.caller(inviter), [user.email])
    token = make(lambda: invitations.issue_token(invitations.to_send(result.invitation_id)))
    return result.invitation_id, token


def count(make: Any, table: Any, **where: Any) -> Any:
    return make(
        lambda: db.session.scalar(select(func.count()).select_from(table).filter_by(**where))
    )


@pytest.mark.usefixtures("race_round")
def test_sixteen_concurrent_requests_begin_one_session(make: Any, ruth: User, boaz: User) -> None:
    havruta = make.havruta(ruth, boaz)
    url = f"/api/havrutas/{havruta.id}/sessions"

    def begin(user: User) -> Any:
        return make.app.test_client().post(url, json={"type": "instant"}, user=user)

    answers = race([partial(begin, user) for user in (ruth, boaz) * 8])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 15}
    (won,) = [answer.json["id"] for answer in answers if answer.status_code == 201]
    assert {answer.json["session_id"] for answer in answers if answer.status_code == 409} == {won}
    assert count(make, HavrutaSession, havruta_id=havruta.id, status="active") == 1


@pytest.mark.usefixtures("race_round")
def test_concurrent_instant_and_planned_starts_begin_one_session(
    make: Any, attempt: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    planned = make.plan(havruta)
    make(lambda: _due(planned.id))
    works = [
        attempt(sessions.start_now, havruta.id, ruth.id),
        attempt(sessions.start, planned.id, boaz.id),
    ] * 4
    results = race(works)
    begun = {result.id for result in results if isinstance(result, HavrutaSession)}
    assert len(begun) == 1
    assert count(make, HavrutaSession, havruta_id=havruta.id, status="active") == 1


def _due(session_id: UUID) -> None:
    session = db.session.get(HavrutaSession, session_id)
    session.start_time = session.planned_start = session.created_at


@pytest.mark.usefixtures("race_round")
def test_a_former_navigator_turns_no_page_after_a_transfer(
    make: Any, attempt: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    session = make.session(havruta, boaz)
    moves = [
        attempt(navigation.go_to, session.id, ruth.id, f"Genesis 2:{n + 1}", None)
        for n in range(19)
    ]
    transfer = attempt(membership.transfer, havruta.id, ruth.id, boaz.id)
    race([*moves[:9], transfer, *moves[9:]])
    transferred = make(lambda: db.session.get(HavrutaSession, session.id))
    assert transferred.navigator_id == boaz.id
    numbers = make(_moves, session.id)
    # The position has the number of the transfer, as no one was allowed to move after it.
    assert all(seq < transferred.position_seq for seq, _ in numbers)
    assert [seq for seq, _ in numbers] == sorted({seq for seq, _ in numbers})
    assert attempt(navigation.go_to, session.id, ruth.id, "Genesis 3:1", None)() == "forbidden"


def _moves(session_id: UUID) -> Any:
    query = select(Move.seq, Move.user_id).where(Move.session_id == session_id).order_by(Move.seq)
    return db.session.execute(query).all()


@pytest.mark.usefixtures("race_round")
def test_only_one_of_twenty_concurrent_moves_from_a_page_is_made(
    make: Any, attempt: Act, ruth: User
) -> None:
    session = make.session(make.havruta(ruth))
    known = make(lambda: db.session.get(HavrutaSession, session.id)).seq
    works = [
        attempt(navigation.go_to, session.id, ruth.id, f"Genesis 2:{v + 1}", known)
        for v in range(20)
    ]
    assert Counter(r if isinstance(r, str) else "moved" for r in race(works)) == {
        "moved": 1,
        "stale_position": 19,
    }


@pytest.mark.usefixtures("race_round")
def test_concurrent_transfers_and_departures_leave_one_owner(
    make: Any, attempt: Act, ruth: User
) -> None:
    others = [a_user(f"user{n}") for n in range(4)]
    havruta = make.havruta(ruth, *others)
    works = [attempt(membership.transfer, havruta.id, ruth.id, other.id) for other in others]
    works += [attempt(membership.leave, havruta.id, other.id) for other in others[:2]]
    works += [attempt(membership.leave, havruta.id, ruth.id)]
    random.shuffle(works)
    race(works)
    left = make(lambda: db.session.get(Havruta, havruta.id))
    assert make(havrutas.is_member, havruta.id, left.owner_id)
    assert left.member_count == count(make, Member, havruta_id=havruta.id)


@pytest.mark.usefixtures("race_round")
def test_only_one_of_twenty_acceptances_makes_the_tenth_member(
    make: Any, attempt: Act, ruth: User
) -> None:
    havruta = make.havruta(ruth, *(a_user(f"member{n}") for n in range(8)))
    people = [a_user(f"guest{n}") for n in range(20)]
    tokens = [a_token(make, havruta, ruth, person)[1] for person in people]
    results = race(
        [
            attempt(invitation_responses.accept, token, make.caller(person))
            for token, person in zip(tokens, people, strict=True)
        ]
    )
    assert Counter(r if isinstance(r, str) else "accepted" for r in results) == {
        "accepted": 1,
        "havruta_full": 19,
    }
    assert count(make, Member, havruta_id=havruta.id) == 10


@pytest.mark.usefixtures("race_round")
def test_twenty_acceptances_of_one_invitation_make_one_membership(
    make: Any, attempt: Act, naomi: User
) -> None:
    ruth = a_user("ruth")
    havruta = make.havruta(ruth)
    _, token = a_token(make, havruta, ruth, naomi)
    caller = make.caller(naomi)
    results = race([attempt(invitation_responses.accept, token, caller) for _ in range(20)])
    assert not any(isinstance(result, str) for result in results)
    assert make(havrutas.get, havruta.id, ruth.id).member_count == 2


@pytest.mark.usefixtures("race_round")
def test_accepting_declining_and_revoking_together_end_in_one_status(
    make: Any, attempt: Act
) -> None:
    ruth, user = a_user("ruth"), a_user("yael")
    havruta = make.havruta(ruth)
    invitation_id, token = a_token(make, havruta, ruth, user)
    works = [
        attempt(invitation_responses.accept, token, make.caller(user)),
        attempt(invitation_responses.decline, token),
        attempt(invitations.revoke, invitation_id, ruth.id),
    ] * 3
    race(works)
    status = make(lambda: db.session.get(Invitation, invitation_id).status)
    assert status in {"accepted", "declined", "revoked"}
    assert count(make, Member, havruta_id=havruta.id, user_id=user.id) == (status == "accepted")
    assert make(lambda: mails.invitation({"invitation_id": str(invitation_id)})) is None


@pytest.mark.usefixtures("race_round")
def test_an_address_invited_concurrently_has_one_invitation(
    make: Any, attempt: Act, ruth: User, boaz: User
) -> None:
    havruta = make.havruta(ruth, boaz)
    callers = [make.caller(user) for user in (ruth, boaz)]
    works = [
        attempt(invitations.invite, havruta.id, callers[n % 2], ["Naomi@example.org"])
        for n in range(12)
    ]
    results = Counter(result[0].status for result in race(works))
    assert results == {"sent": 1, "already_pending": 11}


@pytest.mark.usefixtures("race_round")
def test_concurrent_invitations_stay_within_the_limit_of_a_sender(make: Any, attempt: Act) -> None:
    ruth = a_user("ruth")
    havrutas = [make.havruta(ruth) for _ in range(4)]
    caller = make.caller(ruth)
    addresses = [f"guest{n}@example.org" for n in range(6)]
    results = race(
        [attempt(invitations.invite, havruta.id, caller, addresses) for havruta in havrutas]
    )
    assert results.count("invitation_email_limit_reached") == 1
    assert count(make, Invitation, inviter_id=ruth.id) == 18
    assert count(make, InvitationSend, sender_id=ruth.id) == 18


@pytest.mark.usefixtures("race_round")
def test_concurrent_invitations_of_many_send_an_address_three_emails(
    make: Any, attempt: Act
) -> None:
    senders = [a_user(f"sender{n}") for n in range(8)]
    addresses = [
        ["naomi@example.org", "yael@example.org"],
        ["yael@example.org", "Naomi@example.org"],
    ]
    results = race(
        [
            attempt(
                invitations.invite, make.havruta(sender).id, make.caller(sender), addresses[n % 2]
            )
            for n, sender in enumerate(senders)
        ]
    )
    assert [[r.status for r in result] for result in results] == [["sent", "sent"]] * 8
    assert count(make, InvitationEmail) == count(make, messages.mails) == 6


@pytest.mark.usefixtures("race_round")
def test_ending_while_pages_turn_keeps_every_answered_move(
    make: Any, attempt: Act, ruth: User
) -> None:
    session = make.session(make.havruta(ruth))
    works = [
        attempt(navigation.go_to, session.id, ruth.id, f"Genesis 2:{n + 1}", None) for n in range(9)
    ]
    works += [attempt(completion.end, session.id, ruth.id), attempt(completion.end_overdue)]
    random.shuffle(works)
    answered = [result.seq for result in race(works) if isinstance(result, navigation.State)]
    kept = [seq for seq, _ in make(_moves, session.id)]
    assert set(answered) <= set(kept)
    assert make(lambda: db.session.get(HavrutaSession, session.id)).status == "completed"


def test_a_heartbeat_while_the_sweep_waits_keeps_the_member_present(
    make: Any, ruth: User, boaz: User
) -> None:
    session = make.session(make.havruta(ruth, boaz), boaz)
    silent = text(
        "UPDATE session_presence SET joined_at = now() - interval '1 h',"
        " last_seen_at = now() - interval '2 min'"
    )
    make(lambda: db.session.execute(silent))
    heartbeat = "UPDATE session_presence SET last_seen_at = now()"
    assert overtaken(make.app, heartbeat, lambda: make(presence.notice_absence)) == 0
    assert make(presence.is_present, session.id, boaz.id)


@pytest.mark.usefixtures("race_round")
def test_concurrent_joins_and_departures_open_at_most_one_interval(
    make: Any, attempt: Act, ruth: User, boaz: User
) -> None:
    session = make.session(make.havruta(ruth, boaz))
    arrivals = [
        attempt(presence.join, session.id, boaz.id),
        attempt(presence.heartbeat, session.id, boaz.id),
    ]
    race([*arrivals * 5, *[attempt(presence.leave, session.id, boaz.id)] * 5])
    assert make(lambda: len([p for p in presence.present(session.id) if p.user_id == boaz.id])) <= 1
