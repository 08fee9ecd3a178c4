"""The service under test, an assessment with every kind of question, and people who take it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from assessment_service import drafts, versions
from assessment_service.models import db
from assessment_service.versions import Pinned
from chassis import testing
from chassis.data.db import transaction
from chassis.testing import User

from .support.every_kind_of_question import EVERYTHING
from .support.takers import Taker

Publish = Callable[..., Pinned]


@pytest.fixture(scope="session")
def app() -> Iterator[Flask]:
    with testing.service("assessment_service") as app:
        yield app


@pytest.fixture
def everything() -> dict[str, Any]:
    """A definition with every kind of question, to be changed at will."""
    return deepcopy(EVERYTHING)


@pytest.fixture
def publish(app: Flask, everything: dict[str, Any]) -> Publish:
    """Publish the definition of everything, with changes, as the newest version of an assessment."""

    def publish(slug: str = "everything", author: User | None = None, **changes: Any) -> Pinned:
        with app.app_context(), transaction(db.session):
            document = {"slug": slug, **everything, **changes}
            version = drafts.release(
                drafts.import_document(document, author.id if author else None)
            )
            if not drafts.has_default():
                drafts.make_default(slug)
            return versions.pinned(version.id)

    return publish


@pytest.fixture
def begin(app: Flask, client: Any, publish: Publish) -> Callable[..., Taker]:
    """Start a session of a version; by default of the definition of everything, published on first use."""
    published: list[Pinned] = []

    def begin(user: User | None = None, version: Pinned | None = None, **body: Any) -> Taker:
        if version is None:
            version = published[0] if published else publish()
            published.append(version)
        answer = app.test_client().post(
            "/api/v2/session/start", json={"assessment": version.slug, **body}, user=user
        )
        assert answer.status_code == 201, answer.json
        return Taker(app, version, answer.json["session_id"], user)

    return begin
