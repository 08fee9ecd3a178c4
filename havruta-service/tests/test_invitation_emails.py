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
from havruta_service import invitation_emails, invitations
from havruta_service.models import InvitationEmail, InvitationSend, db, messages

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


def test_what_no_limit_needs_any_longer_is_deleted(make: Any, invite: Act, ruth: User) -> None:
    tables = (InvitationSend.id, InvitationEmail.id)

    def left() -> Any:
        return make(lambda: [len(db.session.scalars(select(column)).all()) for column in tables])

    begin = now()
    with time_machine.travel(begin, tick=False) as clock:
        invite(ruth)
        assert (make(invitation_emails.forget), left()) == (0, [1, 1])
        clock.move_to(begin + DAY)
        assert (make(invitation_emails.forget), left()) == (1, [0, 1])
        clock.move_to(begin + 30 * DAY)
        assert (make(invitation_emails.forget), left()) == (1, [0, 0])
