"""What people do before the moment to which all is restored, between it and the disaster, and after."""

from collections.abc import Sequence
from typing import Any

from .everyday import MARKS, Everyday
from .people import DEMO_PASSWORD, People, Person, agreed, eventually, register
from .rehearsal import STUDY, WITHIN, Rehearsal
from .second_factor import PATH, App
from .streams import Stream
from .study_sessions import host_session, join, news, say
from .traffic import Reader, Traffic

PEOPLE, SESSIONS = 8, 3
MESSAGES, ROUNDS = 60, 4  # at least, before and after each step
LISTENERS = ("user-service-worker", f"{STUDY}-worker")
PATIENCE = 600.0  # seconds in which a request is tried again, through the disaster
BLOCKS = "SELECT blocked_id FROM blocks WHERE blocker_id = %s"


class Story:
    """What people did before the moment, between it and the disaster, and after the restore."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        self.rehearsal = rehearsal
        self.platform = rehearsal.platform
        self.gateway = rehearsal.platform.gateway_url
        self.people = People(self.gateway)
        self.crowd = [register(self.gateway) for _ in range(PEOPLE)]
        self.sessions = [host_session(self.crowd[0], max_participants=5) for _ in range(SESSIONS)]
        self.traffic = Traffic(self.crowd[1:], self.sessions, seed=PEOPLE, patience=PATIENCE)
        self.everyday = Everyday(self.people, self.gateway, PATIENCE)
        self.reader = Reader(self.crowd[0], self.sessions[0], seed=PEOPLE)
        self.host, self.guest = register(self.gateway, "host"), register(self.gateway, "guest")
        self.quiet, *self.cancelled = (self._attended() for _ in range(4))
        self.blockers = [register(self.gateway, "blocker") for _ in range(3)]
        self.late: Person  # who opens an account after the moment
        self.app: App
        self.seen_after = ""  # the id of a live event from after the moment

    def _attended(self) -> str:
        session = host_session(self.host)
        join(self.guest, session)
        return session

    def acknowledged(self) -> tuple[int, int]:
        """How many messages of the crowd, and how many things of every day."""
        self.everyday.check()
        return len(self.traffic.sent), len(self.everyday.done)

    def has_gone_on_since(self, then: tuple[int, int]) -> bool:
        """Whether much was acknowledged since then, in every service."""
        sent, done = self.acknowledged()
        return sent >= then[0] + MESSAGES and done >= then[1] + ROUNDS * len(MARKS)

    def before(self) -> None:
        """What should be there: one of two things was acted on by all, the other was only told."""
        tamar = self.people["tamar"]
        self.app = App(agreed(tamar.post(PATH, {"password": DEMO_PASSWORD}))["secret"])
        agreed(tamar.post(f"{PATH}/enable", {"code": self.app.code()}))
        self._block(self.blockers[0])
        eventually(lambda: self.blocks(self.blockers[0]), WITHIN)
        self._cancel(self.cancelled[0])
        eventually(lambda: news(self.guest, self.cancelled[0]), WITHIN)
        say(self.host, self.quiet, "Before")
        for worker in LISTENERS:
            self.platform.stop_program(worker)
        self._block(self.blockers[1])
        self._cancel(self.cancelled[1])

    def after(self) -> None:
        """What should be gone; what was told is acted on now, and once more nothing is acted on."""
        for worker in LISTENERS:
            self.platform.start_program(worker)
        eventually(lambda: self.blocks(self.blockers[1]), WITHIN)
        eventually(lambda: news(self.guest, self.cancelled[1]), WITHIN)
        for worker in LISTENERS:
            self.platform.stop_program(worker)
        self._block(self.blockers[2])
        self._cancel(self.cancelled[2])
        self.late = register(self.gateway, "late")
        self._exchange(self.blockers[2])
        with Stream(self.guest, f"{self.quiet}/events") as stream:
            say(self.host, self.quiet, "After")
            self.seen_after = str(stream.until("message").id)

    def blocks(self, blocker: Person) -> Sequence[tuple[Any, ...]]:
        """What the study-session-service has heard of the person's blocks."""
        return self.rehearsal.rows(STUDY, BLOCKS, blocker.id)

    def _block(self, person: Person) -> None:
        agreed(person.put(f"/api/users/me/blocks/{self.people['esther'].id}"))

    def _cancel(self, session: str) -> None:
        agreed(self.host.post(f"{session}/cancel"))

    @staticmethod
    def _exchange(person: Person) -> None:
        answer = agreed(person.post("/api/auth/refresh", {"refresh_token": person.refresh_token}))
        person.refresh_token = answer["refresh_token"]
