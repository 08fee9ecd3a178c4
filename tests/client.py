"""People who use the platform, so that journeys read as prose."""

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

import requests

from lyceum_client import Lyceum
from tests.forged_tokens import Issuer

PASSWORD = "correct horse battery staple"
DEMO_PASSWORD = "study-together-daily"
DEMO_ROLES = {"ruth": ["tutor"], "hillel": ["tutor"], "naomi": ["parent"], "esther": ["author"], "admin": ["admin"]}
TIMEOUT = 15
PATIENCE = 15.0
PAUSE = 0.05

Answer = TypeVar("Answer")


class Visitor:
    """Somebody without an account."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        self.api = Lyceum(gateway)
        self.http = self.api.http

    def request(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", TIMEOUT)
        return self.api.send(method, path, **kwargs)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> requests.Response:
        return self.request("POST", path, json=json, **kwargs)

    def put(self, path: str, json: Any = None, **kwargs: Any) -> requests.Response:
        return self.request("PUT", path, json=json, **kwargs)

    def patch(self, path: str, json: Any = None, **kwargs: Any) -> requests.Response:
        return self.request("PATCH", path, json=json, **kwargs)

    def delete(self, path: str, json: Any = None, **kwargs: Any) -> requests.Response:
        return self.request("DELETE", path, json=json, **kwargs)

    def read(self, path: str, **kwargs: Any) -> Any:
        """What is there, which must be readable."""
        return agreed(self.get(path, **kwargs))


class Person(Visitor):
    """Somebody who is signed in."""

    def __init__(self, gateway: str, user_id: UUID, username: str, access_token: str, refresh_token: str = "") -> None:
        super().__init__(gateway)
        self.id = user_id
        self.username = username
        self.refresh_token = refresh_token
        self.use(access_token)

    def use(self, access_token: str) -> None:
        """Speak with this token from now on."""
        self.access_token = access_token
        self.api.token = access_token


def signed_in(gateway: str, answer: dict[str, Any]) -> Person:
    """Whoever got these tokens."""
    user = answer["user"]
    return Person(gateway, UUID(user["id"]), user["username"], answer["access_token"], answer["refresh_token"])


def register(gateway: str, name: str = "ruth", **details: str) -> Person:
    """A new person with an account."""
    username = f"{name}-{secrets.token_hex(4)}"
    account = {
        "email": f"{username}@example.org",
        "username": username,
        "display_name": name.title(),
        "password": PASSWORD,
        **details,
    }
    return signed_in(gateway, Visitor(gateway).api.registration_register(account))


def sign_in(gateway: str, login: str, password: str = DEMO_PASSWORD) -> Person:
    """Somebody who has an account, by default one of the demo people."""
    credentials = {"login": login, "password": password}
    return signed_in(gateway, Visitor(gateway).api.auth_login(credentials))


def demo_person(issuer: Issuer, username: str) -> Person:
    """One of the demo people with a token of our own making: signing in costs time, and may be done a few times."""
    user_id = uuid5(NAMESPACE_URL, f"lyceum:demo:{username}")
    return acquaintance(issuer, user_id, username, DEMO_ROLES.get(username, []))


def acquaintance(issuer: Issuer, user_id: UUID, username: str, roles: Sequence[str] = ()) -> Person:
    """Somebody with a token of our own making, with an account or without."""
    claims = {"sub": str(user_id), "username": username, "name": username.title(), "roles": ["learner", *roles]}
    return Person(
        issuer.name, user_id, username, issuer.sign(issuer.claims(**claims, email=f"{username}@lyceum.example"))
    )


def agreed(response: requests.Response) -> Any:
    """What a successful answer says."""
    assert response.ok, f"{response.request.method} {response.request.url}: {response.status_code} {response.text}"
    return response.json() if response.content else None


def eventually(look: Callable[[], Answer], within: float = PATIENCE) -> Answer:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing found within {within:g} s; at last {found!r}"
        time.sleep(PAUSE)
    return found
