"""Which e-mails with invitations go out, and that no sender can tell."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select

from chassis.clock import now
from chassis.testing import User, a_user
from havruta_service import invitation_emails, invitations, mails, unsubscribe_tokens
from havruta_service.models import InvitationEmail, InvitationRefusal, InvitationSend, db, messages

Act = Callable[..., Any]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NAOMI = "naomi@example.org"


@pytest.fixture
def invite(client: FlaskClient, make: Any) -> Act:
    """Invite Naomi to a havruta, a new one of the person unless it is given; the result."""

    def post(user: User, email: str = NAOMI, havruta: Any = None) -> Any:
        havruta = havruta or make.havruta(user)
        path = f"/api/havrutas/{havruta.id}/invitations"
        [result] = client.post(path, json={"emails": [email]}, user=user).json["results"]
        assert (result["email"], result["status"]) == (email, "sent")
        return result["invitation_id"]

    return post


@pytest.fixture
def emails(make: Any) -> Act:
    """How many e-mails are on their way since this was asked the last time."""

    def taken() -> Any:
        return len(db.session.execute(messages.mails.delete().returning(messages.mails.c.id)).all())

    return lambda: make(taken)


@pytest.fixture
def unsubscribe(client: FlaskClient, make: Any) -> Act:
    """Send a request to the address in the header of an e-mail to Naomi."""
    token = make(lambda: unsubscribe_tokens.token_for(invitation_emails.digest(NAOMI)))
    path = f"/api/invitations/unsubscribe/{token}"
    return lambda method="POST", **request: client.open(path, method=method, **request)


def stands_in_the_inbox(client: FlaskClient, invitation_id: str) -> bool:
    shown = client.get("/api/invitations/mine", user=a_user("naomi")).json["items"]
    return invitation_id in {invitation["id"] for invitation in shown}


def test_an_address_gets_three_emails_in_a_day_from_all_senders(
    client: FlaskClient, invite: Act, emails: Act
) -> None:
    begin = now()
    with time_machine.travel(begin, tick=False) as clock:
        for n in range(3):
            invite(a_user(f"sender{n}"))
        assert emails() == 3
        unsent = invite(a_user("sender3"))
        assert emails() == 0
        assert stands_in_the_inbox(client, unsent)
        invite(a_user("sender4"), "yael@example.org")
        assert emails() == 1
        clock.move_to(begin + DAY)
        invite(a_user("sender5"))
        assert emails() == 1


def test_an_address_gets_ten_emails_in_thirty_days(invite: Act, emails: Act) -> None:
    begin = now()
    with time_machine.travel(begin, tick=False) as clock:
        for n in range(12):
            clock.move_to(begin + n * DAY)
            invite(a_user(f"sender{n}"))
        assert emails() == 10
        clock.move_to(begin + 30 * DAY)
        invite(a_user("sender12"))
        assert emails() == 1


def test_sending_again_counts_and_answers_the_same_without_an_email(
    client: FlaskClient, make: Any, invite: Act, emails: Act, ruth: User
) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        invitation_id = invite(ruth)
        answers = []
        for _ in range(5):
            clock.shift(2 * MINUTE)
            answers.append(client.post(f"/api/invitations/{invitation_id}/resend", user=ruth))
        assert emails() == 3
        assert {answer.status_code for answer in answers} == {200}
        changing = ({**answer.json, "expires_at": None} for answer in answers)
        assert len({str(answer) for answer in changing}) == 1
        # Each counts for the sender, who cannot tell by their own limit either.
        assert make(lambda: db.session.scalar(select(func.count(InvitationSend.id)))) == 6


def test_the_token_of_the_last_email_stays_when_no_other_goes_out(
    client: FlaskClient, make: Any, invite: Act, ruth: User
) -> None:
    def issue() -> str:
        return invitations.issue_token(invitations.to_send(invitation_id))

    with time_machine.travel(now(), tick=False) as clock:
        invitation_id = invite(ruth)
        for _ in range(3):
            token = make(issue)
            clock.shift(2 * MINUTE)
            client.post(f"/api/invitations/{invitation_id}/resend", user=ruth)
        shown = client.post("/api/invitations/preview", json={"token": token})
        assert shown.status_code == 200


@pytest.mark.parametrize("email", ["naomi+1@example.org", "NAOMI@Example.org"])
def test_another_spelling_of_a_mailbox_is_the_same_address(
    invite: Act, emails: Act, email: str
) -> None:
    for n in range(3):
        invite(a_user(f"sender{n}"))
    assert emails() == 3
    invite(a_user("sender3"), email)
    assert emails() == 0


def test_spellings_of_a_mailbox_in_one_request_share_its_count(
    client: FlaskClient, make: Any, emails: Act, ruth: User
) -> None:
    body = {"emails": [f"naomi+{n}@example.org" for n in range(5)]}
    path = f"/api/havrutas/{make.havruta(ruth).id}/invitations"
    results = client.post(path, json=body, user=ruth).json["results"]
    assert {result["status"] for result in results} == {"sent"}
    assert emails() == 3


def test_an_address_that_declined_gets_no_more_of_the_inviter_for_the_havruta(
    client: FlaskClient, make: Any, invite: Act, emails: Act, ruth: User, boaz: User, naomi: User
) -> None:
    begin = now()
    havruta = make.havruta(ruth, boaz)
    with time_machine.travel(begin, tick=False) as clock:
        declined = invite(ruth, havruta=havruta)
        client.post(f"/api/invitations/{declined}/decline", user=naomi)
        assert emails() == 1
        again = invite(ruth, havruta=havruta)
        assert emails() == 0
        assert stands_in_the_inbox(client, again)
        invite(ruth)
        assert emails() == 1
        client.post(f"/api/invitations/{again}/revoke", user=ruth)
        by_member = invite(boaz, havruta=havruta)
        assert emails() == 1
        # The owner was declined, and does not get through by the invitation of the member.
        clock.shift(DAY)
        assert client.post(f"/api/invitations/{by_member}/resend", user=ruth).status_code == 200
        assert emails() == 0
        clock.move_to(begin + 91 * DAY)
        client.post(f"/api/invitations/{by_member}/revoke", user=ruth)
        invite(ruth, havruta=havruta)
        assert emails() == 1


def test_declining_by_the_token_in_the_email_is_remembered_too(
    client: FlaskClient, make: Any, invite: Act, emails: Act, ruth: User
) -> None:
    havruta = make.havruta(ruth)
    declined = invite(ruth, havruta=havruta)
    token = make(lambda: invitations.issue_token(invitations.to_send(declined)))
    client.post("/api/invitations/decline", json={"token": token})
    assert emails() == 1
    invite(ruth, havruta=havruta)
    assert emails() == 0


def test_an_address_that_unsubscribed_gets_no_email_from_anyone(
    client: FlaskClient, invite: Act, emails: Act, unsubscribe: Act, ruth: User, boaz: User
) -> None:
    assert unsubscribe().status_code == 204
    assert unsubscribe().status_code == 204
    assert all(stands_in_the_inbox(client, invite(sender)) for sender in (ruth, boaz))
    assert emails() == 0


def test_an_email_on_its_way_is_not_sent_after_unsubscribing(
    make: Any, invite: Act, unsubscribe: Act, ruth: User
) -> None:
    data = {"invitation_id": invite(ruth)}
    assert make(mails.invitation, data)
    unsubscribe()
    assert make(mails.invitation, data) is None


@pytest.mark.parametrize(
    "request_with",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"},
        {"json": {}},
        {},
    ],
)
def test_unsubscribing_takes_what_mail_programs_send(
    invite: Act, emails: Act, unsubscribe: Act, ruth: User, request_with: Any
) -> None:
    assert unsubscribe(**request_with).status_code == 204
    invite(ruth)
    assert emails() == 0


@pytest.mark.parametrize(
    ("method", "request_with", "status"),
    [
        ("GET", {}, 405),
        ("HEAD", {}, 405),
        ("POST", {"json": {"email": NAOMI}}, 422),
        ("POST", {"query_string": "email=yael@example.org"}, 422),
    ],
)
def test_following_the_link_or_sending_something_else_does_not_unsubscribe(
    invite: Act,
    emails: Act,
    unsubscribe: Act,
    ruth: User,
    method: str,
    request_with: Any,
    status: int,
) -> None:
    assert unsubscribe(method, **request_with).status_code == status
    invite(ruth)
    assert emails() == 1


def test_a_forged_token_unsubscribes_no_one(
    client: FlaskClient, make: Any, invite: Act, emails: Act, ruth: User
) -> None:
    other = make(lambda: unsubscribe_tokens.token_for(invitation_emails.digest("y@example.org")))
    own = make(lambda: unsubscribe_tokens.token_for(invitation_emails.digest(NAOMI)))
    for forged in (own[:42] + other[42:], own[:-2], own[:43], f"{own}AA", "x", "x" * 86, "\u05d0"):
        answer = client.post(f"/api/invitations/unsubscribe/{forged}")
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    invite(ruth)
    assert emails() == 1


def test_what_no_limit_needs_any_longer_is_deleted(
    client: FlaskClient, make: Any, invite: Act, unsubscribe: Act, ruth: User, naomi: User
) -> None:
    tables = (InvitationSend.id, InvitationEmail.id, InvitationRefusal.address_sha256)

    def left() -> Any:
        return make(lambda: [len(db.session.scalars(select(column)).all()) for column in tables])

    begin = now()
    with time_machine.travel(begin, tick=False) as clock:
        client.post(f"/api/invitations/{invite(ruth)}/decline", user=naomi)
        unsubscribe()
        assert (make(invitation_emails.forget), left()) == (0, [1, 1, 1])
        clock.move_to(begin + DAY)
        assert (make(invitation_emails.forget), left()) == (1, [0, 1, 1])
        clock.move_to(begin + 30 * DAY)
        assert (make(invitation_emails.forget), left()) == (1, [0, 0, 1])
        clock.move_to(begin + 90 * DAY)
        assert (make(invitation_emails.forget), left()) == (1, [0, 0, 0])
        invitation_id = invite(ruth)
        assert make(mails.invitation, {"invitation_id": invitation_id}) is None
