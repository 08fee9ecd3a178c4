"""A rollout step by step, what people do meanwhile, and what each step was asked."""

import time
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus

from dev.mailbox import Mailbox

from .crowd import Crowd, operations_asking
from .effects import is_settled, rows
from .everyday import Everyday
from .figures import Figures
from .operations import Operation, operations
from .people import People, eventually
from .rollout import WITHIN, Code, Program, RollingEphemeralPlatform
from .traffic import Reader

LONGEST = 600.0  # seconds of a step
REVISION = "SELECT version_num FROM alembic_version"
GATEWAY = "gateway"
BETWEEN_LOOKS = 0.25  # seconds: to read figures takes its time, too
LEFT = "499"  # the client left a live stream
PAUSE = 0.25  # seconds: one person writes ten messages in ten seconds at most


@dataclass
class Step:
    """What the service was asked in a step, and by which code it was answered."""

    name: str
    asked: int = 0
    answered_by: Counter[str] = field(default_factory=Counter)


class Story:
    """Old code on the old schema, and step by step new code on the new one; then back, and forth again."""

    def __init__(
        self, platform: RollingEphemeralPlatform, mailbox: Mailbox, people: int, share: int
    ) -> None:
        self.platform = platform
        self.steps: list[Step] = []
        self.revisions: list[str] = []
        self.early = set[int]()  # what the new process said at /readyz before the migration
        address = platform.gateway_url
        self.everyday = Everyday(People(address), address, patience=0, pause=PAUSE)
        self.reader = Reader(People(address)["ruth"], self.everyday.session, seed=share)
        self.crowd = Crowd(address, mailbox, people)
        self._share = share

    def tell(self, *, and_back: bool) -> None:
        """All of it, under load, until every event is where it belongs."""
        before = self._documented(self.platform.webs[0])
        with self.crowd.calling(before), self.everyday.flowing():
            self._forth()
            if and_back:
                self._back(before)
        eventually(lambda: is_settled(self.platform), WITHIN)

    def _forth(self) -> None:
        platform, old, new = self.platform, self.platform.old, self.platform.new
        self._step("old code, old schema", old)
        early = platform.start_web(new)
        eventually(lambda: early.answers("/healthz") == HTTPStatus.OK, WITHIN)
        self._step("a new process waits for its migration", old, waiting=early)
        self._note_revision()
        platform.migrate(new)
        self._note_revision()
        self._step("old code, new schema", old)
        # Another old one, so that the gateway opens its connections again to both.
        platform.admit(platform.start_web(old))
        platform.admit(early)
        platform.start_worker(new)
        platform.end_web()
        self._step("old and new code, new schema", old, new)
        platform.end_web()
        platform.end_worker()
        self.crowd.change_to(self._documented(early))
        self._step("new code, new schema", new)

    def _back(self, before: list[Operation]) -> None:
        platform = self.platform
        self.crowd.change_to(before)
        platform.replace(platform.old)
        self._step("back to the old code", platform.old)
        platform.replace(platform.new)
        self._step("forth again", platform.new)

    def _step(self, name: str, *codes: Code, waiting: Program | None = None) -> None:
        """Wait until the service, and each code of it, has had its share of requests; look meanwhile
        what a program says that waits for its migration.
        """
        step, begin, former = Step(name), self.asked(), self._served()
        self.crowd.step = name

        def is_over() -> bool:
            time.sleep(BETWEEN_LOOKS)
            if waiting:
                self.early.add(waiting.answers("/readyz"))
            self._check()
            step.asked = self.asked() - begin
            step.answered_by = self._served()
            step.answered_by.subtract(former)
            enough = all(step.answered_by[code.name] > self._share / 20 for code in codes)
            return enough and step.asked >= self._share

        eventually(is_over, LONGEST)
        self.steps.append(step)

    def _check(self) -> None:
        """Raise what has failed by now, with the step."""
        assert not self.crowd.failures, self.crowd.failures
        try:
            self.everyday.check()
        except BaseException as failure:
            failure.add_note(f"in the step: {self.crowd.step}")
            raise

    def asked(self) -> int:
        """How often the gateway has asked the service so far."""
        calls = Figures({GATEWAY: self.platform.gateway_url}).series["upstream_calls_total"]
        name = self.platform.service.name
        return sum(int(count) for labels, count in calls if labels["service"] == name)

    def refused(self) -> Counter[tuple[str, str, str]]:
        """How often the gateway has answered with an error: method, route and status."""
        counted = Figures({GATEWAY: self.platform.gateway_url}).series["http_requests_total"]
        found: Counter[tuple[str, str, str]] = Counter()
        for labels, count in counted:
            if labels["status"] >= "400" and labels["status"] != LEFT:
                found[labels["method"], labels["route"], labels["status"]] += int(count)
        return found

    def _served(self) -> Counter[str]:
        """How many requests those processes have answered that take part, by their code."""
        served: Counter[str] = Counter()
        for web in self.platform.webs:
            served[web.code.name] += web.served()
        return served

    def _note_revision(self) -> None:
        [(revision,)] = rows(self.platform, self.platform.service.name, REVISION)
        self.revisions.append(revision)

    def _documented(self, web: Program) -> list[Operation]:
        """What people call: what this process documents, and the views of the gateway."""
        documented = [*operations(web.url), *operations(self.platform.gateway_url)]
        by_id = {operation.id: operation for operation in reversed(documented)}
        return operations_asking(self.platform.service, by_id.values())
