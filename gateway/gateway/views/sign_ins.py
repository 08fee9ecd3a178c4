"""Signing browsers in: what the user-service answers to any client, with its tokens moved into cookies."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, after_this_request, current_app, json, request
from marshmallow import INCLUDE

from chassis.auth.authorization import public
from chassis.errors import Forbidden, Problem, Unauthorized
from chassis.json_schema import NUMBER, TEXT, an_object
from chassis.web.fields import Body
from chassis.web.rest import Blueprint
from gateway.aggregation import passed_on
from gateway.cookies import Cookies
from gateway.errors import BadGateway, GatewayTimeout
from gateway.routes import PASSWORDS, USER
from gateway.upstream import Answer, Upstream, ask

TOKENS = frozenset({"access_token", "refresh_token", "device_token"})
CARRIED = ("User-Agent", "Accept-Language")
LIKE = {
    "/web/sign-in": "/api/auth/login",
    "/web/sign-in/code": "/api/auth/login/code",
    "/web/sign-in/passkey": "/api/auth/passkeys/login",
    "/web/register": "/api/auth/register",
    "/web/refresh": "/api/auth/refresh",
}
"""The operation of the user-service by which each is answered."""
SIGNED_IN = an_object(TOKENS, expires_in=NUMBER, **dict.fromkeys(TOKENS, TEXT))
"""What is read of its answer."""
EXCHANGE = 5.0  # seconds for a refresh token to be exchanged, or ended
SIGN_OUT = "/api/auth/logout"
SITE = {
    "name": "Sec-Fetch-Site",
    "in": "header",
    "description": "Browsers send it by themselves. Where one sends none, `Origin` has to be the platform's.",
    "schema": {"type": "string", "enum": ["same-origin"]},
    "example": "same-origin",
}

blueprint = Blueprint("sign-ins")


class CrossSite(Forbidden):
    """The request does not come from a page of the platform."""

    code = "cross_site"


class InvalidRefreshToken(Unauthorized):
    """The refresh token is not valid; sign in again."""

    code = "invalid_refresh_token"


class SignedOutHereAlone(Problem):
    """You are signed out here, but the sign-in could not be ended; it is in the list of your devices."""

    # Without `Retry-After`: there is no cookie any more to try again with.
    code = "signed_out_here_alone"
    status = 503


class BrowserSignIn(Body):
    """What the operation of the user-service takes."""


@blueprint.post("/web/sign-in", "log_in_browser", parameters=[SITE])
@public
@blueprint.arguments(BrowserSignIn, unknown=INCLUDE)
@blueprint.response(200)
@blueprint.raises(CrossSite, BadGateway, GatewayTimeout)
def log_in_browser(body: dict[str, Any]) -> Response:
    """Sign a browser in, as `log_in` does: the tokens become cookies."""
    return sign_in({**body, **device()})


@blueprint.post("/web/sign-in/code", "log_in_browser_with_code", parameters=[SITE])
@public
@blueprint.arguments(BrowserSignIn, unknown=INCLUDE)
@blueprint.response(200)
@blueprint.raises(CrossSite, BadGateway, GatewayTimeout)
def log_in_browser_with_code(body: dict[str, Any]) -> Response:
    """Sign a browser in with a ticket and a code, as `log_in_with_code` does: the tokens become cookies."""
    return sign_in({**body, **device()})


@blueprint.post("/web/sign-in/passkey", "log_in_browser_with_passkey", parameters=[SITE])
@public
@blueprint.arguments(BrowserSignIn, unknown=INCLUDE)
@blueprint.response(200)
@blueprint.raises(CrossSite, BadGateway, GatewayTimeout)
def log_in_browser_with_passkey(body: dict[str, Any]) -> Response:
    """Sign a browser in with a passkey, as `log_in_with_passkey` does: the tokens become cookies."""
    return sign_in({**body, **device()})


@blueprint.post("/web/register", "register_account_in_browser", parameters=[SITE])
@public
@blueprint.arguments(BrowserSignIn, unknown=INCLUDE)
@blueprint.response(201)
@blueprint.raises(CrossSite, BadGateway, GatewayTimeout)
def register_account_in_browser(body: dict[str, Any]) -> Response:
    """Create an account and sign its browser in, as `register_account` does: the tokens become cookies."""
    return sign_in(body)


@blueprint.post("/web/refresh", "refresh_cookies", parameters=[SITE])
@public
@blueprint.response(200)
@blueprint.raises(CrossSite, InvalidRefreshToken, BadGateway, GatewayTimeout)
def refresh_cookies() -> Response:
    """Exchange the refresh token in the cookie, as `refresh_tokens` does.

    401 removes the cookies. 409 `already_rotated` does not: another tab was first, and has the new ones.
    """
    token = cookies().refresh.sent()
    if token is None:
        after_this_request(cookies().sign_out)
        raise InvalidRefreshToken
    response = sign_in({"refresh_token": token}, deadline=EXCHANGE)
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        cookies().sign_out(response)
    return response


@blueprint.post("/web/sign-out", "log_out_browser", parameters=[SITE])
@public
@blueprint.response(204)
@blueprint.raises(CrossSite, SignedOutHereAlone)
def log_out_browser() -> None:
    """Sign a browser out: the cookies are removed, and the sign-in ends.

    503 `signed_out_here_alone` removes the cookies, too, and says that the sign-in goes on.
    """
    after_this_request(cookies().sign_out)
    token = cookies().refresh.sent()
    if token and not ends(token):
        raise SignedOutHereAlone


def refuse_other_sites() -> None:
    """`CrossSite` unless the browser says that a page of the platform makes the present request."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "")
    if site is None:
        public: str = current_app.extensions["public_url"]
        is_own = origin in {public, f"http://{request.host}", f"https://{request.host}"}
    else:
        is_own = site == "same-origin"
    if not is_own:
        raise CrossSite


blueprint.before_request(refuse_other_sites)


def device() -> Mapping[str, str]:
    """The token by which the user-service knows the device, if it does."""
    token = cookies().device.sent()
    return {"device_token": token} if token else {}


def sign_in(body: Mapping[str, Any], deadline: float = PASSWORDS) -> Response:
    """What the user-service answers to this body, with the tokens in cookies."""
    answer = asked(LIKE[request.path], body, deadline)
    if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return passed_on(answer, USER)
    try:
        document = orjson.loads(answer.body)
        tokens = {name: document.pop(name) for name in TOKENS if name in document}
        response = answer.response(orjson.dumps(document))
        if "expires_in" not in document:
            raise KeyError("expires_in")
        cookies().sign_in(response, tokens)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadGateway(f"{USER} answered with something else") from None
    return response


def ends(refresh_token: str) -> bool:
    """Whether the sign-in with this token has ended now, at the latest."""
    try:
        answer = asked(SIGN_OUT, {"refresh_token": refresh_token}, EXCHANGE)
    except Problem:
        return False
    return answer.status == HTTPStatus.NO_CONTENT


def asked(target: str, body: Mapping[str, Any], deadline: float) -> Answer:
    """What the user-service answers to the browser of the present request."""
    headers = {name: request.headers[name] for name in CARRIED if name in request.headers}
    headers["X-Forwarded-For"] = request.remote_addr or ""
    upstream: Upstream = current_app.extensions["user_service"]
    content = json.dumps(body).encode()
    question = upstream.question(target, carried=headers, deadline=deadline, body=content)
    ask(question)
    return question.result()


def cookies() -> Cookies:
    """The cookies of the present platform."""
    found: Cookies = current_app.extensions["cookies"]
    return found
