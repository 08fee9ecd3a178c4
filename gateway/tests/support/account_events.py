"""Events of the user-service, as they stand in its stream."""

from uuid import uuid4

import redis

from chassis import testing
from chassis.clock import now, rfc3339
from gateway.account_events import STREAM


def an_event(type_: str, aggregate: str, version: int = 1, **data: object) -> dict[str, object]:
    return {
        "id": str(uuid4()),
        "type": type_,
        "source": "user-service",
        "aggregate_id": aggregate,
        "aggregate_version": version,
        "occurred_at": rfc3339(now()),
        "data": data,
    }


def publish(type_: str, aggregate: str, version: int = 1, **data: object) -> None:
    """Put a signed event into the stream."""
    with redis.Redis.from_url(testing.redis_url()) as connection:
        connection.xadd(STREAM, testing.signed(an_event(type_, aggregate, version, **data)))


def end_sign_in(session: str) -> None:
    publish("sign_in.ended", session, user_id=str(uuid4()))
