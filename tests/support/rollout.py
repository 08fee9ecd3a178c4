"""A service whose processes and schema are replaced while people use it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from pathlib import Path

import requests

from chassis.telemetry.request_context import PROBES
from dev import databases
from dev.ephemeral import GENEROUS_QUOTAS, LOW_COST, EphemeralPlatform
from dev.fork_client import ForkClient
from dev.ports import free_port
from dev.services import Service

from .figures import Figures
from .forwarder import Forwarder
from .people import eventually

SERVER = ("-c", "python:chassis.web.server")
WITHIN = 60.0  # seconds: the machine is busy with other tests
# What is tried is that answers come, not how soon.
PATIENCE = "5"
DRAINED = 0.3  # seconds from the last new connection to the signal, as preStop waits


class Code:
    """One version of a service's code: what starts its programs."""

    def __init__(self, name: str, service: Service, programs: ForkClient) -> None:
        self.name, self.programs = name, programs
        self._service = service

    def run(self, program: str, settings: Mapping[str, str], log: Path, *extras: str) -> None:
        """Run one of `dev.programs` to its end."""
        self.programs.start(program, [program, self._service.package, *extras], settings, log)
        assert self.programs.wait(program) == 0, log.read_text()


@dataclass(frozen=True)
class Program:
    """A web process or a worker."""

    code: Code
    name: str
    ports: Sequence[int] = ()  # the public and the internal one

    def answers(self, path: str) -> int:
        """The status of an answer, 0 if there is none."""
        try:
            return requests.get(f"{self.url}{path}", timeout=15).status_code
        except requests.ConnectionError:
            return 0

    def served(self) -> int:
        """How many requests it has answered, but for probes."""
        counted = Figures({self.name: self.url}).series["http_requests_total"]
        return sum(int(value) for labels, value in counted if labels["route"] not in PROBES)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"


class RollingEphemeralPlatform(EphemeralPlatform):
    """A platform of which one service begins with old code and the old schema, which `replace` replaces."""

    def __init__(
        self, postgres_url: str, smtp_url: str, service: Service, code: Sequence[Path]
    ) -> None:
        super().__init__(
            postgres_url,
            demo=True,
            smtp_url=smtp_url,
            for_gateway={**GENEROUS_QUOTAS, "PATIENCE": PATIENCE},
            password_cost=LOW_COST,
        )
        self.service = service
        self.webs: list[Program] = []
        self.workers: list[Program] = []
        ports = self.layout.ports
        self._doors = [
            Forwarder(ports.public[service.name]),
            Forwarder(ports.internal[service.name]),
        ]
        self._folders = code
        self._numbers = count(1)

    def start_services(self) -> None:
        """Start the old code, and then the other services."""
        log = self.layout.log("old-fork-server")
        programs = ForkClient(log, self._folders, [self.service.package])
        self._running.callback(programs.close)
        self.old = Code("old", self.service, programs)
        self.new = Code("new", self.service, self.fork_client)
        self._empty_database()
        self.migrate(self.old, "demo")
        for door in self._doors:
            self._running.callback(door.stop)
            door.start()
        self.start_worker(self.old)
        self.admit(self.start_web(self.old))
        super().start_services()

    def start_program(self, name: str) -> None:
        """Start a program, but for those of the service that is replaced."""
        if name not in (self.service.name, f"{self.service.name}-worker"):
            super().start_program(name)

    def migrate(self, code: Code, *extras: str) -> None:
        """Migrate the service's database to what the code knows."""
        code.run("prepare", self._settings(), self.layout.log(f"{code.name}-migration"), *extras)

    def files(self, code: Code) -> Sequence[str]:
        """The files that the chassis and the service are imported from."""
        log = self.layout.log(f"{code.name}-files")
        code.run("locate", self._settings(), log)
        return log.read_text().splitlines()

    def start_web(self, code: Code) -> Program:
        """Start a web process, which gets no requests yet."""
        ports = free_port(), free_port()
        web = Program(code, f"{code.name}-web-{next(self._numbers)}", ports)
        binds = [f"--bind=127.0.0.1:{port}" for port in ports]
        command = ["gunicorn", *SERVER, *binds, f"{self.service.package}.app:create_app()"]
        # What the fork server has imported counts for one process.
        self._start(web, command, INTERNAL_PORT=str(ports[1]), WEB_CONCURRENCY="1")
        return web

    def admit(self, web: Program) -> None:
        """Give a web process requests, once it is ready."""
        eventually(lambda: web.answers("/readyz") == HTTPStatus.OK, WITHIN)
        for door, port in zip(self._doors, web.ports, strict=True):
            door.admit(port)
        self.webs.append(web)

    def start_worker(self, code: Code) -> None:
        worker = Program(code, f"{code.name}-worker-{next(self._numbers)}")
        self._start(worker, ["worker", self.service.package])
        self.workers.append(worker)

    def end_web(self) -> None:
        """Take the oldest web process out, and then let it end in good order."""
        web = self.webs.pop(0)
        for door, port in zip(self._doors, web.ports, strict=True):
            door.take_out(port)
        time.sleep(DRAINED)
        end(web)

    def end_worker(self) -> None:
        """Let the oldest worker end in good order."""
        end(self.workers.pop(0))

    def replace(self, code: Code) -> None:
        """Replace the processes by those of this code."""
        self.start_worker(code)
        self.admit(self.start_web(code))
        self.end_web()
        self.end_worker()

    def _empty_database(self) -> None:
        """Put an empty database in the place of the one that has the new schema."""
        name = self._databases[self.service]
        with databases.admin_connection(self._postgres_url) as connection:
            databases.drop_database(connection, name)
            databases.create_database(connection, name, self.service)

    def _settings(self) -> Mapping[str, str]:
        return self.layout.service_settings(self.service)

    def _start(self, program: Program, command: Sequence[str], **own: str) -> None:
        settings, log = {**self._settings(), **own}, self.layout.log(program.name)
        program.code.programs.start(program.name, command, settings, log)


def end(program: Program) -> None:
    """End it by SIGTERM, as a platform does, and see that it needs no force."""
    programs = program.code.programs
    programs.stop(program.name, timeout=WITHIN)
    assert programs.statuses()[program.name] == 0, program.name
