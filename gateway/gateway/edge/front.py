"""Decides about every request: its address, who it is from, whether it may be made, and who answers it."""

from collections.abc import Collection
from functools import partial

from chassis.errors import Problem, TooManyRequests
from gateway import addresses, cors
from gateway.addresses import Address
from gateway.edge import tracing
from gateway.edge.callers import Callers, Identity
from gateway.edge.destinations import Destination, Destinations
from gateway.edge.exchange import Exchange
from gateway.edge.headers import SAME_ORIGIN, Heading
from gateway.edge.proxies import TrustedProxies
from gateway.edge.proxy import Proxy
from gateway.edge.quotas import Quotas, Standing, network_of
from gateway.edge.reading import Request
from gateway.edge.views import Views
from gateway.errors import TooManyAtOnce
from gateway.routes import QuotaClass
from gateway.web import Static

API = "/api/"
VIEW_BODY = 16 * 1024  # bytes of a body that is sent to a view


class Front:
    """What holds for every request, in the order in which it is asked."""

    def __init__(
        self,
        *,
        destinations: Destinations,
        callers: Callers,
        quotas: Quotas,
        proxy: Proxy,
        views: Views,
        files: Static,
        proxies: TrustedProxies,
        origins: Collection[bytes],
    ) -> None:
        self._destinations = destinations
        self._callers = callers
        self._quotas = quotas
        self._proxy = proxy
        self._views = views
        self._files = files
        self._proxies = proxies
        self._origins = origins

    def body_limit(self, request: Request) -> int:
        """How many bytes the body of a request may have."""
        try:
            route = self._destinations.of(addresses.read(request.target).path).route
        except Problem:
            return VIEW_BODY
        return route.body_limit if route else VIEW_BODY

    def take(self, exchange: Exchange) -> None:
        """Have a request answered."""
        tracing.begin(exchange)
        request, heading = exchange.request, exchange.heading
        exchange.address = self._proxies.client_of(exchange.connection.peer, heading.forwarded_for)
        if heading.origin:
            exchange.cors = cors.lines(heading.origin, self._origins)
        try:
            if request.problem:
                raise request.problem
            address = addresses.read(request.target)
        except Problem as problem:
            exchange.path = request.target.partition(b"?")[0].decode("latin-1")
            exchange.refuse(problem)
            return
        exchange.path = address.path
        if request.method == "OPTIONS" and heading.preflight:
            exchange.answer(204, cors.preflight(heading.origin, self._origins), b"")
            return
        self._recognize(exchange, address, self._destinations.of(address.path))

    def _recognize(self, exchange: Exchange, address: Address, destination: Destination) -> None:
        """Find out who the request is from, who also owns the quota that it counts against."""
        if exchange.heading.by_cookie:
            _sign_in_by_cookie(exchange, exchange.heading.by_cookie)
        authorization = exchange.heading.authorization
        identity = self._callers.known(authorization)
        if identity is None and authorization is not None:
            following = partial(self._count, exchange, address, destination)
            self._callers.find(authorization, network_of(exchange.address), following)
        elif identity:
            self._count(exchange, address, destination, identity)

    def _count(
        self, exchange: Exchange, address: Address, destination: Destination, identity: Identity
    ) -> None:
        """Count the request, before anyone is turned away: guessing tokens counts, too."""
        kind = destination.kind_of(exchange.request.method)
        # A sign-in counts against the address, not a person.
        if identity.caller and kind is not QuotaClass.SIGN_IN:
            exchange.subject = identity.name
        else:
            exchange.subject = f"address:{network_of(exchange.address)}"
        if not destination.counted:
            self._send(exchange, address, destination, identity)
            return
        exchange.kind = kind
        standing = self._quotas.spend(kind, exchange.subject)
        if standing:
            self._check_standing(exchange, address, destination, identity, standing)
        else:
            following = partial(self._check_standing, exchange, address, destination, identity)
            self._quotas.ask(kind, exchange.subject, following)

    def _check_standing(
        self,
        exchange: Exchange,
        address: Address,
        destination: Destination,
        identity: Identity,
        standing: Standing,
    ) -> None:
        exchange.standing = standing.lines
        if standing.allowed:
            self._send(exchange, address, destination, identity)
        else:
            detail = f"at most {standing.quota} a minute"
            exchange.refuse(TooManyRequests(detail, retry_after=standing.reset))

    def _send(
        self, exchange: Exchange, address: Address, destination: Destination, identity: Identity
    ) -> None:
        """Send the request to the service or the view that answers it."""
        connection = exchange.connection
        connection.subject = exchange.subject
        # The client may have left while it was found out who they are.
        if connection.lost:
            connection.abandoned(exchange)
            return
        if connection.edge.unread.is_too_much(exchange.subject):
            exchange.refuse(TooManyAtOnce("read the answers that you have", retry_after=1))
            return
        route = destination.route
        if route is None and destination.is_file:
            self._files.answer(exchange)
            return
        if route is None:
            self._views.answer(exchange, address, identity)
            return
        exchange.route_name = route.prefix
        try:
            exchange.caller = identity.admitted(route.access)
        except Problem as problem:
            exchange.refuse(problem)
            return
        self._proxy.forward(exchange, route, address.target)


def _sign_in_by_cookie(exchange: Exchange, heading: Heading) -> None:
    """Have the cookie count as a token, where no other site can have caused the request."""
    reads = exchange.request.method in {"GET", "HEAD"}
    if exchange.path.startswith(API) and (heading.site == SAME_ORIGIN or reads):
        exchange.heading = heading
        # A cache that several people share would know that an answer to a token is for one of them.
        exchange.varies += b", Cookie"
