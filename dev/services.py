"""The services of the platform: their names, their ports and their databases."""

from dataclasses import dataclass

GATEWAY = "gateway"
GATEWAY_PORT = 8080


@dataclass(frozen=True)
class Service:
    """One service. Its ports are offsets from the gateway's port."""

    name: str
    database: str
    port_offset: int

    @property
    def package(self) -> str:
        return self.name.replace("-", "_")

    @property
    def internal_port_offset(self) -> int:
        return self.port_offset + 100

    @property
    def variable(self) -> str:
        """The beginning of the names of its environment variables."""
        return self.package.upper()

    @property
    def role(self) -> str:
        return f"{self.database}_service"


SERVICES = (
    Service("user-service", "users", 21),
    Service("study-session-service", "study_sessions", 22),
    Service("tutoring-service", "tutoring", 23),
    Service("havruta-service", "havruta", 24),
    Service("assessment-service", "assessment", 25),
)


def named(name: str) -> Service:
    """The service of that name, which may be given short: `tutoring` or `tutoring-service`."""
    for service in SERVICES:
        if name in (service.name, service.name.removesuffix("-service")):
            return service
    known = ", ".join(service.name.removesuffix("-service") for service in SERVICES)
    raise LookupError(f"no service is called {name!r}; the services are: {known}")
