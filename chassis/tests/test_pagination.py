"""Pages join without gap or overlap."""

import re

from flask import Flask
from flask.testing import FlaskClient

from chassis import testing

from .support.notes import Note, db

RUTH = testing.a_user("ruth")


def write_notes(app: Flask, count: int) -> None:
    with app.app_context():
        db.session.add_all([Note(owner_id=RUTH.id, title=f"{n:03}") for n in range(count)])
        db.session.commit()


def test_the_links_lead_through_every_note_once_in_order(app: Flask, client: FlaskClient) -> None:
    write_notes(app, 25)
    titles, url = [], "/api/notes?limit=10"
    while url:
        response = client.get(url)
        titles += [note["title"] for note in response.json["items"]]
        link = re.fullmatch(r'<(.+)>; rel="next"', response.headers.get("Link", ""))
        assert bool(link) == bool(response.json["next"])
        url = link and link[1]
    assert titles == [f"{n:03}" for n in range(25)]


def test_a_full_last_page_has_no_next(app: Flask, client: FlaskClient) -> None:
    write_notes(app, 10)
    assert client.get("/api/notes?limit=10").json["next"] is None


def test_a_limit_is_between_1_and_100(client: FlaskClient) -> None:
    assert client.get("/api/notes?limit=0").status_code == 422
    assert client.get("/api/notes?limit=101").status_code == 422


def test_a_page_takes_one_statement_whatever_it_holds(app: Flask, client: FlaskClient) -> None:
    write_notes(app, 60)
    with testing.count_queries(app) as statements:
        client.get("/api/notes?limit=50")
    assert len(statements) == 1
