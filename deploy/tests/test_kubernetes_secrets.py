"""The Secrets that `make_secrets` makes are those that the manifests mount, and programs can use them."""

import json
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from chassis.auth.keys import read_private, read_public
from deploy.kubernetes.make_secrets import SIGNING_KEYS, made
from dev.manifests import MISSING, Manifests, has_kubectl
from dev.services import GATEWAY, SERVICES
from user_service.signing import Keyring

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = [GATEWAY, *(service.name for service in SERVICES)]
SHARED = {"services.json", "postgres-ca.pem"}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault into which the operator has put more."""
    vault = tmp_path / "vault"
    (vault / "more").mkdir(parents=True)
    (vault / "more/postgres-ca.pem").write_text("a certificate")
    (vault / "smtp").write_text("a password")
    return vault


def test_each_program_has_its_own_and_nothing_of_another(vault: Path, tmp_path: Path) -> None:
    secrets = made(vault)
    assert secrets.keys() == {*PROGRAMS, SIGNING_KEYS}
    seen = set()
    for name in PROGRAMS:
        own = secrets[name]
        for file in ("service.pem", "services.json"):
            (tmp_path / file).write_bytes(own[file])
        public = read_public(tmp_path / "services.json")
        assert read_private(tmp_path / "service.pem").public_key() == public[name]
        secret = {content for file, content in own.items() if file not in {*SHARED, "smtp"}}
        assert not secret & seen
        seen |= secret


def test_signing_keys_are_a_folder_that_the_user_service_reads(vault: Path, tmp_path: Path) -> None:
    for name, content in made(vault)[SIGNING_KEYS].items():
        (tmp_path / name).write_bytes(content)
    assert Keyring(tmp_path).sign({})


def test_another_run_keeps_what_is_there(vault: Path) -> None:
    before = made(vault)
    assert made(vault) == before
    (vault / "passwords/users").unlink()
    after = made(vault)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"user-service"}


def test_a_public_key_that_was_added_for_a_rotation_stays(vault: Path) -> None:
    made(vault)
    public = vault / "keys/services.json"
    document = json.loads(public.read_text())
    document["keys"].append({**document["keys"][0], "kid": "user-service_2"})
    public.write_text(json.dumps(document))
    assert made(vault)[GATEWAY]["services.json"] == public.read_bytes()


def test_the_command_prints_secrets(vault: Path) -> None:
    command = [sys.executable, "-m", "deploy.kubernetes.make_secrets", str(vault)]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    secrets = {each["metadata"]["name"]: each["data"] for each in json.loads(printed)["items"]}
    assert {
        name: {file: b64decode(content) for file, content in files.items()}
        for name, files in secrets.items()
    } == made(vault)


@pytest.mark.skipif(not has_kubectl(), reason=MISSING)
def test_every_file_that_a_setting_names_is_in_a_secret(vault: Path, manifests: Manifests) -> None:
    secrets = made(vault)
    for pod in manifests.pods:
        text = " ".join(pod.container.environment.values())
        for name in re.findall(r"/secrets/([\w.-]+)", text):
            assert name in secrets[pod.program], f"{pod.name} {name}"
