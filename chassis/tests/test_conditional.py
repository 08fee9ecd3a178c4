"""Two people change one thing at the same time: one succeeds, the other is refused."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing

RUTH = testing.a_user("ruth")


def test_a_change_must_name_the_current_version(client: FlaskClient) -> None:
    made = client.post("/api/notes", json={"title": "a"}, user=RUTH)
    url = f"/api/notes/{made.json['id']}"
    assert client.put(url, json={"title": "b"}, user=RUTH).status_code == 428
    for other in ('"9"', '"8", "9"', "1", 'W/"1"', '"1', "", ","):
        refused = client.put(url, json={"title": "b"}, headers={"If-Match": other}, user=RUTH)
        assert refused.status_code == 412, other
    changed = client.put(
        url, json={"title": "b"}, headers={"If-Match": made.headers["ETag"]}, user=RUTH
    )
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')


@pytest.mark.parametrize("names", ["*", '"7", "1"', 'W/"2" , "1"', ' "1" '])
def test_a_change_may_name_several_versions_or_any(client: FlaskClient, names: str) -> None:
    made = client.post("/api/notes", json={"title": "a"}, user=RUTH)
    url = f"/api/notes/{made.json['id']}"
    changed = client.put(url, json={"title": "b"}, headers={"If-Match": names}, user=RUTH)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')


def test_an_unchanged_note_is_not_sent_again(client: FlaskClient) -> None:
    made = client.post("/api/notes", json={"title": "a"}, user=RUTH)
    url = f"/api/notes/{made.json['id']}"
    read = client.get(url, user=RUTH)
    again = client.get(url, headers={"If-None-Match": read.headers["ETag"]}, user=RUTH)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(url, headers={"If-None-Match": '"9"'}, user=RUTH).json == read.json


@pytest.mark.usefixtures("race_round")
def test_only_one_of_ten_concurrent_changes_succeeds(app: Flask, client: FlaskClient) -> None:
    made = client.post("/api/notes", json={"title": "a"}, user=RUTH)

    def change(title: str) -> int:
        url, headers = f"/api/notes/{made.json['id']}", {"If-Match": made.headers["ETag"]}
        return (
            app.test_client()
            .put(url, json={"title": title}, headers=headers, user=RUTH)
            .status_code
        )

    statuses = testing.race([lambda title=f"{n}": change(title) for n in range(10)])
    assert sorted(statuses) == [200] + [412] * 9
