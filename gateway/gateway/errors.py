"""What can go wrong between a client and a service."""

from collections.abc import Mapping

from chassis.errors import InvalidToken, Malformed, Problem


class AmbiguousAddress(Malformed):
    """The address can be read in more than one way."""


class BodyTooLarge(Problem):
    """The body is larger than this operation takes."""

    status = 413


class BodyTooSlow(Problem):
    """The body did not arrive in time."""

    status = 408


class TokenRevoked(InvalidToken):
    """The session of this access token has ended."""


class ClientGone(Problem):
    """The client hung up before the answer."""

    # nginx's number: nobody is there to be told, but logs and metrics are.
    status = 499


class _ServiceTrouble(Problem):
    """A service behind the gateway has trouble."""

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail, headers={"Retry-After": "1", **(headers or {})})


class BadGateway(_ServiceTrouble):
    """A service gave no usable answer."""

    status = 502


class Unreachable(BadGateway):
    """A service cannot be reached."""

    # Only the gateway has to know that there was no answer at all, and may ask again.
    code = "bad_gateway"


class GatewayTimeout(_ServiceTrouble):
    """A service did not answer in time."""

    status = 504
