"""A series of sessions as its host and others use it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from chassis.testing import User

BASE = "/api/study-sessions"


def weekly(count: int) -> dict[str, str]:
    """The fields by which so many sessions are opened, a week apart."""
    return {"rrule": f"FREQ=WEEKLY;COUNT={count}", "timezone": "UTC"}


@dataclass(frozen=True)
class Series:
    """The series of the session with this id. Its sessions go by their place among those to come."""

    client: FlaskClient
    host: User
    id: str

    def listed(self, query: str = "", user: User | None = None) -> list[Any]:
        path, found = f"{BASE}/{self.id}/series{query}", []
        page = self.client.get(path, user=user or self.host).json
        found += page["items"]
        while page["next"]:
            joint = "&" if query else "?"
            next_path = f"{path}{joint}cursor={page['next']}"
            page = self.client.get(next_path, user=user or self.host).json
            found += page["items"]
        return found

    def ids(self, query: str = "") -> list[str]:
        return [each["id"] for each in self.listed(query)]

    def uuids(self) -> list[UUID]:
        return [UUID(each) for each in self.ids()]

    def read(self, at: int) -> Any:
        return self.client.get(f"{BASE}/{self.ids()[at]}", user=self.host).json

    def change(self, at: int, **changes: Any) -> Any:
        return self.change_id(self.ids()[at], **changes)

    def change_id(self, id: str, user: User | None = None, version: int = 0, **changes: Any) -> Any:
        path = f"{BASE}/{id}"
        tag = f'"{version or self.client.get(path, user=self.host).json["version"]}"'
        who = user or self.host
        return self.client.patch(path, json=changes, user=who, headers={"If-Match": tag})

    def cancel(self, at: int, user: User | None = None, **body: Any) -> Any:
        return self.cancel_id(self.ids()[at], user, **body)

    def cancel_id(self, id: str, user: User | None = None, **body: Any) -> Any:
        return self.client.post(f"{BASE}/{id}/cancel", json=body, user=user or self.host)

    def hand_over(self, at: int, to: User, **body: Any) -> Any:
        body = {"user_id": str(to.id), **body}
        return self.client.post(f"{BASE}/{self.ids()[at]}/host", json=body, user=self.host)

    def try_to_join(self, user: User, at: int | None = None, **body: Any) -> Any:
        id = self.id if at is None else self.ids()[at]
        return self.client.post(f"{BASE}/{id}/series/join", json=body, user=user)

    def join(self, user: User, at: int | None = None, **body: Any) -> list[str]:
        """What came of it in each."""
        answer = self.try_to_join(user, at, **body)
        assert answer.status_code == 200, answer.json
        return [each["outcome"] for each in answer.json["items"]]

    def leave(self, user: User, at: int | None = None, **body: Any) -> Any:
        id = self.id if at is None else self.ids()[at]
        return self.client.post(f"{BASE}/{id}/series/leave", json=body, user=user)

    def remove(self, user: User, at: int = 0, **body: Any) -> Any:
        path = f"{BASE}/{self.ids()[at]}/participants/{user.id}"
        return self.client.delete(path, json=body, user=self.host)


def told_of(outbox: list[Any], kind: str) -> list[Any]:
    """What the events that ask for notifications of this kind say."""
    asked = [row.body["data"] for row in outbox if row.body.get("type") == "notification.requested"]
    return [each for each in asked if each["kind"] == kind]
