"""Names that would pass for the people who run the platform."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from chassis.data.db import in_transaction
from user_service import demo
from user_service.models import Role, User, db
from user_service.staff_names import PLAIN, TELLING, passes_for_staff

Join = Callable[..., Any]
RUTH = {
    "email": "ruth@example.org",
    "username": "ruth",
    "display_name": "Ruth Adler",
    "password": "seventeen olive trees",
}
# RFC 2142 names these mailboxes.
MAILBOXES = """
info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www uucp ftp
"""


@pytest.mark.parametrize(
    "name",
    [
        *f"{TELLING} {PLAIN} {MAILBOXES}".split(),
        "ADMIN",
        "adm1n",
        "@dmin",
        "admin1",
        "4dmin_2026",
        "sup-port",
        "s.u.p.p.o.r.t",
        "a d m i n",
        "$upport",
        "supp0rt",
        "r00t",
        "lyceum_support",
        "lyceumsupport",
        "lyceum-team",
        "support.team",
        "supportteam",
        "the-admin",
        "theadmin",
        "Your Help Desk",
        "the-root",
        "no-reply",
        "no_reply",
        "do-not-reply",
        "mailer-daemon",
        "help.desk",
        "Help Desk",
        "system2",
        "another-admin",
        "Ada Admin",
        "Lyceum Support",
        "Dina (staff)",
        "Dina, Lyceum Security",
        "Official Dina",
        "Dina | Admin",
        "Deleted user",
        "\u00c1dm\u00edn",
        "\uff21\uff24\uff2d\uff29\uff2e",
        "\u1d00\u1d05\u1d0d\u026a\u0274",
        "adm\u0131n",
        "צוות תמיכה",
        "Администратор",
    ],
)
def test_a_name_of_staff_is_known(name: str) -> None:
    assert passes_for_staff(name)


@pytest.mark.parametrize(
    "name",
    [
        "Helper",
        "Adminah",
        "Rootstein",
        "Joe Root",
        "Maria Sales",
        "Stafford",
        "Staffan",
        "Modi",
        "Modell",
        "Newsom",
        "Newsome",
        "Infeld",
        "Systrom",
        "Helpmann",
        "Supporta",
        "Securita",
        "Moderata",
        "Lyceumsky",
        "Abusev",
        "Noor",
        "Noca",
        "Trusty",
        "The Team",
        "Theroot",
        "Real User",
        "Deleted",
        "Anna Account",
        "help me learn",
        "Ruth Adler",
        "ruth2026",
        "ruth.adler",
        "Minerva Ad",
        "רות אדלר",
        "אלון",
        "Анна",
        "😀",
        "' OR 1=1 --",
        "$(id)",
        "1234",
        "---",
    ],
)
def test_other_names_are_free(name: str) -> None:
    assert not passes_for_staff(name)


@given(st.text(max_size=100))
def test_every_name_has_an_answer(name: str) -> None:
    assert passes_for_staff(name) in {True, False}


@given(st.sampled_from(TELLING.split()), st.sampled_from([" ", "_", "-", "."]), st.integers(0, 99))
def test_a_word_that_tells_is_found_among_others(word: str, between: str, number: int) -> None:
    assert passes_for_staff(f"Ruth{between}{word.title()}{number}")


@pytest.mark.parametrize(
    ("field", "name"),
    [("username", "Support"), ("username", "lyceum_help"), ("display_name", "Lyceum Staff")],
)
def test_no_one_registers_with_a_name_of_staff(client: FlaskClient, field: str, name: str) -> None:
    refused = client.post("/api/auth/register", json={**RUTH, field: name})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json["errors"]] == [f"/{field}"]


def test_no_one_takes_a_name_of_staff_later(client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")
    changes = {"display_name": "Lyceum Support", "bio": "Ask me."}
    refused = client.patch("/api/users/me", json=changes, headers=ruth.headers)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/display_name")
    assert client.get("/api/users/me", headers=ruth.headers).json["bio"] is None


def test_an_account_keeps_the_name_it_has(app: Flask, client: FlaskClient, join: Join) -> None:
    ruth = join("ruth")

    def rename() -> None:
        db.session.get_one(User, ruth.id).display_name = "Support"

    with app.app_context():
        in_transaction(db.session, rename)
    changes = {"display_name": "Support", "bio": "Here since the beginning."}
    kept = client.patch("/api/users/me", json=changes, headers=ruth.headers).json
    assert (kept["display_name"], kept["bio"]) == ("Support", "Here since the beginning.")


def test_an_admin_may_be_called_one(client: FlaskClient, join: Join) -> None:
    ada = join("ada", Role.ADMIN)
    changes = {"display_name": "Ada, Lyceum Support"}
    changed = client.patch("/api/users/me", json=changes, headers=ada.headers).json
    assert changed["display_name"] == "Ada, Lyceum Support"


def test_the_admin_of_the_demo_goes_on(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        in_transaction(db.session, demo.load)
    login = {"login": "admin", "password": demo.PASSWORD}
    tokens = client.post("/api/auth/login", json=login).json
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    changes = {"display_name": "Ada Admin", "bio": "Runs the demo."}
    assert client.patch("/api/users/me", json=changes, headers=headers).status_code == 200
