"""The pods of deploy/kubernetes as processes of this machine: what a cluster would do, as far as that goes.

Commands, settings and probes are those of the manifests, and of the images where these are silent. Replaced
are host names and ports, and the folders at which volumes are mounted.
"""

import http.client
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from dev.manifests import Container, Document, Manifests, Pod
from dev.network_policies import ADDRESS, Address, NetworkPolicies, addresses
from dev.ports import free_port
from dev.processes import Child, spawn, wait_until
from dev.services import GATEWAY

PROGRAMS = f"{Path(sys.executable).parent}:/usr/bin:/bin"
PATIENCE = 300  # seconds, as the startup probes have
NOWHERE = "127.0.0.1:1"  # nothing listens there
GROUP_READS = 0o440  # kubelet lets the group of a pod read the files of its Secrets
OF_THE_FRONT = {"PUBLIC_URL", "ISSUER"}  # the address that is the gateway's own here

Secrets = Mapping[str, Mapping[str, bytes]]
Translate = Callable[[str, str], str]


class LocalPod:
    """A pod with volumes and ports of its own."""

    def __init__(self, pod: Pod, folder: Path, secrets: Secrets) -> None:
        self.pod = pod
        self.log = folder / "log"
        self.ports = {number: free_port() for number in pod.container.ports.values()}
        self.child: Child | None = None
        self._folder = folder
        for name, volume in pod.volumes.items():
            (folder / name).mkdir(parents=True)
            self._fill(folder / name, volume, secrets)

    def start(
        self,
        container: Container,
        translate: Translate,
        more: Mapping[str, str],
        command: Sequence[str] = (),
    ) -> Child:
        """Start one of its programs with more settings, or another command with them."""
        settings = {**container.of_image, **container.environment, **more}
        environment = {
            name: self._here(translate(name, value), container) for name, value in settings.items()
        }
        environment["PATH"] = PROGRAMS
        parts = [self._here(part, container) for part in command or container.command]
        # Nothing of the environment of this process.
        pairs = [f"{name}={value}" for name, value in environment.items()]
        name = f"{self.pod.name}/{container.name}"
        return spawn(name, ["env", "-i", *pairs, *parts], log=self.log)

    def is_well(self, probe: Document) -> bool:
        """Ask as the probe says."""
        target = probe["httpGet"]
        port = self.ports[self.pod.container.ports[target["port"]]]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=probe["timeoutSeconds"])
        try:
            connection.request("GET", target["path"])
            return 200 <= connection.getresponse().status < 400  # as kubelet has it
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _here(self, text: str, container: Container) -> str:
        """A part of a command, or a setting, with the folders and ports of this machine."""
        if mounts := container.mounts:
            paths = "|".join(sorted(mounts, key=len, reverse=True))
            own = rf"(?<![\w/.])({paths})(?![\w.])"
            # In one pass: the folders of this machine may be below one that is mounted there.
            text = re.sub(own, lambda found: str(self._folder / mounts[found[1]]), text)
        for number, port in self.ports.items():
            text = re.sub(rf"^(0\.0\.0\.0:)?{number}$", rf"\g<1>{port}", text)
        return text.replace("0.0.0.0", "127.0.0.1")  # noqa: S104  # the opposite of it

    def _fill(self, folder: Path, volume: Document, secrets: Secrets) -> None:
        if "secret" not in volume:
            return
        for name, content in secrets[volume["secret"]["secretName"]].items():
            file = folder / name
            file.write_bytes(content)
            file.chmod(volume["secret"]["defaultMode"] | GROUP_READS)


class Cluster:
    """One pod of each Deployment, and the Jobs.

    `outside` has the address on this machine of each host that is no Service of the manifests. An address
    that no NetworkPolicy allows leads nowhere. `more` has settings for a machine like this, by the program.
    """

    def __init__(
        self,
        manifests: Manifests,
        folder: Path,
        secrets: Secrets,
        outside: Mapping[str, str],
        more: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._policies = NetworkPolicies(manifests)
        self._outside = outside
        self._more = more
        self._pods = {pod.name: LocalPod(pod, folder / pod.name, secrets) for pod in manifests.pods}

    @property
    def gateway_url(self) -> str:
        """Where the server in front finds the gateway: behind its Service."""
        return f"http://{self._behind(Address(GATEWAY, 80))}"

    def start(self) -> None:
        """Start everything at once, as `kubectl apply` does; return when Jobs are done and probes succeed."""
        pods = self._pods.values()
        initial = [self._start(each, init) for each in pods for init in each.pod.init_containers]
        for child in initial:
            wait_for_end(child)
        for each in pods:
            each.child = self._start(each, each.pod.container)
        # A probe is asked often, and costs more than to look whether a Job has ended.
        for each in sorted(pods, key=lambda each: each.pod.kind != "Job"):
            if each.child:
                self._wait_for(each, each.child)

    def run(self, name: str, *command: str) -> Child:
        """Start a command in a pod, as `kubectl exec` does."""
        each = self._pods[name]
        return self._start(each, each.pod.container, command)

    def stop(self) -> None:
        """End everything, the gateway first: it holds connections to the others."""
        children = [each.child for each in self._pods.values() if each.child]
        for child in sorted(children, key=lambda child: not child.name.startswith(GATEWAY)):
            child.ask_to_stop()
        for child in children:
            child.stop()

    def _start(self, each: LocalPod, container: Container, command: Sequence[str] = ()) -> Child:
        more = self._more.get(each.pod.program, {})
        return each.start(container, partial(self._translated, each.pod), more, command)

    def _wait_for(self, each: LocalPod, child: Child) -> None:
        if each.pod.kind == "Job":
            wait_for_end(child)
        for kind, probe in each.pod.container.probes.items():
            what = f"the {kind} probe of {each.pod.name}"
            wait_until(partial(each.is_well, probe), child.check, what, PATIENCE)

    def _translated(self, pod: Pod, name: str, value: str) -> str:
        """A setting whose addresses lead to where they would lead in a cluster."""
        found = ADDRESS.match(value)
        if name in OF_THE_FRONT:
            return self.gateway_url
        if not found:
            return value
        hosts = [self._reached(pod, address) for address in addresses(value)]
        return value[: found.start("hosts")] + ",".join(hosts) + value[found.end("hosts") :]

    def _reached(self, pod: Pod, address: Address) -> str:
        return self._behind(address) if self._policies.allow(pod, address) else NOWHERE

    def _behind(self, address: Address) -> str:
        if address.host in self._outside:
            return self._outside[address.host]
        target, port = self._policies.behind(address.host, address.port)
        return f"127.0.0.1:{self._pods[target.name].ports[port]}"


def wait_for_end(child: Child) -> None:
    """Return when it has ended well. Raise ProcessDied if it failed."""
    wait_until(lambda: child.process.poll() is not None, lambda: None, child.name, PATIENCE)
    if child.process.returncode:
        child.check()
