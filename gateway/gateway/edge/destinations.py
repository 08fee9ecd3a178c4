"""Where a request goes: to the service of its route, or to one of the gateway's own views."""

from dataclasses import dataclass
from functools import lru_cache

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map

from gateway.addresses import REMEMBERED
from gateway.routes import LIVE, READING, QuotaClass, Route, route_of

UNCOUNTED = "/healthz"
KINDS = {
    **{route.path: QuotaClass.STREAM for route in LIVE},
    "/api/me/export": QuotaClass.EXPORT,
    "/web/sign-in": QuotaClass.SIGN_IN,
    "/web/sign-in/code": QuotaClass.SIGN_IN,
    "/web/sign-in/passkey": QuotaClass.SIGN_IN,
    "/web/register": QuotaClass.SIGN_IN,
}  # the others as the route or the method says


@dataclass(frozen=True, slots=True)
class Destination:
    """The route that a request takes; None leads to the views. `kind` is the quota it counts against."""

    route: Route | None
    kind: QuotaClass | None  # None: a read or a write, as the method says
    counted: bool = True
    is_file: bool = False  # of the web client, which needs no view

    def kind_of(self, method: str) -> QuotaClass:
        """The kind of request that this counts as."""
        if self.kind:
            return self.kind
        return QuotaClass.READ if method in READING else QuotaClass.WRITE


class Destinations:
    """The map of all addresses."""

    def __init__(self, views: Map) -> None:
        self._views = views.bind("gateway")
        self._remembered = lru_cache(4096)(self._find)
        self._routed: dict[str | None, Destination] = {}
        # The last segments of views that lie under a prefix of a service.
        self._exceptions = {
            rule.rule.rpartition("/")[2] for rule in views.iter_rules() if route_of(rule.rule)
        }

    def of(self, path: str) -> Destination:
        """Where a request with this path goes."""
        return self._remembered(path) if len(path) <= REMEMBERED else self._find(path)

    def _find(self, path: str) -> Destination:
        if path.startswith("/static/"):
            return Destination(None, None, is_file=True)
        route = route_of(path)
        if route and path.endswith("/"):
            # No service has such an address, and it must not be one more name of another.
            return Destination(None, route.kind)
        if route is None or path.rpartition("/")[2] in self._exceptions:
            rule = self._view_of(path)
            if rule or route is None:
                return Destination(None, KINDS.get(rule or ""), counted=path != UNCOUNTED)
        found = self._routed.get(route.prefix)
        if found is None:
            found = self._routed[route.prefix] = Destination(route, route.kind)
        return found

    def _view_of(self, path: str) -> str | None:
        try:
            rule, _ = self._views.match(path, "GET", return_rule=True)
        except MethodNotAllowed as error:
            [method, *_] = error.valid_methods or ()
            rule, _ = self._views.match(path, method, return_rule=True)
        except HTTPException:
            return None
        return rule.rule
