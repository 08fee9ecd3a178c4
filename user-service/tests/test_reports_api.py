"""Reports of people and of what they wrote, and what admins decide."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.testing import overtaken, race
from user_service import reports
from user_service.models import Notification, Report, Role, User, db, messages

Join = Callable[..., Any]
ALL = "/api/admin/reports"
WORDS = {"content": "Go away, all of you."}


def file(client: FlaskClient, reporter: Any, author: Any, **changes: Any) -> Any:
    body = {
        "about": "message",
        "about_id": str(uuid4()),
        "author_id": str(getattr(author, "id", author)),
        "words": WORDS,
        "kind": "harassment",
        "text": "It goes on for days.",
        **changes,
    }
    headers = {"Subject-Token": reporter.access_token}
    return client.post("/internal/reports", json=body, peer="gateway", headers=headers)


def decide(client: FlaskClient, admin: Any, report: Any, decision: str) -> Any:
    body = {"decision": decision, "reason": "We do not talk like this."}
    return client.post(f"{ALL}/{report['id']}/decide", json=body, headers=admin.headers)


def listed(client: FlaskClient, admin: Any, query: str = "") -> list[Any]:
    page = client.get(f"{ALL}{query}", headers=admin.headers)
    assert page.status_code == 200, page.json
    return list(page.json["items"])


def own(client: FlaskClient, person: Any) -> list[Any]:
    return list(client.get("/api/users/me/reports", headers=person.headers).json["items"])


def notified(app: Flask, person: Any, kind: str) -> list[Any]:
    query = select(Notification.data).filter_by(user_id=person.id, kind=kind)
    with app.app_context():
        return list(db.session.scalars(query.order_by(Notification.created_at)))


def hidden(app: Flask) -> list[Any]:
    body = messages.outbox.c.body
    with app.app_context():
        events = db.session.scalars(select(body).where(body["type"].astext == "content.hidden"))
        return [event["data"] for event in events]


@pytest.fixture
def people(join: Join) -> dict[str, Any]:
    names = ("ruth", "boaz", "naomi")
    return {"ada": join("ada", Role.ADMIN), **{name: join(name) for name in names}}


def test_a_report_keeps_the_words_for_admins(client: FlaskClient, people: dict[str, Any]) -> None:
    ada, ruth, boaz, _ = people.values()
    filed = file(client, ruth, boaz)
    assert filed.status_code == 201
    [seen] = listed(client, ada)
    assert (seen["words"], seen["text"]) == (WORDS, "It goes on for days.")
    assert (seen["author_id"], seen["reporter_id"]) == (str(boaz.id), str(ruth.id))
    assert own(client, ruth) == [filed.json]
    assert filed.json.keys().isdisjoint({"words", "author_id", "reason", "decided_by"})
    assert own(client, boaz) == []
    assert client.get(ALL, headers=boaz.headers).status_code == 403


def test_no_one_reports_themselves_or_no_one(client: FlaskClient, people: dict[str, Any]) -> None:
    _, ruth, boaz, naomi = people.values()
    client.delete("/api/users/me", json={"password": naomi.password}, headers=naomi.headers)
    assert file(client, ruth, ruth).json["code"] == "own_words"
    assert file(client, ruth, naomi).status_code == 404
    assert file(client, ruth, uuid4()).status_code == 404
    assert file(client, naomi, boaz).status_code == 401


@pytest.mark.parametrize("gone", ["ruth", "boaz"])
def test_no_report_comes_after_a_deletion_of_its_reporter_or_author(
    app: Flask, people: dict[str, Any], gone: str
) -> None:
    erasure = f"UPDATE users SET deleted_at = now() WHERE username = '{gone}'"  # noqa: S608
    filed = overtaken(app, erasure, lambda: file(app.test_client(), people["ruth"], people["boaz"]))
    assert filed.status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Report)).all() == []


@pytest.mark.usefixtures("race_round")
def test_of_many_reports_of_one_thing_by_one_person_one_is_open(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ruth, boaz, about_id = join("ruth"), join("boaz"), str(uuid4())
    filing = [lambda: file(app.test_client(), ruth, boaz, about_id=about_id)] * 8
    answers = race(filing)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {a.json["code"] for a in answers if a.status_code == 409} == {"already_reported"}
    assert len(own(client, ruth)) == 1


def test_a_person_makes_twenty_reports_a_day_at_most(
    app: Flask, client: FlaskClient, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports.ReportLimitReached, "most", 1)
    _, ruth, boaz, naomi = people.values()
    assert file(client, ruth, boaz).status_code == 201
    refused = file(client, ruth, naomi)
    assert (refused.status_code, refused.json["code"]) == (409, "report_limit_reached")

    def age() -> None:
        day = timedelta(days=1)
        db.session.execute(update(Report).values(created_at=Report.created_at - day))

    with app.app_context():
        in_transaction(db.session, age)
    assert file(client, ruth, naomi).status_code == 201


def test_a_dismissal_tells_who_reported_and_nothing_else(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    ada, ruth, boaz, _ = people.values()
    report = file(client, ruth, boaz).json
    decided = decide(client, ada, report, "dismiss")
    assert (decided.status_code, decided.json["decision"]) == (200, "dismiss")
    assert (listed(client, ada), listed(client, ada, "?state=decided")) == ([], [decided.json])
    [told] = notified(app, ruth, "report_decided")
    assert told == {
        "report_id": report["id"],
        "about": "message",
        "about_id": report["about_id"],
        "decision": "dismiss",
    }
    assert notified(app, boaz, "content_hidden") == hidden(app) == []
    [seen] = own(client, ruth)
    assert (seen["decision"], "reason" in seen) == ("dismiss", False)
    again = decide(client, ada, report, "hide")
    assert (again.status_code, again.json["code"]) == (409, "report_decided")
    # It may be reported again, as it may have become worse.
    assert file(client, ruth, boaz, about_id=report["about_id"]).status_code == 201


def test_hiding_decides_all_reports_of_the_thing(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    ada, ruth, boaz, naomi = people.values()
    about_id = str(uuid4())
    first = file(client, ruth, boaz, about_id=about_id).json
    file(client, naomi, boaz, about_id=about_id, kind="hate")
    other = file(client, naomi, boaz).json
    assert decide(client, ada, first, "hide").status_code == 200
    assert [report["id"] for report in listed(client, ada)] == [other["id"]]
    assert hidden(app) == [{"about": "message", "about_id": about_id}]
    for reporter in (ruth, naomi):
        [told] = notified(app, reporter, "report_decided")
        assert told["decision"] == "hide"
    [told] = notified(app, boaz, "content_hidden")
    assert told == {
        "about": "message",
        "about_id": about_id,
        "reason": "We do not talk like this.",
    }


def test_hiding_a_person_empties_their_profile(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    ada, ruth, boaz, _ = people.values()
    profile = {"display_name": "The Best", "bio": "Buy this.", "avatar_url": "https://a.example/b"}
    client.patch("/api/users/me", json=profile, headers=boaz.headers)
    headers = {"Subject-Token": ruth.access_token}
    path = f"/internal/reported/person/{boaz.id}"
    reported = client.get(path, peer="gateway", headers=headers).json
    assert reported == {"author_id": str(boaz.id), "words": {"username": "boaz", **profile}}
    report = file(client, ruth, boaz, about="person", about_id=str(boaz.id), **reported).json
    assert decide(client, ada, report, "hide").status_code == 200
    seen = client.get(f"/api/users/{boaz.id}").json
    assert (seen["display_name"], seen["bio"], seen["avatar_url"]) == ("boaz", None, None)
    assert hidden(app) == []


def test_suspending_hides_it_and_closes_the_account(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    ada, ruth, boaz, _ = people.values()
    first, second = (file(client, ruth, boaz).json for _ in range(2))
    assert decide(client, ada, first, "suspend").status_code == 200
    assert len(hidden(app)) == 1
    login = {"login": "boaz", "password": boaz.password}
    refused = client.post("/api/auth/login", json=login).json
    assert (refused["code"], refused["reason"]) == (
        "account_suspended",
        "We do not talk like this.",
    )
    # They are suspended already, and that is no reason to leave the next report open.
    assert decide(client, ada, second, "suspend").status_code == 200


def test_no_admin_is_suspended_by_a_report(
    app: Flask, client: FlaskClient, join: Join, people: dict[str, Any]
) -> None:
    ada, ruth, *_ = people.values()
    other = join("eve", Role.ADMIN)
    report = file(client, ruth, other).json
    refused = decide(client, ada, report, "suspend")
    assert (refused.status_code, refused.json["code"]) == (409, "account_is_admin")
    assert [open_one["id"] for open_one in listed(client, ada)] == [report["id"]]
    assert hidden(app) == []


@pytest.mark.usefixtures("race_round")
def test_of_two_admins_who_decide_at_once_one_does(
    app: Flask, client: FlaskClient, join: Join
) -> None:
    ada, eve = join("ada", Role.ADMIN), join("eve", Role.ADMIN)
    ruth, boaz = join("ruth"), join("boaz")
    report = file(client, ruth, boaz).json
    deciding = [
        lambda: decide(app.test_client(), ada, report, "hide"),
        lambda: decide(app.test_client(), eve, report, "dismiss"),
    ]
    assert sorted(answer.status_code for answer in race(deciding)) == [200, 409]
    assert len(notified(app, ruth, "report_decided")) == 1


def test_reports_are_listed_by_author_and_page(client: FlaskClient, people: dict[str, Any]) -> None:
    ada, ruth, boaz, naomi = people.values()
    filed = [file(client, ruth, author).json["id"] for author in (boaz, naomi, boaz)]
    by_author = listed(client, ada, f"?author_id={boaz.id}")
    assert [report["id"] for report in by_author] == [filed[0], filed[2]]
    for state, order in (("open", filed), ("decided", filed[::-1])):
        first = client.get(f"{ALL}?state={state}&limit=2", headers=ada.headers).json
        path = f"{ALL}?state={state}&limit=2&cursor={first['next']}"
        rest = client.get(path, headers=ada.headers).json
        assert [report["id"] for report in first["items"] + rest["items"]] == order
        assert rest["next"] is None
        for report in listed(client, ada):
            decide(client, ada, report, "dismiss")


def test_nothing_of_a_deleted_person_stays_in_reports(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    ada, ruth, boaz, naomi = people.values()
    made, received = file(client, boaz, ruth).json, file(client, naomi, boaz).json
    client.delete("/api/users/me", json={"password": boaz.password}, headers=boaz.headers)
    [still_open] = listed(client, ada)
    assert (still_open["id"], still_open["reporter_id"], still_open["text"]) == (
        made["id"],
        None,
        None,
    )
    assert still_open["words"] == WORDS
    [closed] = listed(client, ada, "?state=decided")
    assert (closed["id"], closed["author_id"], closed["words"]) == (received["id"], None, {})
    assert decide(client, ada, made, "hide").status_code == 200


def test_a_person_exports_the_reports_they_made(
    client: FlaskClient, people: dict[str, Any]
) -> None:
    _, ruth, boaz, _ = people.values()
    file(client, ruth, boaz)

    def export(person: Any) -> Any:
        headers = {"Subject-Token": person.access_token}
        return client.get("/internal/export", peer="gateway", headers=headers).json["reports"]

    assert [report["text"] for report in export(ruth)] == ["It goes on for days."]
    # Those about a person would tell them who made them.
    assert export(boaz) == []


def test_decided_reports_are_deleted_after_a_year(
    app: Flask, client: FlaskClient, people: dict[str, Any]
) -> None:
    ada, ruth, boaz, _ = people.values()
    old, new = (file(client, ruth, boaz).json for _ in range(2))
    for report in (old, new):
        decide(client, ada, report, "dismiss")

    def age() -> int:
        row = db.session.get_one(Report, UUID(old["id"]))
        row.decided_at = now() - timedelta(days=366)
        db.session.flush()
        return reports.forget_old()

    with app.app_context():
        assert in_transaction(db.session, age) == 1
        assert db.session.scalars(select(Report.id)).all() == [UUID(new["id"])]
        assert db.session.get(User, ruth.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("about", "course"),
        ("about_id", "x"),
        ("words", []),
        ("words", {"content": "x" * 40_000}),
        ("kind", "dull"),
        ("text", "x" * 2001),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name(
    client: FlaskClient, people: dict[str, Any], field: str, value: Any
) -> None:
    _, ruth, boaz, _ = people.values()
    refused = file(client, ruth, boaz, **{field: value})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == f"/{field}"
