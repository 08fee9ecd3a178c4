"""Two people study a text together: invited by e-mail, turning the pages live, ending where they stopped."""

from typing import Any

import pytest
import requests

from dev.mailbox import Mailbox, token_in

from .support.people import Person, Visitor, agreed, eventually, register
from .support.streams import Stream


@pytest.fixture(scope="module")
def owner(gateway: str, mailbox: Mailbox) -> Person:
    return verified(register(gateway, "deborah"), mailbox)


@pytest.fixture(scope="module")
def partner(gateway: str, mailbox: Mailbox) -> Person:
    return verified(register(gateway, "barak"), mailbox)


def verified(person: Person, mailbox: Mailbox) -> Person:
    """The person, once their address is verified, as inviting and accepting an invitation need."""
    token = token_in(mailbox.to(f"{person.username}@example.org", "Verify"))
    agreed(Visitor(person.gateway).post("/api/auth/verify-email", {"token": token}))
    person.use(
        agreed(person.post("/api/auth/refresh", {"refresh_token": person.refresh_token}))[
            "access_token"
        ]
    )
    return person


@pytest.fixture(scope="module")
def havruta(gateway: str, owner: Person, partner: Person, mailbox: Mailbox) -> str:
    """A havruta that the partner has joined by the link in the e-mail."""
    made = agreed(owner.post("/api/havrutas", {"name": "Judges in the morning", "book": "Judges"}))
    path = f"/api/havrutas/{made['id']}"
    address = f"{partner.username}@example.org"
    asked = agreed(owner.post(f"{path}/invitations", {"emails": [address, "not an address"]}))
    assert [result["status"] for result in asked["results"]] == ["sent", "invalid"]
    token = token_in(mailbox.to(address, "Study Judges"))
    shown = agreed(Visitor(gateway).post("/api/invitations/preview", {"token": token}))
    assert (shown["havruta_name"], address in str(shown)) == ("Judges in the morning", False)
    assert (
        owner.post("/api/invitations/accept", {"token": token}).json()["code"] == "email_mismatch"
    )
    agreed(partner.post("/api/invitations/accept", {"token": token}))
    return path


def test_the_navigator_turns_the_pages_for_each_member(
    owner: Person, partner: Person, havruta: str
) -> None:
    session = agreed(owner.post(f"{havruta}/sessions", {"type": "instant"}))
    assert (
        partner.post(f"{havruta}/sessions", {"type": "instant"}).json()["code"]
        == "session_in_progress"
    )
    path = f"/api/havruta-sessions/{session['id']}"
    agreed(partner.post(f"{path}/join"))
    with Stream(partner, f"{path}/events") as stream:
        agreed(owner.put(f"{path}/position", {"ref": "judg 4:4"}))
        assert stream.until("moved").data["ref"] == "Judges 4:4"
        assert partner.put(f"{path}/position", {"ref": "Judges 4:5"}).json()["code"] == "forbidden"
        agreed(owner.put(f"{path}/navigator", {"user_id": str(partner.id)}))
        agreed(partner.put(f"{path}/position", {"ref": "Judges 5:1"}))
        assert stream.until("moved").data["ref"] == "Judges 5:1"
    assert partner.post(f"{path}/end").status_code == 403
    ended = agreed(owner.post(f"{path}/end"))
    assert ended["coverage_range"] == "Judges 1:1 to Judges 5:1"
    assert owner.read(havruta)["last_place"] == "Judges 5:1"


def test_a_passage_that_does_not_exist_is_answered_with_the_nearest(owner: Person) -> None:
    answer = owner.get("/api/texts/refs/Judges 22:1").json()
    assert (answer["code"], answer["nearest"]) == ("reference_out_of_range", "Judges 21:25")


def test_a_mail_program_unsubscribes_an_address_with_one_click(
    gateway: str, owner: Person, havruta: str, mailbox: Mailbox
) -> None:
    address = f"jael-{owner.username}@example.org"
    path = f"{havruta}/invitations"
    asked = {"emails": [address]}
    [first] = agreed(owner.post(path, asked))["results"]
    header = mailbox.to(address, "Study Judges")["List-Unsubscribe"]
    link = header.strip().removeprefix("<").removesuffix(">")
    assert link.startswith(f"{gateway}/api/invitations/unsubscribe/")
    # Scanners follow links: that changes nothing.
    assert requests.get(link, timeout=15).status_code == 405
    for _ in range(2):
        answer = requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=15)
        assert (answer.status_code, answer.content) == (204, b"")
    agreed(owner.post(f"/api/invitations/{first['invitation_id']}/revoke"))
    [second] = agreed(owner.post(path, asked))["results"]
    assert (second["email"], second["status"]) == (address, "sent")


def notified(person: Person, kind: str) -> list[dict[str, Any]]:
    """The person's notifications of this kind, once there are some: who did it, and the data of each."""
    path = "/api/notifications"
    items = eventually(
        lambda: [item for item in person.read(path)["items"] if item["kind"] == kind]
    )
    return [{**item["data"], "actor": item["actor_username"]} for item in items]


def test_the_invited_and_the_inviter_are_notified_of_each_other(
    owner: Person, partner: Person, havruta: str
) -> None:
    [invited], [accepted] = (
        notified(partner, "invitation"),
        notified(owner, "invitation_accepted"),
    )
    assert (invited["actor"], accepted["actor"]) == (owner.username, partner.username)
    assert invited["invitation_id"] == accepted["invitation_id"]
    assert (invited["title"], invited["havruta_id"]) == (
        "Judges in the morning",
        havruta.rpartition("/")[2],
    )


def test_a_person_who_wants_no_emails_with_invitations_is_notified_in_the_app(
    gateway: str, owner: Person, mailbox: Mailbox
) -> None:
    lapidoth = verified(register(gateway, "lapidoth"), mailbox)
    agreed(lapidoth.put("/api/notifications/preferences", {"email": {"invitation": False}}))
    # Once the service that sends them has heard of it.
    eventually(lambda: lapidoth.read("/api/me/export")["havrutas"]["invitation_opt_outs"])
    made = agreed(owner.post("/api/havrutas", {"name": "Torches", "book": "Ruth"}))
    addresses = [f"{lapidoth.username}@example.org", f"guest-{lapidoth.username}@example.org"]
    body = {"emails": addresses}
    agreed(owner.post(f"/api/havrutas/{made['id']}/invitations", body))
    [invited] = notified(lapidoth, "invitation")
    assert (invited["book"], invited["path"]) == ("Ruth", "/api/invitations/mine")
    # E-mails go out in order: with the second the first would be there.
    assert mailbox.to(addresses[1], "Study Ruth")
    assert mailbox.sent(addresses[0], "Study Ruth") == []


def test_an_invitation_needs_a_verified_address_of_the_inviter(gateway: str) -> None:
    person = register(gateway, "sisera")
    made = agreed(person.post("/api/havrutas", {"name": "Win a prize", "book": "Judges"}))
    asked = {"emails": ["unknown@example.org"]}
    refused = person.post(f"/api/havrutas/{made['id']}/invitations", asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "email_not_verified")
