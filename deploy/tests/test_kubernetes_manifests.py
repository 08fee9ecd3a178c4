"""The manifests of deploy/kubernetes, as they are rendered for each overlay."""

import dataclasses
import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

from chassis.config import from_environment
from chassis.messaging.mailer import SmtpServer
from chassis.spool import GIB, MOST
from chassis.web import server
from dev.manifests import MISSING, Container, Manifests, Pod, has_kubectl
from dev.services import GATEWAY, GATEWAY_PORT, SERVICES
from gateway import server as gateway_server

pytestmark = pytest.mark.skipif(not has_kubectl(), reason=MISSING)

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = {GATEWAY: {"gateway"}} | {
    service.name: {"web", "worker", "migration"} for service in SERVICES
}
# What is no setting of one program: of gunicorn, of tracing.
OF_ALL = {"WEB_CONCURRENCY", "OTEL_EXPORTER_OTLP_ENDPOINT"}
OF_WORKERS = {"WORKER_METRICS_PORT", "WORKER_METRICS_ADDRESS"}
OF_PODS = {"automountServiceAccountToken": False, "enableServiceLinks": False}
CONFINED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
UNPRIVILEGED = {
    "runAsNonRoot": True,
    "runAsUser": 10001,
    "runAsGroup": 10001,
    "fsGroup": 10001,
    "seccompProfile": {"type": "RuntimeDefault"},
}
SERVING = ("web", "gateway")
EXPORTS = ("SPOOL_FOLDER", "/var/tmp")  # noqa: S108  # in a pod, which shares it with nobody
SECRET = ("secrets", "passfile", "signing")  # volumes with keys and passwords
TO_END = 2  # seconds, once the requests in hand are finished
MIB = {"Mi": 1, "Gi": 1024}


def containers(pod: Pod) -> list[Container]:
    return [*pod.init_containers, pod.container]


def settings_of(pod: Pod) -> type:
    """The dataclass of a program's settings."""
    return import_module(f"{pod.program.replace('-', '_')}.config").Settings


def mebibytes(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", text).groups()
    return int(number) * MIB[unit]


def test_each_program_has_its_pods(manifests: Manifests) -> None:
    found: dict[str, set[str]] = {}
    for pod in manifests.pods:
        found.setdefault(pod.program, set()).add(pod.component)
    assert found == COMPONENTS
    images = {pod.program for pod in manifests.pods if pod.container.folder == ROOT / pod.program}
    assert images == COMPONENTS.keys()


def test_every_variable_is_a_setting_of_its_program(manifests: Manifests) -> None:
    lines = (ROOT / "tests/contract/settings.txt").read_text().splitlines()
    for pod in manifests.pods:
        package = pod.program.replace("-", "_")
        known = {name for owner, name in map(str.split, lines) if owner == package}
        more = OF_ALL | (OF_WORKERS if pod.component == "worker" else set())
        assert pod.container.environment.keys() <= known | more, pod.name


def test_every_setting_that_a_program_needs_is_given(manifests: Manifests) -> None:
    for pod in manifests.pods:
        fields = dataclasses.fields(settings_of(pod))
        needed = {each.name.upper() for each in fields if each.default is dataclasses.MISSING}
        given = pod.container.environment | pod.container.of_image
        assert needed <= {name for name, value in given.items() if value}, pod.name


def test_every_setting_has_a_value_that_the_program_takes(
    manifests: Manifests, tmp_path: Path
) -> None:
    for pod in manifests.pods:
        given = pod.container.environment | pod.container.of_image
        for name, value in given.items():
            # Files are there in a pod alone.
            if value.startswith("/"):
                given[name] = str(tmp_path)
        from_environment(settings_of(pod), given)
        if smtp := given.get("SMTP_URL"):
            SmtpServer.at(smtp)


def test_nothing_in_an_environment_is_secret(manifests: Manifests) -> None:
    assert manifests.of_kind("Secret") == []
    for pod in manifests.pods:
        for container in containers(pod):
            for source in container.spec.get("envFrom", []):
                assert source.keys() == {"configMapRef"}, pod.name
            for variable in container.spec.get("env", []):
                assert variable.keys() == {"name", "value"}, pod.name
            for name, value in container.environment.items():
                assert not re.search(r"://[^/@]*:[^/@]*@", value), f"{pod.name} {name}"
                assert not re.search(r"password=|BEGIN", value, re.IGNORECASE), name


def test_files_that_settings_name_are_in_a_volume(manifests: Manifests) -> None:
    for pod in manifests.pods:
        for name, value in pod.container.environment.items():
            for file in re.findall(r"(?:^|=)(/[\w/.-]+)", value):
                mounts = pod.container.mounts
                inside = [path for path in mounts if file == path or file.startswith(f"{path}/")]
                # A worker and a migration are told of the folder for exports, and write none.
                assert inside or (name, file) == EXPORTS, f"{pod.name} {name}"


def test_each_service_has_a_database_and_users_of_its_own(manifests: Manifests) -> None:
    for service in SERVICES:
        settings = manifests.pod(service.name).container.environment
        assert settings["DATABASE_URL"].startswith(f"postgresql://{service.role}@")
        assert re.search(rf"/{service.database}\?", settings["DATABASE_URL"])
    for name in COMPONENTS:
        settings = manifests.pod(name).container.environment
        for variable in ("CACHE_URL", "EVENTS_URL"):
            assert f"://{name}@" in settings[variable]
        assert settings["CACHE_URL"] != settings["EVENTS_URL"]


def test_the_pods_of_a_service_have_the_same_settings(manifests: Manifests) -> None:
    for service in SERVICES:
        web = manifests.pod(service.name).container.environment
        worker = manifests.pod(f"{service.name}-worker").container.environment
        assert {name: worker[name] for name in worker.keys() - OF_WORKERS} == web
        assert manifests.pod(f"{service.name}-migration").container.environment == web


def test_the_platform_has_one_name(manifests: Manifests) -> None:
    [ingress] = manifests.of_kind("Ingress")
    hosts = {rule["host"] for rule in ingress["spec"]["rules"]}
    assert hosts == {host for tls in ingress["spec"]["tls"] for host in tls["hosts"]}
    for pod in manifests.pods:
        settings = pod.container.environment
        names = {settings[name] for name in ("ISSUER", "PUBLIC_URL") if name in settings}
        assert names == {f"https://{host}" for host in hosts}


def test_every_port_is_one_that_a_container_has(manifests: Manifests) -> None:
    for pod in manifests.pods:
        for probe in pod.container.probes.values():
            assert probe["httpGet"]["port"] in pod.container.ports, pod.name
    for service in manifests.of_kind("Service"):
        name, spec = service["metadata"]["name"], service["spec"]
        pod = manifests.pod(name)
        assert spec["selector"].items() <= pod.labels.items()
        assert {port["targetPort"] for port in spec["ports"]} == pod.container.ports.keys()
    for ingress in manifests.of_kind("Ingress"):
        for rule in ingress["spec"]["rules"]:
            [path] = rule["http"]["paths"]
            backend = path["backend"]["service"]
            ports = manifests.named("Service", backend["name"])["spec"]["ports"]
            assert backend["port"]["name"] in {port["name"] for port in ports}


def test_programs_listen_at_the_ports_of_their_pods(manifests: Manifests) -> None:
    for pod in manifests.pods:
        command, ports = pod.container.command, set(pod.container.ports.values())
        pairs = pairwise(command)
        bound = {int(after.rpartition(":")[2]) for flag, after in pairs if flag == "-b"}
        if pod.component == "worker":
            bound = {int(pod.container.environment["WORKER_METRICS_PORT"])}
        assert bound == ports, pod.name
    for service in SERVICES:
        internal = manifests.pod(service.name).container.ports["internal"]
        assert internal == GATEWAY_PORT + service.internal_port_offset
        of_image = manifests.pod(service.name).container.of_image
        assert of_image["REVISION"] == ""
        given = of_image["INTERNAL_PORT"]
        assert given == str(internal)


def test_readiness_does_not_hang_on_a_database(manifests: Manifests) -> None:
    serving = dict.fromkeys(("startup", "readiness", "liveness"), "/healthz")
    expected = {
        "gateway": serving,
        # Once at the start: that waits for the migration.
        "web": serving | {"startup": "/readyz"},
        "worker": dict.fromkeys(("startup", "liveness"), "/metrics"),
        "migration": {},
    }
    for pod in manifests.pods:
        asked = {kind: probe["httpGet"]["path"] for kind, probe in pod.container.probes.items()}
        assert asked == expected[pod.component], pod.name


def test_a_pod_ends_what_it_has_in_hand(manifests: Manifests) -> None:
    for pod in manifests.pods:
        if pod.component not in SERVING:
            continue
        graceful = (gateway_server if pod.program == GATEWAY else server).graceful_timeout
        command = pod.container.spec["lifecycle"]["preStop"]["exec"]["command"]
        assert command[0] == "sleep"
        least = int(command[1]) + graceful + TO_END
        assert pod.spec["terminationGracePeriodSeconds"] >= least, pod.name


def test_no_pod_has_a_right_that_it_does_not_need(manifests: Manifests) -> None:
    for pod in manifests.pods:
        assert pod.spec["securityContext"] == UNPRIVILEGED, pod.name
        assert OF_PODS.items() <= pod.spec.items()
        for container in containers(pod):
            assert container.spec["securityContext"] == CONFINED, pod.name
        for volume in pod.spec["volumes"]:
            if "secret" in volume:
                assert volume["secret"]["defaultMode"] == 0o400
        for mount in pod.container.spec["volumeMounts"]:
            assert mount.get("readOnly", False) is (mount["name"] in SECRET)


def test_no_program_has_a_secret_of_another(manifests: Manifests) -> None:
    for pod in manifests.pods:
        secrets = {
            volume["secret"]["secretName"] for volume in pod.spec["volumes"] if "secret" in volume
        }
        more = {"signing-keys"} if pod.program == "user-service" else set()
        assert secrets == {pod.program, *more}


def test_no_pod_takes_the_whole_node(manifests: Manifests) -> None:
    for pod in manifests.pods:
        for container in containers(pod):
            resources = container.spec["resources"]
            assert {"cpu", "memory"} == resources["requests"].keys()
            asked, most = resources["requests"]["memory"], resources["limits"]["memory"]
            assert mebibytes(asked) <= mebibytes(most)
        for volume in pod.spec["volumes"]:
            assert "secret" in volume or volume["emptyDir"]["sizeLimit"]


def test_exports_have_room_on_a_disk(manifests: Manifests) -> None:
    for pod in manifests.pods:
        if pod.component not in SERVING:
            continue
        settings = pod.container.environment
        spool = pod.volumes[pod.container.mounts[settings["SPOOL_FOLDER"]]]["emptyDir"]
        assert "medium" not in spool
        # Beyond the limit the pod would be evicted: the program has to say 503 before.
        processes = int(settings["WEB_CONCURRENCY"])
        assert mebibytes(spool["sizeLimit"]) * 1024**2 > processes * MOST >= GIB


def test_a_rollout_and_a_drained_node_leave_pods_running(manifests: Manifests) -> None:
    budgets = {
        each["metadata"]["name"]: each["spec"] for each in manifests.of_kind("PodDisruptionBudget")
    }
    deployments = manifests.of_kind("Deployment")
    assert budgets.keys() == {each["metadata"]["name"] for each in deployments}
    for deployment in deployments:
        spec = deployment["spec"]
        budget = budgets[deployment["metadata"]["name"]]
        assert budget == {"maxUnavailable": 1, "selector": spec["selector"]}
        assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        labels = spec["template"]["metadata"]["labels"]
        for constraint in spec["template"]["spec"]["topologySpreadConstraints"]:
            assert constraint["labelSelector"] == spec["selector"]
        assert spec["selector"]["matchLabels"].items() <= labels.items()


def test_what_is_scaled_by_itself_says_no_number_of_pods(manifests: Manifests) -> None:
    for scaler in manifests.of_kind("HorizontalPodAutoscaler"):
        spec = scaler["spec"]
        deployment = manifests.named("Deployment", spec["scaleTargetRef"]["name"])
        assert "replicas" not in deployment["spec"]
        assert manifests.pod(deployment["metadata"]["name"]).component in SERVING
        assert 2 <= spec["minReplicas"] <= spec["maxReplicas"]
