"""What the NetworkPolicies of rendered manifests let through."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dev.manifests import Container, Document, Manifests, Pod

NAMESPACE = "kubernetes.io/metadata.name"
PORTS = {
    "http": 80,
    "postgresql": 5432,
    "redis": 6379,
    "rediss": 6379,
    "sentinel": 26379,
    "sentinels": 26379,
    "smtp": 25,
    "smtps": 465,
}
ADDRESS = re.compile(rf"^(?P<scheme>{'|'.join(PORTS)})://([^/@]*@)?(?P<hosts>[^/?]+)")
# What a kind of program is told and never calls: it has the settings of its service.
NEVER_CALLED = {
    "gateway": {"ISSUER"},
    "web": {"ISSUER", "PUBLIC_URL", "SMTP_URL"},
    "worker": {"ISSUER", "PUBLIC_URL", "JWKS_URL"},
    "migration": {"ISSUER", "PUBLIC_URL", "JWKS_URL", "CACHE_URL", "EVENTS_URL", "SMTP_URL"},
}


@dataclass(frozen=True)
class Address:
    """A host and a port that a setting names."""

    host: str
    port: int


def addresses(value: str) -> list[Address]:
    """The addresses in a setting; none if it is no address.

    Next to each sentinel is a Redis, to which it leads.
    """
    found = ADDRESS.match(value)
    if not found:
        return []
    named = []
    for each in found["hosts"].split(","):
        host, _, port = each.partition(":")
        named.append(Address(host, int(port or PORTS[found["scheme"]])))
        if found["scheme"].startswith("sentinel"):
            named.append(Address(host, PORTS["redis"]))
    return named


def called(pod: Pod, container: Container) -> set[Address]:
    """The addresses that a program calls, by its settings."""
    settings = container.environment.items()
    used = [value for name, value in settings if name not in NEVER_CALLED[pod.component]]
    return {address for value in used for address in addresses(value)}


class NetworkPolicies:
    """What they let through between the pods, and to what is around them."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._policies = [policy["spec"] for policy in manifests.of_kind("NetworkPolicy")]

    def allow(self, pod: Pod, address: Address) -> bool:
        """Whether a pod reaches an address: of a Service, of another namespace, or outside of the cluster."""
        service, _, namespace = address.host.partition(".")
        if not namespace:
            target, port = self.behind(service, address.port)
            return self.connect(pod, target, port)
        # Which addresses a name outside has, DNS alone knows: any block may have them.
        return any(
            port == address.port and (place == namespace or "/" in place)
            for place, port in self.leaving(pod)
        )

    def connect(self, source: Pod, target: Pod, port: int) -> bool:
        """Whether one pod reaches a port of another: both sides have to allow it."""
        return self.lets_out(source, target, port) and self.lets_in(source, target, port)

    def lets_out(self, source: Pod, target: Pod, port: int) -> bool:
        """Whether what is said of the source allows it."""
        return any(
            _covers(rule, port) and any(_is_pod(peer, target) for peer in rule["to"])
            for rule in self._rules(source, "egress")
        )

    def lets_in(self, source: Pod, target: Pod, port: int) -> bool:
        """Whether what is said of the target allows it."""
        return any(
            _covers(rule, port) and any(_is_pod(peer, source) for peer in rule["from"])
            for rule in self._rules(target, "ingress")
        )

    def leaving(self, pod: Pod) -> set[tuple[str, int]]:
        """Namespaces and blocks of addresses that a pod reaches outside of the platform, each with a port."""
        return set(self._around(pod, "egress", "to"))

    def entering(self, pod: Pod) -> set[tuple[str, int]]:
        """Namespaces and blocks of addresses from which a pod is reached, each with a port."""
        return set(self._around(pod, "ingress", "from"))

    def behind(self, service: str, port: int) -> tuple[Pod, int]:
        """The pod behind a port of a Service, and its own port. LookupError if there is none."""
        spec = self._manifests.named("Service", service)["spec"]
        [name] = [each["targetPort"] for each in spec["ports"] if each["port"] == port]
        for pod in self._manifests.pods:
            if spec["selector"].items() <= pod.labels.items():
                return pod, pod.container.ports[name]
        raise LookupError(f"no pod is behind the Service {service}")

    def _rules(self, pod: Pod, direction: str) -> Iterator[Document]:
        for policy in self._policies:
            if _selects(policy["podSelector"], pod.labels):
                yield from policy.get(direction, [])

    def _around(self, pod: Pod, direction: str, side: str) -> Iterator[tuple[str, int]]:
        for rule in self._rules(pod, direction):
            for peer in rule[side]:
                place = _namespace(peer) or peer.get("ipBlock", {}).get("cidr")
                if place:
                    yield from ((place, port) for port in _ports(rule))


def _ports(rule: Document) -> Iterator[int]:
    for port in rule["ports"]:
        yield from range(port["port"], port.get("endPort", port["port"]) + 1)


def _covers(rule: Document, port: int) -> bool:
    return port in _ports(rule)


def _namespace(peer: Document) -> str | None:
    labels = peer.get("namespaceSelector", {}).get("matchLabels", {})
    name: str | None = labels.get(NAMESPACE)
    return name


def _is_pod(peer: Document, pod: Pod) -> bool:
    """Whether a peer without a namespace, which is in the same one, is the pod."""
    return "namespaceSelector" not in peer and _selects(peer.get("podSelector"), pod.labels)


def _selects(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    if selector is None:
        return False
    if not selector.get("matchLabels", {}).items() <= labels.items():
        return False
    for condition in selector.get("matchExpressions", []):
        is_in = labels.get(condition["key"]) in condition["values"]
        if is_in != (condition["operator"] == "In"):
            return False
    return True
