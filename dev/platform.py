"""The services, their workers and the gateway as processes. The servers are started elsewhere."""

import http.client
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

from dev.fork_client import ForkClient
from dev.layout import Layout
from dev.processes import Child, ProcessDied, spawn, wait_until
from dev.programs import NO_SUCH_COMMAND
from dev.services import GATEWAY, SERVICES, Service, named

READY_WITHIN = 120
# Ctrl-C does not wait for streams that are still open.
STOP_SOON = ("--graceful-timeout", "1")
SERVICE_SERVER = ("-c", "python:chassis.web.server", *STOP_SOON)

SERVICE_NAMES = tuple(service.name for service in SERVICES)
WORKERS = {f"{service.name}-worker": service for service in SERVICES}


class Platform:
    """Every process of Lyceum but PostgreSQL and Redis."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.gateway_url = layout.gateway_url
        self.service_url = layout.service_url
        self.internal_url = layout.internal_url
        self.database_url = layout.database_url
        self._workers = dict(WORKERS)
        self._gateway: Child | None = None
        self._fork_client: ForkClient | None = None

    @property
    def fork_client(self) -> ForkClient:
        if self._fork_client is None:
            raise RuntimeError("the fork server was not started")
        return self._fork_client

    def start_fork_server(self) -> None:
        """Make the keys, and begin to import what all services share."""
        self.layout.log("any").parent.mkdir(parents=True, exist_ok=True)
        self.layout.keys.make([GATEWAY, *SERVICE_NAMES])
        self._fork_client = ForkClient(self.layout.log("fork-server"))

    def start_early(self) -> None:
        """Start what needs no server yet, so that it starts while the servers do."""
        self.start_fork_server()
        self.start_program(GATEWAY)

    def prepare(self, *, demo: bool = False, databases: Mapping[str, str] | None = None) -> None:
        """Migrate databases, by default the platform's own, and load demo data if asked."""
        extras = ["demo"] if demo else []
        self.run_in("prepare", SERVICES, *extras, databases=databases)

    def run_in(
        self,
        program: str,
        services: Sequence[Service],
        *arguments: str,
        databases: Mapping[str, str] | None = None,
    ) -> None:
        """Run one of `dev.programs` for several services at the same time, until all have ended."""
        databases = databases or self.layout.stores.databases
        jobs = {f"{service.name}-{program}": service for service in services}
        for job, service in jobs.items():
            address = databases[service.name]
            self._fork(job, service, program, service.package, *arguments, DATABASE_URL=address)
        for job in jobs:
            if status := self.fork_client.wait(job, READY_WITHIN):
                raise ProcessDied(job, status, self.layout.log(job))

    def start_services(self) -> None:
        """Start the services and their workers, and return when all programs answer."""
        for name in (*SERVICE_NAMES, *self._workers):
            self.start_program(name)
        for name in (*SERVICE_NAMES, GATEWAY):
            self._wait_until_ready(name)

    def restart(self, name: str) -> None:
        """End a service, a worker or the gateway, start it again, and return when it answers."""
        self.stop_program(name)
        self.start_program(name)
        if name not in self._workers:
            self._wait_until_ready(name)

    def start_program(self, name: str) -> None:
        """Start a service, a worker or the gateway, without waiting for it."""
        if name == GATEWAY:
            self._gateway = self._spawn_gateway()
        elif name in self._workers:
            service = self._workers[name]
            self._fork(name, service, "worker", service.package)
        else:
            service = named(name)
            arguments = (*SERVICE_SERVER, *self._gunicorn_arguments(service))
            # Several processes need a prometheus_client that was imported for them; the fork server
            # has imported it for one.
            self._fork(name, service, "gunicorn", *arguments, WEB_CONCURRENCY="1")

    def stop_program(self, name: str) -> None:
        """End a service, a worker or the gateway in good order."""
        if name != GATEWAY:
            self.fork_client.stop(name)
        elif self._gateway:
            self._gateway.stop()

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to all processes of a service, a worker or the gateway."""
        if name != GATEWAY:
            self.fork_client.send(name, number)
        elif self._gateway:
            os.killpg(self._gateway.process.pid, number)

    def stop(self) -> None:
        """End everything."""
        # The gateway is told first, so that it sends the services nothing new, and waited for last.
        if self._gateway:
            self._gateway.ask_to_stop()
        if self._fork_client:
            self._fork_client.stop(*SERVICE_NAMES, *self._workers)
            self._fork_client.close()
        if self._gateway:
            self._gateway.stop()

    def deaths(self) -> Iterator[ProcessDied]:
        """Every program that has died. Raise ProcessDied if the fork server has."""
        if self._gateway and (status := self._gateway.process.poll()) is not None:
            yield ProcessDied(GATEWAY, status, self._gateway.log)
        self.fork_client.check()
        statuses = self.fork_client.statuses()
        for name in (*SERVICE_NAMES, *self._workers):
            status = statuses.get(name)
            if name in self._workers and status == NO_SUCH_COMMAND:
                del self._workers[name]
            elif status is not None:
                yield ProcessDied(name, status, self.layout.log(name))

    def _check_all(self) -> None:
        for death in self.deaths():
            raise death

    def _gunicorn_arguments(self, service: Service) -> list[str]:
        return [
            f"--bind=127.0.0.1:{self.layout.ports.public[service.name]}",
            f"--bind=127.0.0.1:{self.layout.ports.internal[service.name]}",
            f"{service.package}.app:create_app()",
        ]

    def _fork(self, name: str, service: Service, *arguments: str, **overrides: str) -> None:
        settings = {**self.layout.service_settings(service), **overrides}
        self.fork_client.start(name, arguments, settings, self.layout.log(name))

    def _spawn_gateway(self) -> Child:
        """Start a new interpreter, not a fork: it loads nothing of a database, which the fork server has."""
        bind = f"--bind=127.0.0.1:{self.layout.ports.gateway}"
        settings = ("-c", "python:gateway.server", *STOP_SOON, bind)
        return spawn(
            GATEWAY,
            [sys.executable, "-m", "gunicorn", *settings, "gateway.app:create_app()"],
            log=self.layout.log(GATEWAY),
            # gunicorn's quick shutdown: when the launcher is dead, requests in progress are too.
            orphan_signal=signal.SIGQUIT,
            env=self.layout.gateway_settings(),
        )

    def _wait_until_ready(self, name: str) -> None:
        ports = {GATEWAY: self.layout.ports.gateway, **self.layout.ports.public}
        port = ports[name]
        wait_until(lambda: answers(port), self._check_all, name, READY_WITHIN)


def answers(port: int) -> bool:
    """Whether the program at a port reports that it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
