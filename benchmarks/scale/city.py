"""The people of the city, as clients of a gateway, and what they have when the day begins."""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg

from dev.development import DEMO_PASSPHRASE
from lyceum_client.aio import AsyncLyceum
from lyceum_client.exchange import Patience

PASSWORD = "study with people near you"  # noqa: S105  # of people who are made up
CENTRE = 31.778, 35.235
SPREAD = 0.04  # degrees of latitude and longitude, the deviation of where people are
HOSTS = 2  # people for each who hosts a session when the day begins
STUDENTS = 20  # of each tutor
SEATS = 20  # of each session
AT_ONCE = 8  # calls
HASHED_AT_ONCE = 2  # passwords: more wait, and then longer than the gateway does
TIMEOUT = 30.0  # seconds
VERIFY = "UPDATE users SET email_verified_at = now() WHERE email_verified_at IS NULL"
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Resident(AsyncLyceum):
    """A person with an account. What fails is raised, and not tried again."""

    def __init__(self, city: "City", chance: random.Random) -> None:
        self.city = city
        self.chance = chance
        super().__init__(city.gateway, patience=Patience(attempts=1))
        self.lat, self.lng = (chance.gauss(degrees, SPREAD) for degrees in CENTRE)
        self.username = new_name()
        self.user_id = ""
        self.hosted: set[str] = set()  # ids of sessions
        self.joined: list[str] = []
        self.havruta_id = ""
        self.enrolment_id = 0
        self.times: list[str] = []  # that may be booked
        self.attempt_id = ""
        self.questions: list[int] = []

    def _connect(self) -> None:
        """Have connections of one's own, as a browser has; a context for TLS takes long to make."""
        self.http = httpx.AsyncClient(timeout=TIMEOUT, verify=self.city.tls)
        self._renewing = None
        self._changing = asyncio.Lock()

    async def register(self) -> None:
        """Open the account."""
        tokens = await self.register_account(account(self.username))
        self.user_id = tokens["user"]["id"]
        self.adopt(tokens)

    async def renew(self) -> None:
        """Exchange the tokens; they then say what the account is now."""
        # A token is good for one exchange, and two visits of a person may meet.
        async with self._changing:
            assert self.refresh_token
            self.adopt(await self.refresh_tokens({"refresh_token": self.refresh_token}))

    async def enter(self) -> None:
        """Sign in with the password."""
        async with self._changing:
            await self.sign_in(self.username, PASSWORD)

    async def host(self) -> str:
        """Open a session within the coming days, near where the person is; its id."""
        begins = datetime.now(UTC) + timedelta(hours=self.chance.randrange(2, 150))
        session = await self.create_study_session(
            {
                "title": "An evening with a page",
                "subject": "Talmud",
                "session_type": "discussion",
                "latitude": self.lat,
                "longitude": self.lng,
                "start_time": begins.isoformat(),
                "duration_minutes": 60,
                "max_participants": SEATS,
            }
        )
        self.hosted.add(session["id"])
        self.city.sessions.append(session["id"])
        return session["id"]

    async def join(self) -> None:
        """Join a session that the person is not in; its waitlist, if it is full."""
        known = self.hosted.union(self.joined)
        others = [each for each in self.city.sessions if each not in known]
        session_id = self.chance.choice(others)
        await self.join_study_session(session_id, {"waitlist": True})
        self.joined.append(session_id)

    async def begin(self) -> None:
        """Begin an assessment from its first question."""
        attempt = await self.start_assessment_session(
            {"assessment": "study-interests", "start_fresh": True}
        )
        self.attempt_id = attempt["session_id"]

    async def offer(self) -> int:
        """Teach a course, whose students book any time; its id."""
        weekly: Any = [{"weekday": day, "start_time": "00:00", "end_time": "23:30"} for day in WEEK]
        await self.set_availability({"timezone": "UTC", "weekly": weekly})
        course = await self.create_course(
            {
                "title": "A page a week",
                "subject": "Talmud",
                "booking": "book",
                "session_minutes": 30,
            }
        )
        return course["id"]


class City:
    """Its people, and what they share. The same seed gives the same people."""

    def __init__(self, gateway: str, people: int, seed: int) -> None:
        self.gateway = gateway
        self.tls = httpx.create_ssl_context()
        self.sessions: list[str] = []
        self.courses: list[int] = []
        self.residents = [
            Resident(self, random.Random(f"{seed}-{number}")) for number in range(people)
        ]

    async def settle(self, users_url: str) -> None:
        """Give every person an account, a session, half of a havruta, a course and an assessment.

        `users_url` is the database of the user-service, where their addresses are marked as verified. The
        admin of the demo has to be there.
        """
        await in_turn(self.residents, Resident.register, HASHED_AT_ONCE)
        with psycopg.connect(users_url) as connection:
            connection.execute(VERIFY)
        await in_turn(self.residents, Resident.renew)
        tutors = self.residents[:: STUDENTS + 1]
        await self._appoint(tutors)
        await in_turn(self.residents[::HOSTS], Resident.host)
        await in_turn(self.residents, Resident.join)
        await in_turn(self.residents[::2], self._pair)
        await in_turn([one for one in self.residents if one not in tutors], self._enrol)
        await in_turn(self.residents, self._prepare)

    async def close(self) -> None:
        """Close all connections."""
        for one in self.residents:
            await one.close()

    async def _appoint(self, tutors: Iterable[Resident]) -> None:
        admin = await AsyncLyceum(self.gateway).sign_in("admin", DEMO_PASSPHRASE)
        for one in tutors:
            await admin.set_user_roles(one.user_id, {"roles": ["learner", "tutor"]})
            await one.enter()
            self.courses.append(await one.offer())
        await admin.close()

    async def _pair(self, one: Resident) -> None:
        """Let them study with their neighbour."""
        made = await one.create_havruta({"name": "Evenings", "book": "Ruth"})
        one.havruta_id = made["id"]
        for other in self.residents[self.residents.index(one) + 1 :][:1]:
            await one.invite_to_havruta(made["id"], {"emails": [f"{other.username}@example.org"]})
            [invitation] = (await other.list_own_invitations())["items"]
            await other.accept_invitation(invitation["id"])
            other.havruta_id = made["id"]

    async def _enrol(self, one: Resident) -> None:
        course_id = one.chance.choice(self.courses)
        one.enrolment_id = (await one.create_enrollment({"course_id": course_id}))["id"]

    async def _prepare(self, one: Resident) -> None:
        await one.begin()
        page: Any = (await one.get_assessment_session(one.attempt_id))["page"]
        one.questions = [question["id"] for question in page["questions"]]


def new_name() -> str:
    """A username that nobody has, on a platform that is used before."""
    return f"resident-{secrets.token_hex(6)}"


def account(username: str) -> Any:
    """What a person registers with."""
    return {
        "username": username,
        "email": f"{username}@example.org",
        "display_name": "A resident",
        "password": PASSWORD,
    }


async def in_turn(
    residents: Iterable[Resident],
    act: Callable[[Resident], Awaitable[object]],
    at_once: int = AT_ONCE,
) -> None:
    """Have each do something, so many at the same time. Raises the first failure."""
    waiting = iter(residents)

    async def work() -> None:
        for one in waiting:
            await act(one)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(work())
