"""A consumer acts on what the owner of a stream has signed, and on nothing else."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from prometheus_client import REGISTRY
from sqlalchemy import select

from chassis import testing
from chassis.auth.service_tokens import ServiceIdentity, ServiceTokenVerifier, UnknownKey
from chassis.clock import now, rfc3339
from chassis.data.db import transaction
from chassis.errors import InvalidToken
from chassis.messaging import signatures
from chassis.messaging.consumer import Consumer
from chassis.messaging.publisher import Publisher
from chassis.messaging.retention import REMEMBERED
from chassis.messaging.signatures import Untrusted

from .support import notes
from .support.notes import db, messages

USER, TUTORING = "user-service", "tutoring-service"
STREAM = f"events:{USER}"
KEYS = {name: key.public_key() for name, key in testing.key_files().service_keys.items()}

Fields = dict[str, str]


def an_event(**changes: object) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "type": "greeted",
        "schema_version": 1,
        "source": USER,
        "aggregate_id": "a",
        "aggregate_version": 1,
        "occurred_at": rfc3339(now()),
        "actor": None,
        "data": {},
        **changes,
    }


def signed_by(key: ec.EllipticCurvePrivateKey, kid: str) -> Fields:
    text = json.dumps(an_event())
    return {"event": text, "signature": signatures.sign(text, ServiceIdentity(USER, key, kid))}


def with_another_event(fields: Fields) -> Fields:
    return {**fields, "event": json.dumps(an_event())}


FORGERIES: dict[str, Callable[[], Fields]] = {
    "no signature": lambda: {"event": json.dumps(an_event())},
    "an empty signature": lambda: {"event": json.dumps(an_event()), "signature": ""},
    "no JWS": lambda: {"event": json.dumps(an_event()), "signature": "a.b.c"},
    "another service's": lambda: testing.signed(an_event(), by=TUTORING),
    "of another event": lambda: with_another_event(testing.signed(an_event())),
    "a key that is not the service's": lambda: signed_by(
        ec.generate_private_key(ec.SECP256R1()), USER
    ),
    "an unknown key id": lambda: signed_by(testing.key_files().service_keys[USER], f"{USER}_2"),
    "another service's, under its own name": lambda: signed_by(
        testing.key_files().service_keys[TUTORING], USER
    ),
    "a token instead of a signature": lambda: {
        "event": json.dumps(an_event()),
        "signature": ServiceIdentity(USER, testing.key_files().service_keys[USER], USER).token_for(
            TUTORING
        ),
    },
    "another source in the event": lambda: testing.signed(an_event(source="havruta-service")),
    "older than the inbox remembers": lambda: testing.signed(
        an_event(occurred_at=rfc3339(now() - REMEMBERED - timedelta(seconds=1)))
    ),
}


@pytest.fixture
def consumer(in_app: Flask) -> Consumer:
    consumer: Consumer = in_app.extensions["worker"].consumer
    consumer.consume(block=1)  # joins the group
    return consumer


def refused() -> float:
    return REGISTRY.get_sample_value("events_refused_total", {"stream": STREAM}) or 0


@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_event_without_a_proof_is_parked_at_once_and_holds_up_no_other(
    forgery: str, server: "redis.Redis", consumer: Consumer
) -> None:
    before = refused()
    server.xadd(STREAM, FORGERIES[forgery]())
    server.xadd(STREAM, testing.signed(an_event(data={"honest": True})))
    consumer.consume(block=1)
    assert [event.data for event in notes.received] == [{"honest": True}]
    failed = messages.failed_events.c
    parked = select(failed.tries).where(failed.parked_at.is_not(None))
    assert db.session.scalars(parked).all() == [1]
    assert server.xpending(STREAM, TUTORING)["pending"] == 0
    assert refused() == before + 1


def test_what_a_service_publishes_is_signed(server: "redis.Redis", publisher: Publisher) -> None:
    with transaction(db.session):
        messages.publish_event("note.written", "a", 1, {"word": "שלום"})
    publisher.publish_pending()
    [(_, fields)] = server.xrange(f"events:{TUTORING}")
    signatures.check(f"events:{TUTORING}", fields, KEYS)
    with pytest.raises(Untrusted):
        signatures.check(STREAM, fields, KEYS)


def test_a_service_may_have_an_old_and_a_new_key() -> None:
    old, new = testing.key_files().service_keys[USER], ec.generate_private_key(ec.SECP256R1())
    both = {**KEYS, f"{USER}_2": new.public_key()}
    before = ServiceIdentity.listed(USER, old, both)
    after = ServiceIdentity.listed(USER, new, both)
    assert (before.kid, after.kid) == (USER, f"{USER}_2")
    verifier = ServiceTokenVerifier(TUTORING, both)
    for identity in (before, after):
        fields = {"event": "{}", "signature": signatures.sign("{}", identity)}
        signatures.check(STREAM, fields, both)
        assert verifier.verify(identity.token_for(TUTORING)) == USER
    with pytest.raises(InvalidToken):
        ServiceTokenVerifier(TUTORING, KEYS).verify(after.token_for(TUTORING))


def test_a_program_whose_key_no_one_knows_does_not_start() -> None:
    with pytest.raises(UnknownKey):
        ServiceIdentity.listed(USER, ec.generate_private_key(ec.SECP256R1()), KEYS)
    # A key of another service is not its own.
    with pytest.raises(UnknownKey):
        ServiceIdentity.listed(USER, testing.key_files().service_keys[TUTORING], KEYS)
