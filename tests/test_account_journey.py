"""An account from its first e-mail to its deletion."""

import pytest

from dev.mail import text_of
from dev.mailbox import Mailbox, token_in

from .support.authenticator import make, proof
from .support.people import PASSWORD, Person, Visitor, agreed, eventually, register, sign_in
from .support.study_sessions import host_session, join, say

NEW_PASSWORD = "a different horse altogether"


@pytest.fixture(scope="module")
def miriam(gateway: str) -> Person:
    return register(gateway, "miriam")


def address(person: Person) -> str:
    return f"{person.username}@example.org"


def test_a_refresh_token_is_good_for_one_exchange(miriam: Person) -> None:
    visitor, spent = Visitor(miriam.gateway), {"refresh_token": miriam.refresh_token}
    renewed = agreed(visitor.post("/api/auth/refresh", spent))
    miriam.use(renewed["access_token"])
    miriam.refresh_token = renewed["refresh_token"]
    assert miriam.read("/api/users/me")["username"] == miriam.username
    assert visitor.post("/api/auth/refresh", spent).json()["code"] == "already_rotated"


def test_a_signed_out_person_is_refused_at_the_gateway(gateway: str) -> None:
    david = sign_in(gateway, "david")
    agreed(david.post("/api/auth/logout"))
    refused = eventually(lambda: david.get("/api/users/me").json().get("code"), within=5)
    assert refused == "token_revoked"
    again = Visitor(gateway).post("/api/auth/refresh", {"refresh_token": david.refresh_token})
    assert again.status_code == 401


def test_the_link_in_the_email_verifies_the_address(miriam: Person, mailbox: Mailbox) -> None:
    email = mailbox.to(address(miriam), "Verify")
    assert miriam.read("/api/users/me")["email_verified"] is False
    proof = {"token": token_in(email)}
    agreed(Visitor(miriam.gateway).post("/api/auth/verify-email", proof))
    assert miriam.read("/api/users/me")["email_verified"] is True
    assert Visitor(miriam.gateway).post("/api/auth/verify-email", proof).status_code == 410


def test_the_link_in_the_email_sets_a_new_password(gateway: str, mailbox: Mailbox) -> None:
    esther = register(gateway, "esther")
    visitor = Visitor(gateway)
    agreed(visitor.post("/api/auth/forgot-password", {"email": address(esther)}))
    token = token_in(mailbox.to(address(esther), "Set a new password"))
    agreed(visitor.post("/api/auth/reset-password", {"token": token, "password": NEW_PASSWORD}))
    old, new = (
        {"login": esther.username, "password": password} for password in (PASSWORD, NEW_PASSWORD)
    )
    assert visitor.post("/api/auth/login", old).status_code == 401
    assert visitor.post("/api/auth/login", new).status_code == 200
    assert (
        visitor.post("/api/auth/refresh", {"refresh_token": esther.refresh_token}).status_code
        == 401
    )


def test_a_passkey_signs_in_without_the_password(gateway: str, mailbox: Mailbox) -> None:
    yael, visitor = register(gateway, "yael"), Visitor(gateway)
    proof_of_address = {"token": token_in(mailbox.to(address(yael), "Verify"))}
    agreed(visitor.post("/api/auth/verify-email", proof_of_address))
    authenticator, passkey_id = make(yael)
    shown = {"credential": proof(visitor, authenticator)}
    signed_in = agreed(visitor.post("/api/auth/passkeys/login", shown))
    assert signed_in["user"]["username"] == yael.username
    assert visitor.post("/api/auth/passkeys/login", shown).json()["code"] == "wrong_passkey"
    [passkey] = yael.read("/api/users/me/passkeys")["items"]
    assert passkey["id"] == passkey_id
    assert passkey["last_used_at"]
    agreed(yael.delete(f"/api/users/me/passkeys/{passkey_id}", {"password": PASSWORD}))
    yael.use(signed_in["access_token"])
    ended = eventually(lambda: yael.get("/api/users/me").json().get("code"), within=5)
    assert ended == "token_revoked", "what the passkey had begun ends with it"
    shown = {"credential": proof(visitor, authenticator)}
    assert visitor.post("/api/auth/passkeys/login", shown).status_code == 401


def test_links_in_emails_ignore_the_host_that_a_request_names(
    gateway: str, mailbox: Mailbox
) -> None:
    tamar = register(gateway, "tamar")
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    Visitor(gateway).post("/api/auth/forgot-password", {"email": address(tamar)}, headers=forged)
    assert f"{gateway}/reset-password#token=" in text_of(
        mailbox.to(address(tamar), "Set a new password")
    )


def test_a_deleted_account_leaves_no_name_and_no_words(gateway: str, miriam: Person) -> None:
    leaver = register(gateway, "leaver")
    planned, elsewhere = host_session(leaver), host_session(miriam)
    for session in (planned, elsewhere):
        join(miriam, session)
        join(leaver, session)
        say(leaver, session, "these words will go")
    assert agreed(leaver.delete("/api/users/me", {"password": PASSWORD})) == {"status": "accepted"}

    assert Visitor(gateway).get(f"/api/users/{leaver.id}").status_code == 404
    eventually(lambda: miriam.read(planned)["status"] == "cancelled")
    eventually(lambda: miriam.read(elsewhere)["current_participants"] == 1)
    eventually(lambda: said(miriam, elsewhere) == [("Deleted user", None)])


def said(reader: Person, session: str) -> list[tuple[str, str | None]]:
    """The display name and the content of each message."""
    return [
        (message["display_name"], message["content"])
        for message in reader.read(f"{session}/messages")["items"]
    ]
