"""What an image says of itself, and what `make images` asks of Docker."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from string import Template

import pytest

from deploy import images
from deploy.images import NotBuilt, Release
from dev.sbom import IMAGES

ROOT = Path(__file__).resolve().parents[2]
OCI = "org.opencontainers.image."
RELEASE = Release("1.4.0", "5e3a8a0d1f0c", "1.4.0")
REGISTRY = "registry.example/lyceum"
PAIR = re.compile(r'([\w.]+)=("[^"]*"|\S*)')
# Stands in for Docker, and notes down what it was asked, with the folders and the content that it was given.
DOCKER = f"""#!{sys.executable} -IS
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
words = sys.argv[1:]
given = dict(zip(words, words[1:]))
bills = pathlib.Path(given["--build-context"].removeprefix("sbom="))
asked = {{"words": words, "bills": {{each.name: each.read_text() for each in bills.iterdir()}}}}
with (folder / "asked").open("a") as log:
    print(json.dumps(asked), file=log)
digest = {{"containerimage.digest": "sha256:" + given["--file"]}}
pathlib.Path(given["--metadata-file"]).write_text(json.dumps(digest))
sys.exit(given["--file"] == (folder / "failing").read_text())
"""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a stand-in for Docker."""
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "failing").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, of version 1.4.0."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    for variable in ("GIT_AUTHOR_", "GIT_COMMITTER_"):
        monkeypatch.setenv(f"{variable}NAME", "Ruth")
        monkeypatch.setenv(f"{variable}EMAIL", "ruth@example.org")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.4.0"\n')
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def asked(docker: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (docker / "asked").read_text().splitlines()]


def variables_of(image: str, **arguments: str) -> tuple[dict[str, str], dict[str, str]]:
    """The environment and the labels of an image that is built with these arguments."""
    text = (ROOT / image / "Dockerfile").read_text().replace("\\\n", " ")
    before, *stages = re.split(r"^FROM ", text, flags=re.MULTILINE)
    defaults = dict(re.findall(r"^ARG (\w+)=(\S+)$", before, re.MULTILINE))
    known: dict[str, str] = {}
    found: dict[str, dict[str, str]] = {"ENV": {}, "LABEL": {}}
    for instruction, rest in re.findall(r"^(ARG|ENV|LABEL) (.*)$", stages[-1], re.MULTILINE):
        if instruction == "ARG":
            known |= {name: (defaults | arguments).get(name, "") for name in rest.split()}
            continue
        for name, value in PAIR.findall(rest):
            found[instruction][name] = Template(value.strip('"')).safe_substitute(known)
    assert stages[-1].startswith("${BASE}\n")
    return found["ENV"], found["LABEL"]


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_is_labelled_as_what_it_is(image: str) -> None:
    platform, program = (
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        for folder in ("", image)
    )
    environment, labels = variables_of(image, VERSION="1.4.0", REVISION="5e3a8a0d1f0c")
    assert labels == {
        f"{OCI}title": image,
        f"{OCI}description": program["description"],
        f"{OCI}version": "1.4.0",
        f"{OCI}revision": "5e3a8a0d1f0c",
        f"{OCI}licenses": platform["license"],
        f"{OCI}base.name": "python:3.11.15-slim-bookworm",
    }
    assert environment["REVISION"] == "5e3a8a0d1f0c"


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_of_a_checkout_claims_no_version(image: str) -> None:
    environment, labels = variables_of(image)
    assert (environment["REVISION"], labels[f"{OCI}version"]) == ("", "")


def test_every_image_is_built_as_what_it_is_and_holds_its_bill_of_materials(
    docker: Path, tmp_path: Path
) -> None:
    bills = tmp_path / "sbom"
    names = images.build_all(RELEASE, REGISTRY, bills)
    assert names == [f"{REGISTRY}/{image}:1.4.0@sha256:{image}/Dockerfile" for image in IMAGES]
    assert (bills / "images.txt").read_text().splitlines() == names
    for image, one in zip(IMAGES, asked(docker), strict=True):
        words = " ".join(one["words"])
        assert words.startswith(f"buildx build --file {image}/Dockerfile ")
        assert f" --tag {REGISTRY}/{image}:1.4.0 " in words
        assert " --build-arg VERSION=1.4.0 --build-arg REVISION=5e3a8a0d1f0c " in words
        assert words.endswith(" --push --sbom=true --provenance=mode=max .")
        name = f"{image}.cdx.json"
        assert one["bills"] == {name: (bills / name).read_text()}
        dockerfile = (ROOT / image / "Dockerfile").read_text()
        assert "\nFROM scratch AS sbom\n" in dockerfile
        assert "\nCOPY --from=sbom / /usr/share/sbom/\n" in dockerfile


def test_without_a_registry_an_image_stays_on_the_machine(docker: Path, tmp_path: Path) -> None:
    bill = tmp_path / "gateway.cdx.json"
    bill.write_text("{}")
    name = images.build("gateway", RELEASE, "", bill)
    [one] = asked(docker)
    assert name.startswith("lyceum/gateway:1.4.0@sha256:")
    assert one["words"][-2:] == ["--load", "."]
    assert "--push" not in one["words"]


def test_a_build_that_fails_is_told(docker: Path, tmp_path: Path) -> None:
    (docker / "failing").write_text("gateway/Dockerfile")
    bill = tmp_path / "gateway.cdx.json"
    bill.write_text("{}")
    with pytest.raises(NotBuilt, match="gateway/Dockerfile"):
        images.build("gateway", RELEASE, "", bill)


def test_a_machine_without_docker_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotBuilt, match="docker is missing"):
        images.run("docker", "buildx")


def test_images_have_the_tag_of_a_version_at_its_commit_alone(repository: Path) -> None:
    revision = git(repository, "rev-parse", "HEAD")
    assert images.release_of(repository) == Release("1.4.0", revision, f"1.4.0-{revision[:12]}")
    git(repository, "tag", "v1.3.0")
    assert images.release_of(repository).tag == f"1.4.0-{revision[:12]}"
    git(repository, "tag", "v1.4.0")
    assert images.release_of(repository) == Release("1.4.0", revision, "1.4.0")


@pytest.mark.parametrize("name", ["pyproject.toml", "new.py"])
def test_nothing_is_built_of_what_is_not_committed(repository: Path, name: str) -> None:
    (repository / name).write_text("# changed")
    with pytest.raises(NotBuilt, match=name):
        images.release_of(repository)


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ([], "--registry  --tag "),
        (["registry=registry.example/lyceum", "tag=trial"], f"--registry {REGISTRY} --tag trial"),
    ],
)
def test_make_passes_the_registry_and_the_tag_on(given: list[str], options: str) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "--silent", "images", *given],
        cwd=ROOT,
        env={**os.environ, "MAKEFLAGS": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    last = told.stdout.splitlines()[-1]
    assert last.replace('"', "").strip() == f".venv/bin/python -m deploy.images {options}".strip()
