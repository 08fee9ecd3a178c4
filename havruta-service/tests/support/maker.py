"""Makes havrutas and sessions through the rules."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

from chassis.auth.tokens import Caller
from chassis.clock import now
from chassis.data.db import in_transaction
from chassis.testing import User, token_for
from havruta_service import havrutas, membership, plans, presence, sessions
from havruta_service.models import Base, Havruta, HavrutaSession, db


class Maker:
    """Makes what tests need as people would, each step in a transaction of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def __call__(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What the rule returns, after it is committed."""
        with self.app.app_context():
            return in_transaction(db.session, lambda: _loaded(work(*args, **kwargs)))

    def havruta(self, owner: User, *others: User, book: str = "Genesis") -> Havruta:
        havruta: Havruta = self(havrutas.create, owner.id, "Genesis on Tuesdays", book)
        for other in others:
            self(lambda user_id=other.id: membership.admit(havrutas.lock(havruta.id), user_id))
        return havruta

    def session(self, havruta: Havruta, *present: User) -> HavrutaSession:
        """A session in progress, begun by the owner, with these people in it."""
        session: HavrutaSession = self(sessions.start_now, havruta.id, havruta.owner_id)
        for user in present:
            self(presence.join, session.id, user.id)
        return session

    def plan(self, havruta: Havruta, **plan: Any) -> HavrutaSession:
        """A session planned by the owner, for tomorrow unless the plan says otherwise."""
        plan = {"start_time": now() + timedelta(days=1), "planned_minutes": 60, **plan}
        return self(plans.plan, havruta.id, havruta.owner_id, **plan)

    def caller(self, user: User) -> Caller:
        return self.app.extensions["verifier"].verify(token_for(user))


def _loaded(result: Any) -> Any:
    """The result with all its columns, so that it can be read after its database session."""
    rows = result if isinstance(result, list) else [result]
    for row in filter(lambda row: isinstance(row, Base), rows):
        db.session.flush()
        db.session.refresh(row)
        db.session.expunge(row)
    return result
