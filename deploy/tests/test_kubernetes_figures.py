"""docs/kubernetes.md says how much the overlays take."""

from pathlib import Path

import pytest

from chassis.config import ServiceSettings
from dev.manifests import MISSING, Manifests, has_kubectl, rendered
from dev.services import GATEWAY

pytestmark = pytest.mark.skipif(not has_kubectl(), reason=MISSING)

PAGE = Path(__file__).resolve().parents[2] / "docs/kubernetes.md"
CONNECTIONS = ServiceSettings.database_pool_size + 2  # as test_limits has it
MIB_ASKED, MIB_AT_MOST = 128, 512


def numbers(manifests: Manifests) -> dict[str, tuple[int, int]]:
    """The least and the greatest number of pods of each Deployment."""
    found = {}
    for deployment in manifests.of_kind("Deployment"):
        replicas = deployment["spec"].get("replicas", 1)
        found[deployment["metadata"]["name"]] = (replicas, replicas)
    for scaler in manifests.of_kind("HorizontalPodAutoscaler"):
        spec = scaler["spec"]
        found[spec["scaleTargetRef"]["name"]] = (spec["minReplicas"], spec["maxReplicas"])
    return found


def figures(manifests: Manifests) -> dict[str, int]:
    """Pods, and connections to PostgreSQL: at least, at most, and while each program has one pod more."""
    counted = numbers(manifests)
    of_services = {name: pods for name, pods in counted.items() if name != GATEWAY}
    least, most = (sum(pods[i] for pods in of_services.values()) for i in (0, 1))
    return {
        "least": sum(least for least, _ in counted.values()),
        "most": sum(most for _, most in counted.values()),
        "connections": least * CONNECTIONS,
        "connections_in_update": (most + len(of_services)) * CONNECTIONS,
    }


def test_the_page_says_how_much_the_overlays_take() -> None:
    small, large = figures(rendered("small")), figures(rendered("large"))
    page = PAGE.read_text()
    assert f"| pods | {small['least']} | {large['least']}, up to {large['most']} |" in page
    assert (
        f"| {small['connections']}, {small['connections_in_update']} during an update "
        f"| {large['connections']}, up to {large['connections_in_update']} |"
    ) in page
    asked = [
        round(n * MIB_ASKED / 1024, 1) for n in (small["least"], large["least"], large["most"])
    ]
    assert f"| {asked[0]} GiB | {asked[1]} GiB, up to {asked[2]} GiB |" in page
    most = [n * MIB_AT_MOST / 1024 for n in (small["least"], large["most"])]
    assert f"| {most[0]:g} GiB | {most[1]:g} GiB |" in page


@pytest.mark.parametrize("overlay", ["small", "large"])
def test_every_pod_asks_for_the_same_memory(overlay: str) -> None:
    for pod in rendered(overlay).pods:
        resources = pod.container.spec["resources"]
        assert resources["requests"]["memory"] == f"{MIB_ASKED}Mi"
        assert resources["limits"]["memory"] == f"{MIB_AT_MOST}Mi"
