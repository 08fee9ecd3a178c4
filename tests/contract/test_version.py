"""There is one version: of every package, of the API, and of what runs."""

from importlib.metadata import version

import requests

from dev.version import ROOT, projects, version_in


def test_every_package_and_the_api_have_one_version(gateway: str) -> None:
    found = {str(project.parent): version_in(project) for project in projects(ROOT)}
    assert len(found) == 11
    document = requests.get(f"{gateway}/openapi.json", timeout=15).json()
    found["the API"] = document["info"]["version"]
    running = requests.get(f"{gateway}/readyz", timeout=15).json()["versions"]
    found |= {program: each["version"] for each in running for program in each["programs"]}
    found["installed"] = version("chassis")
    assert len(found) == 11 + 1 + 6 + 1
    assert set(found.values()) == {version_in(ROOT / "pyproject.toml")}, found
