"""Who may call what: every operation, as nobody, as oneself, as somebody else and as an admin."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import testing
from chassis.db import in_transaction
from user_service import notifications
from user_service.models import Kind, Role, db

Join = Callable[..., Any]
OTHERS_WORK = {"GET /", "GET /healthz", "GET /readyz", "GET /metrics", "GET /openapi.json"}
TOKEN = {"token": "x"}

# Operation: body, then the answer to nobody, to the person it is about, to somebody else, to an admin.
MATRIX: dict[str, tuple[dict[str, Any] | None, int, int, int, int]] = {
    "POST /api/auth/register": ({}, 422, 422, 422, 422),
    "POST /api/auth/login": ({"login": "x", "password": "x"}, 401, 401, 401, 401),
    "POST /api/auth/refresh": ({"refresh_token": "x"}, 401, 401, 401, 401),
    "POST /api/auth/logout": (None, 401, 204, 204, 204),
    "POST /api/auth/logout-all": (None, 401, 204, 204, 204),
    "GET /api/auth/sessions": (None, 401, 200, 200, 200),
    "DELETE /api/auth/sessions/<uuid:sign_in_id>": (None, 401, 204, 404, 404),
    "POST /api/auth/verify-email": (TOKEN, 410, 410, 410, 410),
    "POST /api/auth/verify-email/resend": (None, 401, 202, 202, 202),
    "POST /api/auth/forgot-password": ({"email": "x@example.org"}, 202, 202, 202, 202),
    "POST /api/auth/reset-password": ({**TOKEN, "password": "eighteen fig trees"}, 410, 410, 410, 410),
    "GET /api/users": (None, 200, 200, 200, 200),
    "GET /api/users/search": (None, 401, 200, 200, 200),
    "GET /api/users/<uuid:user_id>": (None, 200, 200, 200, 200),
    "GET /api/users/me": (None, 401, 200, 200, 200),
    "PATCH /api/users/me": ({}, 401, 200, 200, 200),
    "DELETE /api/users/me": ({"password": "x"}, 401, 403, 403, 403),
    "PUT /api/users/me/password": ({"current_password": "x", "new_password": "eighteen fig trees"}, 401, 403, 403, 403),
    "PUT /api/users/<uuid:user_id>/roles": ({"roles": ["learner"]}, 401, 403, 403, 200),
    "GET /api/notifications": (None, 401, 200, 200, 200),
    "POST /api/notifications/<uuid:notification_id>/read": (None, 401, 204, 404, 404),
    "POST /api/notifications/read-all": (None, 401, 204, 204, 204),
    "GET /api/notifications/preferences": (None, 401, 200, 200, 200),
    "PUT /api/notifications/preferences": ({}, 401, 200, 200, 200),
    "GET /.well-known/jwks.json": (None, 200, 200, 200, 200),
    "POST /api/calendar/feed": (None, 401, 201, 201, 201),
    "DELETE /api/calendar/feed": (None, 401, 204, 204, 204),
    "GET /internal/calendar-feeds/<token_hash>": (None, 404, 404, 404, 404),
    "GET /internal/export": (None, 404, 404, 404, 404),
    "GET /internal/status": (None, 404, 404, 404, 404),
    "GET /internal/rooms/<kind>/<room_id>": (None, 404, 404, 404, 404),
}


def test_no_operation_is_forgotten_here(app: Flask) -> None:
    served = {f"{method} {path}" for method, path, _ in testing.operations(app)}
    assert served - OTHERS_WORK == set(MATRIX)


@pytest.mark.parametrize("operation", MATRIX)
def test_each_gets_the_right_answer(app: Flask, client: FlaskClient, join: Join, operation: str) -> None:
    ruth = join("ruth")
    path = address(app, operation.partition(" ")[2], ruth.id)
    body, *expected = MATRIX[operation]
    callers = [None, ruth, join("boaz"), join("ada", Role.ADMIN)]
    answers = [
        # In the order nobody, somebody else, an admin, oneself: what oneself does may change it for the others.
        client.open(path, method=operation.partition(" ")[0], json=body, headers=c.headers if c else {}).status_code
        for c in (callers[0], callers[2], callers[3], callers[1])
    ]
    assert [answers[0], answers[3], answers[1], answers[2]] == expected


def address(app: Flask, rule: str, user_id: UUID) -> str:
    """The rule with ids of things that are this person's."""
    with app.app_context():
        sign_in = db.session.execute(db.text("SELECT id FROM sign_ins")).scalar_one()
        in_transaction(db.session, lambda: notifications.notify(uuid4(), user_id, Kind.REMINDER, {}))
        note = db.session.execute(db.text("SELECT id FROM notifications")).scalar_one()
    path = rule.replace("<uuid:sign_in_id>", str(sign_in)).replace("<uuid:notification_id>", str(note))
    path = path.replace("<uuid:user_id>", str(user_id)).replace("<kind>/<room_id>", f"user/{user_id}")
    return path + {"/api/users": f"?ids={user_id}", "/api/users/search": "?q=ruth"}.get(path, "")
