"""The manifests in deploy/kubernetes, rendered, and the programs that they start.

`python -m dev.manifests` renders each overlay, and checks it by the schemas of Kubernetes.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from dev.processes import say

ROOT = Path(__file__).resolve().parents[1]
OVERLAYS = ROOT / "deploy/kubernetes/overlays"
OLDEST = (1, 27)
MISSING = "needs kubectl, 1.27 or newer, to render deploy/kubernetes"
# That of C, where there is one, takes a tenth of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
POD_KINDS = ("Deployment", "Job")
COMPONENT, NAME = "app.kubernetes.io/component", "app.kubernetes.io/name"

Document = Mapping[str, Any]


@cache
def has_kubectl() -> bool:
    """Whether this machine can render. Debian's older versions know less of kustomize."""
    if not shutil.which("kubectl"):
        return False
    command = ["kubectl", "version", "--client", "--output=json"]
    printed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    version = json.loads(printed or "{}").get("clientVersion", {"major": "0", "minor": "0"})
    return (int(version["major"]), int(version["minor"].rstrip("+"))) >= OLDEST


@dataclass(frozen=True, eq=False)
class Container:
    """A program of a pod: what the manifest says, and its image where the manifest is silent."""

    spec: Document
    configuration: Mapping[str, str]

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def folder(self) -> Path:
        """Where the Dockerfile of the image is."""
        image = str(self.spec["image"])
        return ROOT / image.rpartition("/")[2].partition("@")[0].partition(":")[0]

    @property
    def command(self) -> list[str]:
        """The command line. No image has an entrypoint."""
        command = self.spec.get("command") or self._of_image(r"^CMD (\[.*\])")
        return [*command, *self.spec.get("args", [])]

    @property
    def environment(self) -> dict[str, str]:
        """The settings that the manifest gives: `env` goes before `envFrom`."""
        own = {each["name"]: each["value"] for each in self.spec.get("env", [])}
        return {**self.configuration, **own}

    @property
    def of_image(self) -> dict[str, str]:
        """The environment that the image has already."""
        pairs = re.findall(r"^ENV (.*)$", self._dockerfile, re.MULTILINE)
        named = dict(pair.split("=", 1) for line in pairs for pair in line.split())
        # An image that is built from a checkout is told nothing by its builder.
        return {name: re.sub(r"^\$\w+$", "", value) for name, value in named.items()}

    @property
    def ports(self) -> dict[str, int]:
        """The numbers of its ports by their names."""
        return {port["name"]: port["containerPort"] for port in self.spec.get("ports", [])}

    @property
    def mounts(self) -> dict[str, str]:
        """The names of volumes by the folders at which they are mounted."""
        return {mount["mountPath"]: mount["name"] for mount in self.spec.get("volumeMounts", [])}

    @property
    def probes(self) -> dict[str, Document]:
        """Its probes: `startup`, `readiness`, `liveness`."""
        kinds = ("startup", "readiness", "liveness")
        return {kind: self.spec[f"{kind}Probe"] for kind in kinds if f"{kind}Probe" in self.spec}

    @cached_property
    def _dockerfile(self) -> str:
        """Each instruction on one line."""
        return (self.folder / "Dockerfile").read_text().replace("\\\n", "")

    def _of_image(self, instruction: str) -> Any:
        found = re.search(instruction, self._dockerfile, re.MULTILINE)
        if not found:
            raise LookupError(f"the image of {self.name} has no command")
        return json.loads(found[1])


@dataclass(frozen=True, eq=False)
class Pod:
    """What a Deployment or a Job starts."""

    owner: Document
    init_containers: Sequence[Container]
    container: Container

    @property
    def kind(self) -> str:
        return str(self.owner["kind"])

    @property
    def name(self) -> str:
        return str(self.owner["metadata"]["name"])

    @property
    def spec(self) -> Document:
        spec: Document = self.owner["spec"]["template"]["spec"]
        return spec

    @property
    def labels(self) -> Mapping[str, str]:
        labels: Mapping[str, str] = self.owner["spec"]["template"]["metadata"]["labels"]
        return labels

    @property
    def component(self) -> str:
        """What kind of program it is: `gateway`, `web`, `worker` or `migration`."""
        return self.labels[COMPONENT]

    @property
    def program(self) -> str:
        """The service that it belongs to, or the gateway."""
        return self.labels[NAME]

    @property
    def volumes(self) -> dict[str, Document]:
        return {volume["name"]: volume for volume in self.spec["volumes"]}


class Manifests:
    """All objects of an overlay."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.pods = [self._pod(owner) for kind in POD_KINDS for owner in self.of_kind(kind)]

    def of_kind(self, kind: str) -> list[Document]:
        return [document for document in self.documents if document["kind"] == kind]

    def named(self, kind: str, name: str) -> Document:
        """The object of this kind and name. LookupError if there is none."""
        for document in self.of_kind(kind):
            if document["metadata"]["name"] == name:
                return document
        raise LookupError(f"there is no {kind} {name}")

    def pod(self, name: str) -> Pod:
        """What the Deployment or Job of this name starts."""
        return next(pod for pod in self.pods if pod.name == name)

    def _pod(self, owner: Document) -> Pod:
        spec = owner["spec"]["template"]["spec"]
        inits = [self._container(each) for each in spec.get("initContainers", [])]
        [container] = spec["containers"]
        return Pod(owner, inits, self._container(container))

    def _container(self, spec: Document) -> Container:
        configuration: dict[str, str] = {}
        for source in spec.get("envFrom", []):
            configuration |= self.named("ConfigMap", source["configMapRef"]["name"])["data"]
        return Container(spec, configuration)


def render(overlay: str) -> str:
    """The overlay as `kubectl apply -k` would send it."""
    command = ["kubectl", "kustomize", str(OVERLAYS / overlay)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@cache
def rendered(overlay: str) -> Manifests:
    """The objects of an overlay."""
    return Manifests(list(yaml.load_all(render(overlay), LOADER)))


def overlays() -> Iterator[str]:
    """The names of all overlays."""
    yield from sorted(path.name for path in OVERLAYS.iterdir())


def check() -> int:
    """Check every overlay by the schemas of Kubernetes, and say what is wrong; the exit status."""
    if not has_kubectl():
        say(f"deploy/kubernetes is not checked: it {MISSING}")
        return 0
    command = [sys.executable, "-m", "kubernetes_validate", "--strict", "--quiet", "-"]
    statuses = [
        subprocess.run(command, input=render(each), text=True).returncode for each in overlays()
    ]
    return max(statuses)


if __name__ == "__main__":
    sys.exit(check())
