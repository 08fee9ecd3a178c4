"""What can go wrong between a client and a service."""

from collections.abc import Mapping

from chassis.errors import Conflict, InvalidToken, Malformed, Problem, TooManyRequests
from chassis.web.rooms import MOST_ROOMS


class AmbiguousAddress(Malformed):
    """The address can be read in more than one way."""

    code = "ambiguous_address"


class AddressTooLong(Problem):
    """The address is longer than 8,000 characters."""

    code = "uri_too_long"
    status = 414


class HeadersTooLarge(Problem):
    """The headers are too many or too long."""

    code = "request_header_fields_too_large"
    status = 431


class BodyTooSlow(Problem):
    """The body did not arrive in time."""

    code = "body_too_slow"
    status = 408


class HeadersTooSlow(Problem):
    """The headers did not arrive in time."""

    code = "headers_too_slow"
    status = 408


class TokenRevoked(InvalidToken):
    """The session of this access token has ended."""

    code = "token_revoked"


class TokenOutdated(InvalidToken):
    """The roles of the account have changed since this access token was issued; refresh it."""

    code = "token_outdated"


class TooManyStreams(TooManyRequests):
    """You have too many streams open."""

    code = "too_many_streams"


class TooManyRooms(Conflict):
    """You have more rooms than one stream carries; `most` says how many it does."""

    code = "too_many_rooms"

    def __init__(self) -> None:
        super().__init__("name the rooms that you want in ?rooms", most=MOST_ROOMS)


class TooManyAtOnce(TooManyRequests):
    """You have too many requests under way; wait for their answers."""

    code = "too_many_at_once"


class ClientGone(Problem):
    """The client hung up before the answer."""

    code = "client_gone"

    # nginx's number for it. No client reads it, but logs and metrics show it.
    status = 499


class _ServiceTrouble(Problem):
    """A service behind the gateway has trouble."""

    code = "service_trouble"

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail, headers={"Retry-After": "1", **(headers or {})})


class BadGateway(_ServiceTrouble):
    """A service gave no usable answer."""

    code = "bad_gateway"
    status = 502


class Unreachable(BadGateway):
    """A service gave no usable answer."""

    # Only the gateway tells the two apart: without any answer it may ask again.
    code = "bad_gateway"


class GatewayTimeout(_ServiceTrouble):
    """A service did not answer in time."""

    code = "gateway_timeout"
    status = 504
