"""Inviting and answering, on the wire and by e-mail."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis.clock import now
from chassis.testing import User, a_user, token_for
from havruta_service import invitations, mails
from havruta_service.invitations import hashed
from havruta_service.models import Havruta, Invitation, db, messages

Act = Callable[..., Any]


@pytest.fixture
def havruta(make: Any, ruth: User, boaz: User) -> Havruta:
    return make.havruta(ruth, boaz)


@pytest.fixture
def invite(client: FlaskClient, havruta: Havruta) -> Act:
    """Invite these addresses, and return the result of each."""

    def post(user: User, *emails: Any) -> Any:
        answer = client.post(
            f"/api/havrutas/{havruta.id}/invitations", json={"emails": emails}, user=user
        )
        return answer.json["results"] if answer.status_code == 200 else answer

    return post


@pytest.fixture
def email(make: Any) -> Act:
    """The e-mail that the worker composes for an invitation, read again as it would be received."""

    def compose(result: dict[str, Any]) -> Any:
        message = make(mails.invitation, {"invitation_id": result["invitation_id"]})
        return message and BytesParser(policy=policy.default).parsebytes(message.as_bytes())

    return compose


@pytest.fixture
def token(email: Act) -> Act:
    """The token in the e-mail of an invitation."""

    def read(result: dict[str, Any]) -> Any:
        text = email(result).get_body(("plain",)).get_content()
        return text.split("#token=")[1].split()[0]

    return read


@pytest.fixture
def post(client: FlaskClient) -> Act:
    return lambda leaf, user=None, **body: client.post(
        f"/api/invitations/{leaf}", user=user, json=body
    )


def statuses(results: list[dict[str, Any]]) -> Any:
    return [result["status"] for result in results]


def test_each_address_gets_its_own_result(invite: Act, ruth: User) -> None:
    results = invite(
        ruth, "naomi@example.org", "Naomi@Example.org", "no address", "ruth@example.org", "x@y", ""
    )
    assert statuses(results) == [
        "sent",
        "already_pending",
        "invalid",
        "already_member",
        "invalid",
        "invalid",
    ]
    assert statuses(invite(ruth, "NAOMI@example.org")) == ["already_pending"]


def test_a_person_who_accepted_is_a_member_and_is_not_invited_again(
    invite: Act, token: Act, post: Act, ruth: User, naomi: User
) -> None:
    post("accept", naomi, token=token(invite(ruth, naomi.email)[0]))
    assert statuses(invite(ruth, naomi.email)) == ["already_member"]


@pytest.mark.parametrize(
    "emails", [[], ["a@example.org"] * 21, "a@example.org", [1], ["a" * 300 + "@example.org"]]
)
def test_a_wrong_list_of_addresses_is_refused(
    client: FlaskClient, havruta: Havruta, ruth: User, emails: object
) -> None:
    answer = client.post(
        f"/api/havrutas/{havruta.id}/invitations", json={"emails": emails}, user=ruth
    )
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"].startswith("/emails")


@pytest.mark.parametrize("path", ["invite", "resend"])
def test_only_a_person_with_a_verified_address_sends_e_mails(
    client: FlaskClient, havruta: Havruta, invite: Act, post: Act, ruth: User, path: str
) -> None:
    unverified = replace(ruth, email_verified=False)
    with time_machine.travel(now() - timedelta(minutes=2)):
        sent = invite(ruth, "naomi@example.org")[0]
    if path == "invite":
        refused = invite(unverified, "yael@example.org")
    else:
        refused = post(f"{sent['invitation_id']}/resend", unverified)
    assert (refused.status_code, refused.json["code"]) == (403, "email_not_verified")
    shown = client.get(f"/api/havrutas/{havruta.id}/invitations", user=ruth).json["items"]
    assert [invitation["invitee_email"] for invitation in shown] == ["naomi@example.org"]


def test_a_stranger_without_a_verified_address_learns_nothing_of_a_havruta(invite: Act) -> None:
    stranger = a_user("esther", email_verified=False)
    assert invite(stranger, "naomi@example.org").status_code == 404


def test_the_email_names_book_and_username_and_links_to_the_public_url(
    invite: Act, email: Act, ruth: User, naomi: User
) -> None:
    message = email(invite(ruth, naomi.email)[0])
    assert message["To"] == naomi.email
    for kind in ("plain", "html"):
        content = message.get_body((kind,)).get_content()
        assert all(
            part in content for part in ("Genesis", "ruth", "http://lyceum.test/invitations#token=")
        )


def test_no_word_of_the_inviter_stands_in_the_email(
    client: FlaskClient, invite: Act, email: Act, havruta: Havruta
) -> None:
    words = "Win a large prize"
    spammer = a_user("bank.example-ruth")
    made = client.post("/api/havrutas", json={"name": words, "book": "Genesis"}, user=spammer)
    token = token_for(spammer, name=words)
    answer = client.post(
        f"/api/havrutas/{made.json['id']}/invitations",
        json={"emails": ["naomi@example.org"]},
        headers={"Authorization": f"Bearer {token}"},
    )
    message = email(answer.json["results"][0])
    texts = [str(value) for value in message.values()]
    texts += [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
    for text in texts:
        assert "Win" not in text
        # A mail program makes a link of what looks like the name of a site.
        assert "bank.example" not in text
        assert all(link.startswith("lyceum.test/") for link in re.findall(r"https?://(\S+)", text))
    assert "bank.\u2060example-ruth" in texts[-1]


def test_the_page_behind_the_link_names_the_havruta_and_the_inviter(
    invite: Act, token: Act, post: Act, ruth: User
) -> None:
    shown = post("preview", token=token(invite(ruth, "naomi@example.org")[0])).json
    assert (shown["havruta_name"], shown["inviter_name"]) == ("Genesis on Tuesdays", "Ruth")


def test_only_the_hash_of_the_token_is_kept(
    make: Any, invite: Act, token: Act, ruth: User, naomi: User
) -> None:
    secret = token(invite(ruth, naomi.email)[0])
    kept = make(lambda: db.session.scalar(select(Invitation.invitation_token)))
    assert kept == hashed(secret)
    assert len(secret) >= 43
    for table in (messages.outbox, messages.mails):
        rows = make(lambda table=table: [str(row) for row in db.session.execute(select(table))])
        assert not any(secret in row or naomi.email in row for row in rows)


def test_the_preview_shows_the_havruta_and_changes_nothing(
    make: Any, invite: Act, token: Act, post: Act, havruta: Havruta, ruth: User
) -> None:
    secret = token(invite(ruth, "naomi@example.org")[0])
    shown = post("preview", token=secret).json
    assert {
        k: shown[k] for k in ("havruta_name", "book", "inviter_name", "masked_email", "status")
    } == {
        "havruta_name": havruta.name,
        "book": "Genesis",
        "inviter_name": "Ruth",
        "masked_email": "n***@e***.org",
        "status": "pending",
    }
    assert post("preview", token=secret).json == shown


def test_accepting_twice_makes_one_membership(
    client: FlaskClient,
    invite: Act,
    token: Act,
    post: Act,
    havruta: Havruta,
    ruth: User,
    naomi: User,
) -> None:
    secret = token(invite(ruth, naomi.email)[0])
    first = post("accept", naomi, token=secret)
    assert (first.status_code, first.json["status"]) == (200, "accepted")
    assert post("accept", naomi, token=secret).json == first.json
    assert client.get(f"/api/havrutas/{havruta.id}", user=naomi).json["member_count"] == 3
    assert post("preview", token=secret).status_code == 410


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (a_user("esther"), "email_mismatch"),
        (a_user("naomi", email_verified=False), "email_not_verified"),
    ],
)
def test_accepting_needs_the_verified_address_of_the_invitation(
    invite: Act, token: Act, post: Act, ruth: User, person: User, code: str
) -> None:
    refused = post("accept", person, token=token(invite(ruth, "naomi@example.org")[0]))
    assert (refused.status_code, refused.json["code"]) == (403, code)


def test_the_case_of_an_address_does_not_matter(
    invite: Act, token: Act, post: Act, ruth: User, naomi: User
) -> None:
    assert (
        post("accept", naomi, token=token(invite(ruth, "NAOMI@example.org")[0])).status_code == 200
    )


def test_declining_needs_only_the_token_and_is_final(
    invite: Act, token: Act, post: Act, ruth: User, naomi: User
) -> None:
    secret = token(invite(ruth, naomi.email)[0])
    declined = post("decline", token=secret)
    assert (declined.status_code, declined.json["status"]) == (200, "declined")
    assert post("decline", token=secret).json == declined.json
    refused = post("accept", naomi, token=secret)
    assert (refused.status_code, refused.json["code"]) == (410, "invitation_gone")
    assert refused.json["invitation_status"] == "declined"


def test_a_full_havruta_takes_no_more_members(
    make: Any, invite: Act, token: Act, post: Act, havruta: Havruta, ruth: User, naomi: User
) -> None:
    secret = token(invite(ruth, naomi.email)[0])
    for n in range(8):
        user = a_user(f"user{n}")
        assert post("accept", user, token=token(invite(ruth, user.email)[0])).status_code == 200
    assert post("accept", naomi, token=secret).json["code"] == "havruta_full"
    assert post("preview", token=secret).json["status"] == "pending"


@pytest.mark.parametrize("leaf", ["preview", "accept", "decline"])
def test_a_guessed_token_is_not_found(post: Act, naomi: User, leaf: str) -> None:
    assert post(leaf, naomi, token="guess").status_code == 404


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 410), (1, 410)])
def test_an_invitation_expires_after_seven_days_even_before_the_sweep(
    make: Any,
    invite: Act,
    token: Act,
    post: Act,
    ruth: User,
    naomi: User,
    seconds: int,
    status: int,
) -> None:
    sent = now()
    with time_machine.travel(sent, tick=False):
        secret = token(invite(ruth, naomi.email)[0])
    with time_machine.travel(sent + timedelta(days=7, seconds=seconds), tick=False):
        assert post("preview", token=secret).status_code == status
        assert make(invitations.expire) == (status == 410)
        answer = post("accept", naomi, token=secret)
    assert answer.status_code == status
    shown = answer.json["status"] if status == 200 else answer.json["invitation_status"]
    assert shown == ("accepted" if status == 200 else "expired")


def test_an_address_can_be_invited_again_after_its_invitation_expired(
    invite: Act, ruth: User
) -> None:
    invite(ruth, "naomi@example.org")
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert statuses(invite(ruth, "naomi@example.org")) == ["sent"]


def test_what_ended_in_vain_is_deleted_with_its_address_after_ninety_days(
    make: Any, invite: Act, token: Act, post: Act, ruth: User, naomi: User
) -> None:
    def addresses() -> set[str]:
        return make(lambda: set(db.session.scalars(select(Invitation.invitee_email))))

    begin = now()
    with time_machine.travel(begin, tick=False) as clock:
        post("accept", naomi, token=token(invite(ruth, naomi.email)[0]))
        post("decline", token=token(invite(ruth, "declined@example.org")[0]))
        revoked = invite(ruth, "revoked@example.org")[0]
        post(f"{revoked['invitation_id']}/revoke", ruth)
        invite(ruth, "expired@example.org")
        clock.move_to(begin + timedelta(days=7))
        make(invitations.expire)
        invite(ruth, "open@example.org")
        clock.move_to(begin + timedelta(days=90, seconds=-1))
        assert (make(invitations.forget), len(addresses())) == (0, 5)
        clock.move_to(begin + timedelta(days=90))
        assert make(invitations.forget) == 2
        assert addresses() == {naomi.email, "expired@example.org", "open@example.org"}
        clock.move_to(begin + timedelta(days=97))
        make(invitations.expire)
        assert make(invitations.forget) == 1
        assert addresses() == {naomi.email, "open@example.org"}


def test_resending_makes_a_new_token_and_revokes_the_old_one(
    invite: Act, token: Act, post: Act, ruth: User, naomi: User
) -> None:
    result = invite(ruth, naomi.email)[0]
    old = token(result)
    url = f"{result['invitation_id']}/resend"
    refused = post(url, ruth)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 60
    with time_machine.travel(now() + timedelta(minutes=2), tick=False):
        assert post(url, ruth).json["status"] == "pending"
        assert post("accept", naomi, token=old).status_code == 404
        assert post("accept", naomi, token=token(result)).status_code == 200
        assert post(url, ruth).status_code == 410


def test_an_expired_invitation_is_not_resent_next_to_a_newer_one(
    invite: Act, post: Act, ruth: User
) -> None:
    old = invite(ruth, "naomi@example.org")[0]
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        newer = invite(ruth, "Naomi@example.org")[0]
        refused = post(f"{old['invitation_id']}/resend", ruth)
        assert (refused.status_code, refused.json["invitation_status"]) == (410, "expired")
        post(f"{newer['invitation_id']}/revoke", ruth)
        assert post(f"{old['invitation_id']}/resend", ruth).json["status"] == "pending"


def test_an_address_that_no_account_can_have_is_invalid(invite: Act, ruth: User) -> None:
    results = invite(ruth, "i@example.org", "\u0130@example.org")
    assert [result["status"] for result in results] == ["sent", "invalid"]


def test_a_revoked_invitation_is_gone_and_has_no_email(
    invite: Act, email: Act, token: Act, post: Act, ruth: User, naomi: User
) -> None:
    result = invite(ruth, naomi.email)[0]
    secret = token(result)
    url = f"{result['invitation_id']}/revoke"
    assert post(url, ruth).json["status"] == "revoked"
    assert post(url, ruth).json["status"] == "revoked"
    assert post("accept", naomi, token=secret).status_code == 410
    assert email(result) is None


def test_only_the_inviter_and_the_owner_revoke_an_invitation(
    invite: Act, post: Act, make: Any, ruth: User, boaz: User, naomi: User
) -> None:
    from_boaz, from_ruth = invite(boaz, "a@example.org")[0], invite(ruth, "b@example.org")[0]
    assert post(f"{from_ruth['invitation_id']}/revoke", boaz).json["code"] == "forbidden"
    assert post(f"{from_boaz['invitation_id']}/revoke", naomi).status_code == 404
    assert post(f"{uuid4()}/revoke", ruth).status_code == 404
    assert post(f"{from_boaz['invitation_id']}/revoke", ruth).status_code == 200


def test_the_owner_sees_all_invitations_and_a_member_their_own(
    client: FlaskClient, havruta: Havruta, invite: Act, ruth: User, boaz: User
) -> None:
    invite(ruth, "a@example.org", "b@example.org")
    invite(boaz, "c@example.org")
    url = f"/api/havrutas/{havruta.id}/invitations"
    page = client.get(f"{url}?limit=2", user=ruth).json
    rest = client.get(f"{url}?limit=2&cursor={page['next']}", user=ruth).json["items"]
    assert len(page["items"] + rest) == 3
    assert [i["invitee_email"] for i in client.get(url, user=boaz).json["items"]] == [
        "c@example.org"
    ]


def test_a_later_account_finds_invitations_to_its_verified_address(
    client: FlaskClient, invite: Act, post: Act, ruth: User
) -> None:
    invite(ruth, "tamar@example.org")
    unverified, verified = a_user("tamar", email_verified=False), a_user("tamar")
    assert client.get("/api/invitations/mine", user=unverified).json["items"] == []
    (shown,) = client.get("/api/invitations/mine", user=verified).json["items"]
    assert post(f"{shown['id']}/accept", unverified).status_code == 404
    assert post(f"{shown['id']}/accept", a_user("yael")).status_code == 404
    assert post(f"{shown['id']}/accept", verified).json["status"] == "accepted"
    assert client.get("/api/invitations/mine", user=verified).json["items"] == []


def test_a_person_declines_their_own_invitation(
    invite: Act, post: Act, ruth: User, naomi: User
) -> None:
    result = invite(ruth, naomi.email)[0]
    assert post(f"{result['invitation_id']}/decline", naomi).json["status"] == "declined"


def test_archiving_revokes_open_invitations(
    client: FlaskClient,
    havruta: Havruta,
    invite: Act,
    token: Act,
    post: Act,
    ruth: User,
    naomi: User,
) -> None:
    secret = token(invite(ruth, naomi.email)[0])
    client.post(f"/api/havrutas/{havruta.id}/archive", user=ruth)
    assert post("accept", naomi, token=secret).json["invitation_status"] == "revoked"


def test_a_removed_member_does_not_come_back_with_the_old_token(
    client: FlaskClient,
    havruta: Havruta,
    invite: Act,
    token: Act,
    post: Act,
    ruth: User,
    naomi: User,
) -> None:
    secret = token(invite(ruth, naomi.email)[0])
    post("accept", naomi, token=secret)
    client.delete(f"/api/havrutas/{havruta.id}/members/{naomi.id}", user=ruth)
    assert post("accept", naomi, token=secret).status_code == 410
    assert client.get(f"/api/havrutas/{havruta.id}", user=naomi).status_code == 404


def test_an_unknown_invitation_has_no_email(make: Any) -> None:
    assert make(mails.invitation, {"invitation_id": str(UUID(int=0))}) is None
