"""No one has more of a thing than the limit says, however many requests come at once."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from chassis import testing
from chassis.data.db import transaction
from chassis.data.limits import LimitReached, require_room
from chassis.web.idempotency import IdempotencyKeyLimitReached

from .support.notes import Note, db

RUTH = testing.a_user("ruth")


class NoteLimitReached(LimitReached):
    """There are as many notes as may be."""

    code = "note_limit_reached"
    most = 3


def write(app: Flask, owner_id: UUID, count: int = 1) -> bool:
    """Write notes, if there is room for all of them."""
    own = select(Note.id).filter_by(owner_id=owner_id)
    with app.app_context():
        try:
            with transaction(db.session):
                require_room(db.session, NoteLimitReached, own, of=owner_id, more=count)
                for _ in range(count):
                    db.session.add(Note(owner_id=owner_id, title=f"{uuid4()}"))
        except NoteLimitReached:
            return False
    return True


def test_there_is_room_up_to_the_limit(app: Flask) -> None:
    owner_id = uuid4()
    assert [write(app, owner_id) for _ in range(4)] == [True, True, True, False]
    assert write(app, uuid4())


def test_several_are_written_together_or_not_at_all(app: Flask) -> None:
    owner_id = uuid4()
    assert [write(app, owner_id, count) for count in (2, 2, 1)] == [True, False, True]


@pytest.mark.usefixtures("race_round")
def test_the_last_room_is_found_once(app: Flask) -> None:
    owner_id = uuid4()
    assert sum(testing.race([lambda: write(app, owner_id)] * 8)) == 3


def test_no_more_rows_are_read_than_decide_it(app: Flask) -> None:
    with app.app_context(), testing.count_queries(app) as statements:
        require_room(db.session, NoteLimitReached, select(Note.id), of="all", more=0)
        db.session.rollback()
    assert len(statements) == 2
    assert "LIMIT" in str(statements[1])


def test_a_person_uses_so_many_idempotency_keys(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IdempotencyKeyLimitReached, "most", 2)

    def post(key: str) -> tuple[int, str | None]:
        headers = {"Idempotency-Key": key}
        answer = client.post("/api/notes", json={"title": key}, user=RUTH, headers=headers)
        return answer.status_code, answer.json.get("code")

    assert [post(key)[0] for key in ("first", "second", "first")] == [201] * 3
    assert post("third") == (409, "idempotency_key_limit_reached")
    assert client.post("/api/notes", json={"title": "without"}, user=RUTH).status_code == 201
