"""How long a sign-in lasts, and what ends it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from chassis import testing
from user_service import sign_ins
from user_service.models import RefreshToken, SignIn, User, db, messages
from user_service.sign_ins import AlreadyRotated, InvalidRefreshToken, TokenReused

AUser = Callable[..., User]


@pytest.fixture
def clock(in_app: Flask) -> Iterator[Any]:
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as traveller:
        yield traveller


def test_a_token_reused_within_ten_seconds_ends_nothing(clock: Any, a_user: AUser) -> None:
    first = sign_ins.begin(a_user(), "a test")
    second = sign_ins.refresh(first.refresh_token)
    clock.shift(timedelta(seconds=10))
    with pytest.raises(AlreadyRotated):
        sign_ins.refresh(first.refresh_token)
    sign_ins.refresh(second.refresh_token)


def test_a_token_reused_after_ten_seconds_ends_the_sign_in(clock: Any, a_user: AUser) -> None:
    first = sign_ins.begin(a_user(), "a test")
    second = sign_ins.refresh(first.refresh_token)
    clock.shift(timedelta(seconds=11))
    with pytest.raises(TokenReused):
        sign_ins.refresh(first.refresh_token)
    with pytest.raises(InvalidRefreshToken):
        sign_ins.refresh(second.refresh_token)


def test_reuse_ends_the_sign_in_although_the_request_fails(
    app: Flask, join: Callable[..., Any]
) -> None:
    client = app.test_client()
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as traveller:
        ruth = join("ruth")
        second = client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token}).json
        traveller.shift(timedelta(seconds=11))
        reused = client.post("/api/auth/refresh", json={"refresh_token": ruth.refresh_token})
        assert (reused.status_code, reused.json["code"]) == (401, "token_reused")
        after = client.post("/api/auth/refresh", json={"refresh_token": second["refresh_token"]})
        assert after.json["code"] == "invalid_refresh_token"
        session_id = app.extensions["verifier"].verify(second["access_token"]).session_id
    with app.app_context():
        told = db.session.scalars(select(messages.outbox.c.body["aggregate_id"].astext)).all()
    assert told == [session_id]


def test_a_sign_in_lasts_half_a_year_at_most(clock: Any, a_user: AUser) -> None:
    pair = sign_ins.begin(a_user(), "a test")
    for _ in range(6):
        clock.shift(timedelta(days=29))
        pair = sign_ins.refresh(pair.refresh_token)
    clock.shift(timedelta(days=180 - 6 * 29))
    with pytest.raises(InvalidRefreshToken):
        sign_ins.refresh(pair.refresh_token)


def test_a_sign_in_lasts_thirty_days_from_its_last_use(clock: Any, a_user: AUser) -> None:
    pair = sign_ins.begin(a_user(), "a test")
    clock.shift(timedelta(days=30) - timedelta(seconds=1))
    pair = sign_ins.refresh(pair.refresh_token)
    clock.shift(timedelta(days=30))
    with pytest.raises(InvalidRefreshToken):
        sign_ins.refresh(pair.refresh_token)


def test_an_access_token_lasts_fifteen_minutes(clock: Any, in_app: Flask, a_user: AUser) -> None:
    token = sign_ins.begin(a_user(), "a test").access_token
    verify = in_app.extensions["verifier"].verify
    clock.shift(timedelta(minutes=15, seconds=4))
    assert verify(token).username == "ruth"
    clock.shift(timedelta(seconds=1))
    with pytest.raises(Exception, match="not valid"):
        verify(token)


def test_a_new_access_token_has_the_changed_name_and_roles(in_app: Flask, a_user: AUser) -> None:
    user = a_user()
    pair = sign_ins.begin(user, "a test")
    user.display_name, user.roles = "Ruth Adler", ["learner", "tutor"]
    renewed = in_app.extensions["verifier"].verify(
        sign_ins.refresh(pair.refresh_token).access_token
    )
    assert (renewed.display_name, renewed.roles) == ("Ruth Adler", {"learner", "tutor"})


@pytest.mark.usefixtures("race_round")
def test_signing_out_wins_over_refreshing_at_the_same_time(
    app: Flask, join: Callable[..., Any]
) -> None:
    ruth = join("ruth")

    def refresh(token: str = ruth.refresh_token) -> Any:
        return app.test_client().post("/api/auth/refresh", json={"refresh_token": token})

    def sign_out() -> Any:
        return app.test_client().post("/api/auth/logout", headers=ruth.headers)

    refreshed, signed_out = testing.race([refresh, sign_out])
    assert signed_out.status_code == 204
    if refreshed.status_code == 200:
        assert refresh(refreshed.json["refresh_token"]).status_code == 401


def test_expired_tokens_are_forgotten_with_their_sign_ins(clock: Any, a_user: AUser) -> None:
    user = a_user()
    old = sign_ins.begin(user, "an old device")
    in_use = sign_ins.begin(user, "a device in use")
    clock.shift(timedelta(days=20))
    in_use = sign_ins.refresh(in_use.refresh_token)
    clock.shift(timedelta(days=11))
    assert sign_ins.forget_expired() == 3
    assert sign_ins.forget_expired() == 0
    assert db.session.scalars(select(SignIn.device)).all() == ["a device in use"]
    assert db.session.scalar(select(func.count(RefreshToken.id))) == 1
    sign_ins.refresh(in_use.refresh_token)
    with pytest.raises(InvalidRefreshToken):
        sign_ins.refresh(old.refresh_token)


def test_the_database_allows_a_sign_in_one_live_token(app: Flask, a_user: AUser) -> None:
    sign_in_token = sign_ins.begin(a_user(), "a test").refresh_token
    family = db.session.scalar(
        select(RefreshToken.family_id).where(
            RefreshToken.token_hash == sign_ins.digest(sign_in_token)
        )
    )
    db.session.add(RefreshToken(family_id=family, token_hash=b"x" * 32, expires_at=sign_ins.now()))
    with pytest.raises(Exception, match="refresh_tokens_live_key"):
        db.session.flush()
