"""Applying for the roles tutor and author, and deciding about it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from chassis import testing
from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.testing import count_queries
from user_service import applications
from user_service.applications import ApplicationLimitReached
from user_service.models import Application, Role, SecondFactor, User, db, messages
from user_service.runtime import runtime

from .support.emails import subjects, take_emails, verify

Join = Callable[..., Any]
OWN, ALL = "/api/users/me/applications", "/api/admin/applications"
TUTOR = {"role": "tutor", "text": "Ten years.\nOf Mishnah.", "subjects": ["Mishnah", "Aramaic"]}
AUTHOR = {"role": "author", "text": "I write questions."}
REFUSAL = {"reason": "Tell us what you teach."}


@pytest.fixture
def ada(join: Join) -> Any:
    return join("ada", Role.ADMIN)


@pytest.fixture
def ruth(app: Flask, join: Join) -> Any:
    ruth = join("ruth")
    verify(app, ruth)
    return ruth


def apply(client: FlaskClient, person: Any, body: Any = None, **changes: Any) -> Any:
    return client.post(OWN, json={**(body or TUTOR), **changes}, headers=person.headers)


def applied(client: FlaskClient, person: Any, body: Any = None) -> str:
    answer = apply(client, person, body)
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def decide(client: FlaskClient, admin: Any, application: str, verb: str, **body: Any) -> Any:
    path = f"{ALL}/{application}/{verb}"
    return client.post(path, json=body, headers=admin.headers)


def decline(client: FlaskClient, admin: Any, application: str) -> Any:
    return decide(client, admin, application, "decline", **REFUSAL)


def withdraw(client: FlaskClient, person: Any, application: str) -> Any:
    return client.delete(f"{OWN}/{application}", headers=person.headers)


def own(client: FlaskClient, person: Any, query: str = "") -> Any:
    return client.get(f"{OWN}{query}", headers=person.headers).json


def roles_of(client: FlaskClient, person: Any) -> list[str]:
    return list(client.get("/api/users/me", headers=person.headers).json["roles"])


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_an_accepted_application_gives_the_role_and_ends_older_tokens(
    app: Flask, client: FlaskClient, ada: Any, ruth: Any
) -> None:
    made = apply(client, ruth)
    assert made.status_code == 201
    shown = {name: made.json[name] for name in TUTOR}
    assert shown == TUTOR
    assert (made.json["status"], made.json["reason"], made.json["decided_at"]) == (
        "pending",
        None,
        None,
    )
    accepted = decide(client, ada, made.json["id"], "accept", reason="Welcome.")
    assert accepted.status_code == 200
    assert accepted.json["decided_by"] == str(ada.id)
    assert accepted.json["user_id"] == str(ruth.id)
    assert roles_of(client, ruth) == ["learner", "tutor"]
    with app.app_context():
        in_order = select(messages.outbox.c.body).order_by(messages.outbox.c.position)
        bodies = db.session.scalars(in_order).all()
    events = [body for body in bodies if body.get("aggregate_id") == str(ruth.id)]
    assert (events[-1]["type"], events[-1]["actor"]) == ("user.roles_changed", str(ada.id))
    assert events[-1]["data"] == {"roles": ["learner", "tutor"]}
    renewed = client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token}).json
    assert app.extensions["verifier"].verify(renewed["access_token"]).roles == {"learner", "tutor"}
    [mine] = own(client, ruth)["items"]
    assert (mine["status"], mine["reason"]) == ("accepted", "Welcome.")
    assert mine["decided_at"]
    assert {"decided_by", "user_id"}.isdisjoint(mine), "who decided is not the applicant's to know"
    assert str(ada.id) not in json.dumps(mine)


def test_a_declined_application_leaves_the_roles(client: FlaskClient, ada: Any, ruth: Any) -> None:
    declined = decline(client, ada, applied(client, ruth))
    assert (declined.status_code, declined.json["status"]) == (200, "declined")
    assert roles_of(client, ruth) == ["learner"]


def test_an_acceptance_needs_no_reason_and_a_refusal_does(
    client: FlaskClient, ada: Any, ruth: Any
) -> None:
    application = applied(client, ruth)
    for body in ({}, {"reason": None}, {"reason": ""}, {"reason": "x" * 501}):
        refused = decide(client, ada, application, "decline", **body)
        assert refused.status_code == 422
        assert refused.json["errors"][0]["pointer"] == "/reason"
    accepted = decide(client, ada, application, "accept")
    assert (accepted.status_code, accepted.json["reason"]) == (200, None)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"role": "admin"}, "/role"),
        ({"role": "parent"}, "/role"),
        ({"role": None}, "/role"),
        ({"text": ""}, "/text"),
        ({"text": " \n "}, "/text"),
        ({"text": "x" * 2001}, "/text"),
        ({"text": "\u0000"}, "/text"),
        ({"subjects": []}, "/subjects"),
        ({"subjects": ["x"] * 21}, "/subjects"),
        ({"subjects": ["x" * 101]}, "/subjects/0"),
        ({"subjects": [""]}, "/subjects/0"),
        ({"subjects": "Mishnah"}, "/subjects"),
        ({"status": "accepted"}, "/status"),
    ],
)
def test_an_application_that_is_not_valid_names_the_field(
    client: FlaskClient, ruth: Any, changes: dict[str, Any], pointer: str
) -> None:
    refused = apply(client, ruth, **changes)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == pointer
    assert own(client, ruth)["items"] == []


def test_an_author_needs_no_subjects(client: FlaskClient, ruth: Any) -> None:
    assert apply(client, ruth, AUTHOR).json["subjects"] == []


def test_an_applicant_has_proved_their_address(client: FlaskClient, join: Join) -> None:
    assert said(apply(client, join("boaz"))) == (403, "email_not_verified")


def test_one_application_for_each_role_is_pending(client: FlaskClient, ruth: Any) -> None:
    first = applied(client, ruth)
    applied(client, ruth, AUTHOR)
    assert said(apply(client, ruth)) == (409, "application_pending")
    assert withdraw(client, ruth, first).status_code == 204
    assert apply(client, ruth).status_code == 201


@pytest.mark.usefixtures("race_round")
def test_of_sixteen_applications_at_once_one_is_made(app: Flask, ruth: Any) -> None:
    answers = testing.race([lambda: apply(app.test_client(), ruth)] * 16)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 15
    assert {answer.json.get("code") for answer in answers} == {None, "application_pending"}


def test_the_database_refuses_a_second_pending_application(app: Flask, ruth: Any) -> None:
    rows = [Application(user_id=ruth.id, role="tutor", text="x", subjects=[]) for _ in range(2)]
    with app.app_context():
        db.session.add_all(rows)
        with pytest.raises(Exception, match="applications_pending_key"):
            db.session.flush()


@pytest.mark.parametrize(
    ("state", "constraint"),
    [
        ({"status": "accepted"}, "decided"),
        ({"decided_at": func.now()}, "decided"),
        ({"status": "withdrawn", "decided_by": uuid4()}, "decided"),
        ({"status": "declined", "decided_at": func.now(), "decided_by": uuid4()}, "reason"),
        ({"reason": "x"}, "reason"),
        ({"status": "lost"}, "status"),
        ({"role": "admin"}, "role"),
    ],
)
def test_the_database_refuses_a_state_that_cannot_be(
    app: Flask, client: FlaskClient, ruth: Any, state: dict[str, Any], constraint: str
) -> None:
    applied(client, ruth)
    with app.app_context(), pytest.raises(Exception, match=f"applications_{constraint}_check"):
        db.session.execute(update(Application).values(state))


def test_a_role_that_one_has_is_not_applied_for(client: FlaskClient, ada: Any, ruth: Any) -> None:
    decide(client, ada, applied(client, ruth), "accept")
    assert said(apply(client, ruth)) == (409, "role_held")
    assert apply(client, ruth, AUTHOR).status_code == 201


def test_after_a_refusal_a_person_waits_a_week(client: FlaskClient, ada: Any, ruth: Any) -> None:
    with time_machine.travel("2030-03-01T12:00:00Z", tick=False):
        person = signed_in_again(client, ruth)
        decline(client, signed_in_again(client, ada), applied(client, person))
    with time_machine.travel("2030-03-08T11:59:59Z", tick=False):
        person = signed_in_again(client, ruth)
        refused = apply(client, person)
        assert said(refused) == (409, "applied_lately")
        assert refused.json["available_at"] == "2030-03-08T12:00:00Z"
        assert apply(client, person, AUTHOR).status_code == 201, "for that nothing was declined"
    with time_machine.travel("2030-03-08T12:00:00Z", tick=False):
        assert apply(client, signed_in_again(client, ruth)).status_code == 201


def test_a_person_makes_so_many_applications_within_thirty_days(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    for _ in range(ApplicationLimitReached.most):
        withdraw(client, ruth, applied(client, ruth))
    refused = apply(client, ruth)
    assert said(refused) == (409, "application_limit_reached")
    assert refused.json["most"] == ApplicationLimitReached.most
    with app.app_context():
        older = update(Application).values(created_at=now() - applications.COUNTED_FOR)
        in_transaction(db.session, lambda: db.session.execute(older))
    assert apply(client, ruth).status_code == 201


def test_what_is_decided_is_not_decided_again(client: FlaskClient, ada: Any, ruth: Any) -> None:
    accepted, withdrawn = applied(client, ruth), applied(client, ruth, AUTHOR)
    decide(client, ada, accepted, "accept")
    withdraw(client, ruth, withdrawn)
    for application, status in ((accepted, "accepted"), (withdrawn, "withdrawn")):
        for refused in (
            decide(client, ada, application, "accept"),
            decline(client, ada, application),
            withdraw(client, ruth, application),
        ):
            assert said(refused) == (409, "application_decided")
            assert refused.json["application_status"] == status


@pytest.mark.usefixtures("race_round")
@pytest.mark.parametrize("other", ["withdraw", "decline", "accept"])
def test_of_two_who_end_an_application_at_once_one_does(
    app: Flask, client: FlaskClient, ada: Any, ruth: Any, other: str
) -> None:
    application = applied(client, ruth)
    second = {
        "withdraw": lambda: withdraw(app.test_client(), ruth, application),
        "decline": lambda: decline(app.test_client(), ada, application),
        "accept": lambda: decide(app.test_client(), ada, application, "accept"),
    }[other]
    answers = testing.race([lambda: decide(app.test_client(), ada, application, "accept"), second])
    won = [answer.status_code < 300 for answer in answers]
    assert sorted(won) == [False, True]
    [lost] = [answer for answer in answers if answer.status_code >= 300]
    assert said(lost) == (409, "application_decided")
    status = own(client, ruth)["items"][0]["status"]
    assert ("tutor" in roles_of(client, ruth)) is (status == "accepted")
    assert len(notified(client, ruth)) == (0 if status == "withdrawn" else 1)


def test_an_application_that_is_withdrawn_meanwhile_is_not_accepted(
    app: Flask, client: FlaskClient, ada: Any, ruth: Any
) -> None:
    application = applied(client, ruth)
    change = "UPDATE applications SET status = 'withdrawn'"
    answer = testing.overtaken(
        app, change, lambda: decide(app.test_client(), ada, application, "accept")
    )
    assert said(answer) == (409, "application_decided")
    assert roles_of(client, ruth) == ["learner"]


def test_a_suspended_applicant_is_not_accepted(client: FlaskClient, ada: Any, ruth: Any) -> None:
    application = applied(client, ruth)
    path = f"/api/admin/users/{ruth.id}/suspend"
    client.post(path, json={"reason": "Spam."}, headers=ada.headers)
    assert said(decide(client, ada, application, "accept")) == (409, "applicant_suspended")
    assert decline(client, ada, application).status_code == 200


def test_applications_go_with_the_account(
    app: Flask, client: FlaskClient, ada: Any, ruth: Any
) -> None:
    applications_made = [applied(client, ruth), applied(client, ruth, AUTHOR)]
    headers = {"Subject-Token": ruth.access_token}
    exported = client.get("/internal/export", headers=headers, peer="gateway").json
    assert {row["text"] for row in exported["applications"]} == {TUTOR["text"], AUTHOR["text"]}
    gone = client.delete("/api/users/me", json={"password": ruth.password}, headers=ruth.headers)
    assert gone.status_code == 202
    with app.app_context():
        assert db.session.scalars(select(Application)).all() == []
    for application in applications_made:
        assert decide(client, ada, application, "accept").status_code == 404
    assert apply(client, ruth).status_code == 401


@pytest.mark.usefixtures("race_round")
def test_nothing_is_left_of_who_applies_while_they_leave(
    app: Flask, client: FlaskClient, ruth: Any
) -> None:
    answers = testing.race(
        [
            lambda: apply(app.test_client(), ruth),
            lambda: app.test_client().delete(
                "/api/users/me", json={"password": ruth.password}, headers=ruth.headers
            ),
        ]
    )
    assert answers[0].status_code in {201, 401}
    assert answers[1].status_code == 202
    with app.app_context():
        assert db.session.scalars(select(Application)).all() == []


def test_another_persons_application_is_not_found(
    app: Flask, client: FlaskClient, ruth: Any, join: Join
) -> None:
    application, boaz = applied(client, ruth), join("boaz")
    assert withdraw(client, boaz, application).status_code == 404
    assert withdraw(client, ruth, str(uuid4())).status_code == 404
    assert own(client, boaz)["items"] == []


def test_the_applicant_is_told_live_and_by_email(
    app: Flask, client: FlaskClient, ada: Any, ruth: Any
) -> None:
    first, second = applied(client, ruth), applied(client, ruth, AUTHOR)
    take_emails(app)
    decide(client, ada, first, "accept", reason="Welcome.")
    decline(client, ada, second)
    newest_first = [
        {"role": "author", "status": "declined", "reason": REFUSAL["reason"]},
        {"role": "tutor", "status": "accepted", "reason": "Welcome."},
    ]
    assert [item["data"] for item in notified(client, ruth)] == newest_first
    with app.app_context():
        assert db.session.get_one(User, ruth.id).stream_position == 2
    emails = take_emails(app)
    texts = [email.get_body(("plain",)).get_content() for email in emails]
    assert [str(email["Subject"]) for email in emails] == [
        "Your application was accepted · Lyceum",
        "Your application was declined · Lyceum",
    ]
    assert "The reason:\n\n“Welcome.”" in texts[0]
    assert f"“{REFUSAL['reason']}”" in texts[1]
    assert not any("If it was not you" in text for text in texts)


def test_the_kind_is_emailed_as_well_only_if_it_is_wanted(
    app: Flask, client: FlaskClient, ada: Any, ruth: Any
) -> None:
    preferences = "/api/notifications/preferences"
    assert (
        client.get(preferences, headers=ruth.headers).json["email"]["application_decided"] is False
    )
    client.put(preferences, json={"email": {"application_decided": True}}, headers=ruth.headers)
    application = applied(client, ruth)
    take_emails(app)
    decide(client, ada, application, "accept")
    assert subjects(app) == ["Your application was accepted"] * 2


def test_pending_applications_are_listed_oldest_first_in_pages(
    app: Flask, client: FlaskClient, ada: Any, join: Join
) -> None:
    people = [join(name) for name in ("ruth", "boaz", "rachel")]
    for person in people:
        verify(app, person)
    first, second, third = (applied(client, person) for person in people)
    decline(client, ada, second)
    author = applied(client, people[0], AUTHOR)
    assert listed(client, ada) == [first, third, author]
    assert listed(client, ada, "?role=author") == [author]
    assert listed(client, ada, "?status=declined") == [second]
    page = client.get(f"{ALL}?limit=2", headers=ada.headers).json
    rest = listed(client, ada, f"?cursor={page['next']}")
    assert [item["id"] for item in page["items"]] + rest == [first, third, author]


def test_a_person_lists_their_own_newest_first_in_pages(client: FlaskClient, ruth: Any) -> None:
    made = []
    for _ in range(3):
        made.append(applied(client, ruth))
        withdraw(client, ruth, made[-1])
    page = own(client, ruth, "?limit=2")
    rest = own(client, ruth, f"?cursor={page['next']}")
    ids = [item["id"] for item in page["items"] + rest["items"]]
    assert ids == made[::-1]


def test_a_page_takes_a_constant_number_of_statements(
    app: Flask, client: FlaskClient, ada: Any, join: Join
) -> None:
    counts = []
    for name in ("ruth", "boaz", "rami"):
        person = join(name)
        verify(app, person)
        applied(client, person)
        with count_queries(app) as statements:
            listed(client, ada)
        counts.append(len(statements))
    assert len(set(counts)) == 1


def test_a_demoted_admin_decides_nothing_with_an_older_token(
    client: FlaskClient, ada: Any, ruth: Any, join: Join
) -> None:
    eve, application = join("eve", Role.ADMIN), applied(client, ruth)
    client.put(f"/api/users/{eve.id}/roles", json={"roles": ["learner"]}, headers=ada.headers)
    assert decide(client, eve, application, "accept").status_code == 403
    assert decline(client, eve, application).status_code == 403
    assert client.get(ALL, headers=eve.headers).status_code == 403
    assert roles_of(client, ruth) == ["learner"]


def test_an_admin_with_a_second_factor_shows_a_code_first(
    app: Flask, client: FlaskClient, ada: Any, ruth: Any
) -> None:
    application, secret = applied(client, ruth), pyotp.random_base32()

    def protect() -> None:
        sealed = runtime().sealer.seal(secret)
        db.session.add(SecondFactor(user_id=ada.id, sealed_secret=sealed, confirmed_at=now()))

    with app.app_context():
        in_transaction(db.session, protect)
    for refused in (
        decide(client, ada, application, "accept"),
        decline(client, ada, application),
        client.get(ALL, headers=ada.headers),
    ):
        assert said(refused) == (403, "confirmation_required")
    code = {"code": pyotp.TOTP(secret).now()}
    assert client.post("/api/auth/confirm", json=code, headers=ada.headers).status_code == 204
    assert listed(client, ada) == [application]
    assert decide(client, ada, application, "accept").status_code == 200


def test_applications_and_decisions_are_in_the_security_log(
    client: FlaskClient, ada: Any, ruth: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    first = applied(client, ruth)
    withdraw(client, ruth, applied(client, ruth, AUTHOR))
    second = applied(client, ruth, AUTHOR)
    listed(client, ada)
    decide(client, ada, first, "accept", reason="Welcome.")
    decline(client, ada, second)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    trail = [line for line in lines if line.get("stream") == "security"]
    told = [(line["action"], line["actor"], line["target"]) for line in trail]
    person, admin = str(ruth.id), str(ada.id)
    assert told.count(("application.made", person, person)) == 3
    for action, actor, target in (
        ("applications.listed", admin, admin),
        ("application.accepted", admin, person),
        ("application.declined", admin, person),
        ("application.withdrawn", person, person),
        ("roles.changed", admin, person),
    ):
        assert (action, actor, target) in told
    for words in ("Mishnah", "Welcome.", REFUSAL["reason"]):
        assert words not in json.dumps(trail)


def signed_in_again(client: FlaskClient, person: Any) -> Any:
    """The person with tokens that are good now."""
    body = {"login": person.username, "password": person.password}
    tokens = client.post("/api/auth/login", json=body).json
    return replace(person, access_token=tokens["access_token"])


def listed(client: FlaskClient, admin: Any, query: str = "") -> list[str]:
    page = client.get(f"{ALL}{query}", headers=admin.headers)
    assert page.status_code == 200, page.json
    return [item["id"] for item in page.json["items"]]


def notified(client: FlaskClient, person: Any) -> list[dict[str, Any]]:
    items = client.get("/api/notifications", headers=person.headers).json["items"]
    return [item for item in items if item["kind"] == "application_decided"]
