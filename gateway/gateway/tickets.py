"""Tickets for streams: a browser's EventSource sends no token, and a token must not stand in an address.

A ticket opens one stream, once, within half a minute. Redis holds the token that the ticket stands for
under the ticket's hash, encrypted with a key that only the ticket gives.
"""

import base64
import hashlib
import secrets

import redis
from cryptography.fernet import Fernet

from chassis.errors import InvalidToken, Unavailable
from chassis.redis_client import connect

LIFETIME = 30  # seconds


class StreamTickets:
    """Issues and redeems tickets."""

    def __init__(self, events_url: str) -> None:
        # Not in the cache: what is there may be evicted at any time.
        self._redis = connect(events_url)

    def issue(self, token: str) -> str:
        """A ticket that stands for the token. `Unavailable` without Redis."""
        ticket = secrets.token_urlsafe(32)
        try:
            self._redis.set(_name(ticket), _cipher(ticket).encrypt(token.encode()), ex=LIFETIME)
        except redis.RedisError:
            raise Unavailable("no tickets can be issued just now") from None
        return ticket

    def redeem(self, ticket: str) -> str:
        """The token that the ticket stands for; `InvalidToken` if it is spent, too old or not ours."""
        try:
            sealed = self._redis.getdel(_name(ticket))
        except redis.RedisError:
            raise Unavailable("tickets cannot be checked just now") from None
        if sealed is None:
            raise InvalidToken("this ticket is spent, too old or not ours")
        return _cipher(ticket).decrypt(str(sealed)).decode()


def _name(ticket: str) -> str:
    return f"ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"


def _cipher(ticket: str) -> Fernet:
    # Another hash than the name: a reader of Redis knows that one.
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"seal:" + ticket.encode()).digest()))
