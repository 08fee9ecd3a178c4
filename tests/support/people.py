"""People who use the platform, so that journeys read as prose."""

import os
import secrets
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

import requests

from lyceum_client import Lyceum, Patience

PASSWORD = "correct horse battery staple"
DEMO_PASSWORD = "study-together-daily"
# The machine is busy with other tests.
TIMEOUT = 60
PATIENCE = 60.0
PAUSE = 0.05
RENEWED_AFTER = 600.0  # seconds: an access token is good for 900
LONGEST_WAIT = 60  # seconds: quotas count by the minute
IS_ELSEWHERE = "GATEWAY_URL" in os.environ  # whether the platform runs already

Answer = TypeVar("Answer")


class PoliteLyceum(Lyceum):
    """Waits as long as a platform with ordinary quotas says. With a platform without quotas, waiting
    would hide a fault.
    """

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        answer = super().send(method, path, **options)
        while IS_ELSEWHERE and answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            wait = int(answer.headers["Retry-After"])
            if wait > LONGEST_WAIT:
                break
            time.sleep(wait)
            answer = super().send(method, path, **options)
        return answer


class Visitor:
    """A visitor without an account."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        # A second attempt would hide a fault.
        self.api = PoliteLyceum(gateway, patience=Patience(attempts=1))
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
        """The content at this path, which must be readable."""
        return agreed(self.get(path, **kwargs))


class Person(Visitor):
    """A person who is signed in."""

    def __init__(
        self,
        gateway: str,
        user_id: UUID,
        username: str,
        access_token: str,
        refresh_token: str = "",
        password: str = "",
    ) -> None:
        super().__init__(gateway)
        self.id = user_id
        self.username = username
        self.refresh_token = refresh_token
        self._password = password
        self.use(access_token)

    def use(self, access_token: str) -> None:
        """Use this token from now on."""
        self.access_token = access_token
        self.api.token = access_token
        self.used_since = time.monotonic()

    def sign_in_again(self) -> None:
        """Use new tokens from now on."""
        answer = Visitor(self.gateway).api.log_in(
            {"login": self.username, "password": self._password}
        )
        self.refresh_token = answer["refresh_token"]
        self.use(answer["access_token"])

    def leave(self) -> None:
        """Delete the account."""
        self.sign_in_again()
        agreed(self.delete("/api/users/me", {"password": self._password}))


class People:
    """The demo's people by their names, each signed in when first asked for, and again before the
    token expires.
    """

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self._known: dict[str, Person] = {}

    def __getitem__(self, username: str) -> Person:
        if username not in self._known:
            self._known[username] = sign_in(self._gateway, username)
        person = self._known[username]
        if time.monotonic() - person.used_since > RENEWED_AFTER:
            person.sign_in_again()
        return person


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
    return _signed_in(gateway, Visitor(gateway).api.register_account(account), PASSWORD)


def sign_in(gateway: str, login: str, password: str = DEMO_PASSWORD) -> Person:
    """A person who has an account, by default one of the demo people."""
    credentials = {"login": login, "password": password}
    return _signed_in(gateway, Visitor(gateway).api.log_in(credentials), password)


def appoint(admin: Person, person: Person, *roles: str) -> None:
    """Give a person roles, and a token that says so."""
    agreed(admin.put(f"/api/users/{person.id}/roles", {"roles": ["learner", *roles]}))
    person.sign_in_again()


def _signed_in(gateway: str, answer: Mapping[str, Any], password: str) -> Person:
    """The person of an answer with tokens."""
    user = answer["user"]
    return Person(
        gateway,
        UUID(user["id"]),
        user["username"],
        answer["access_token"],
        answer["refresh_token"],
        password,
    )


def agreed(response: requests.Response) -> Any:
    """What a successful answer says."""
    assert response.ok, (
        f"{response.request.method} {response.request.url}: {response.status_code} {response.text}"
    )
    return response.json() if response.content else None


def eventually(look: Callable[[], Answer], within: float = PATIENCE) -> Answer:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing found within {within:g} s; at last {found!r}"
        time.sleep(PAUSE)
    return found
