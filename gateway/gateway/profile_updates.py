"""Follows the user-service's events about people, so that names shown elsewhere do not grow old."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
import structlog

from chassis.redis_client import connect
from gateway.routes import USER

STREAM = f"events:{USER}"
BLOCK = 5000  # milliseconds
PAUSE = 1.0  # seconds between attempts while Redis does not answer
CHANGES = {"user.updated", "user.deleted"}

Forget = Callable[..., object]
"""Forgets one person, or all people without an argument."""

log = structlog.get_logger(__name__)


def follow(events_url: str, forget: Forget) -> None:
    """Have people forgotten as they change, from now on. `forget` is called in a thread."""
    # Redis is silent for as long as XREAD blocks, and the timeout has to outlast that.
    connection = connect(events_url, timeout=2 * BLOCK / 1000)
    threading.Thread(target=_follow, args=(connection, forget), name="people", daemon=True).start()


def _follow(connection: "redis.Redis", forget: Forget) -> None:
    while True:
        try:
            _follow_while_connected(connection, forget)
        except (redis.RedisError, ValueError, KeyError) as error:
            log.warning("people_not_followed", reason=type(error).__name__)
            time.sleep(PAUSE)


def _follow_while_connected(connection: "redis.Redis", forget: Forget) -> None:
    # The end of the stream is read before the forgetting, so that a change in between is seen.
    newest: Any = connection.xrevrange(STREAM, count=1)
    last: str = newest[0][0] if newest else "0"
    forget()  # changes while this did not listen are unknown
    while True:
        answer: Any = connection.xread({STREAM: last}, count=500, block=BLOCK)
        entries = answer[0][1] if answer else []
        for _, fields in entries:
            event = json.loads(fields["event"])
            if event["type"] in CHANGES:
                forget(event["aggregate_id"])
        last = entries[-1][0] if entries else last
