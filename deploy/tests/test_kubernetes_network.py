"""NetworkPolicies let programs call what their settings name, and nothing else."""

import pytest

from dev.manifests import MISSING, Manifests, Pod, has_kubectl
from dev.network_policies import Address, NetworkPolicies, addresses, called
from dev.services import GATEWAY

pytestmark = pytest.mark.skipif(not has_kubectl(), reason=MISSING)

DNS = ("kube-system", 53)


@pytest.fixture(scope="module")
def policies(manifests: Manifests) -> NetworkPolicies:
    return NetworkPolicies(manifests)


def within(pod: Pod) -> set[Address]:
    """The addresses of Services that a pod calls."""
    return {each for each in called(pod, pod.container) if "." not in each.host}


def test_a_program_reaches_every_address_that_it_is_told_to_call(
    manifests: Manifests, policies: NetworkPolicies
) -> None:
    for pod in manifests.pods:
        assert called(pod, pod.container), pod.name
        for address in called(pod, pod.container):
            assert policies.allow(pod, address), f"{pod.name} {address}"


@pytest.mark.parametrize("side", ["lets_out", "lets_in"])
def test_a_program_reaches_no_other_program(
    manifests: Manifests, policies: NetworkPolicies, side: str
) -> None:
    """Each side alone is narrow enough."""
    for pod in manifests.pods:
        wanted = {policies.behind(each.host, each.port) for each in within(pod)}
        reached = {
            (other, port)
            for other in manifests.pods
            for port in other.container.ports.values()
            if getattr(policies, side)(pod, other, port)
        }
        assert names(reached) == names(wanted), pod.name


def test_a_program_leaves_the_platform_for_what_it_calls_alone(
    manifests: Manifests, policies: NetworkPolicies
) -> None:
    for pod in manifests.pods:
        outside = {each.port for each in called(pod, pod.container) - within(pod)}
        assert {port for _, port in policies.leaving(pod) - {DNS}} == outside, pod.name
        assert DNS in policies.leaving(pod)


def test_the_gateway_alone_is_reached_from_the_front(
    manifests: Manifests, policies: NetworkPolicies
) -> None:
    for pod in manifests.pods:
        entering = policies.entering(pod)
        figures = {port for place, port in entering if place == "monitoring"}
        shown = {port for name, port in pod.container.ports.items() if name != "internal"}
        assert figures & set(pod.container.ports.values()) == shown, pod.name
        front = {port for place, port in entering if place != "monitoring"}
        assert front == (shown if pod.program == GATEWAY else set())


def test_each_address_of_the_gateway_leads_to_its_listener(
    manifests: Manifests, policies: NetworkPolicies
) -> None:
    gateway = manifests.pod(GATEWAY).container.environment
    for name in ["JWKS_URL", *(name for name in gateway if "_SERVICE_" in name)]:
        [address] = addresses(gateway[name])
        target, port = policies.behind(address.host, address.port)
        listener = "internal" if name.endswith("_INTERNAL_URL") else "public"
        assert target.container.ports[listener] == port, name
        if name != "JWKS_URL":
            assert name.startswith(target.program.replace("-", "_").upper())


def test_pods_that_no_policy_names_reach_nothing(manifests: Manifests) -> None:
    closed = manifests.named("NetworkPolicy", "closed")["spec"]
    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("http://user-service:8101/x", [("user-service", 8101)]),
        ("postgresql://a@b,c:6000/d?passfile=/e", [("b", 5432), ("c", 6000)]),
        ("sentinel://a@b/0?name=c", [("b", 26379), ("b", 6379)]),
        ("10.0.0.0/8", []),
        ("https://lyceum.example", []),
    ],
)
def test_the_addresses_in_a_setting_are_found(value: str, named: list[tuple[str, int]]) -> None:
    assert addresses(value) == [Address(*each) for each in named]


def names(reached: set[tuple[Pod, int]]) -> set[tuple[str, int]]:
    return {(pod.name, port) for pod, port in reached}
