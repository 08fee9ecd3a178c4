"""The bill of materials of each image is true of its lock."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator

from dev import sbom
from dev.sbom import IMAGES

PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==([^ ;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VALIDATOR = make_schemabased_validator(OutputFormat.JSON, SchemaVersion.V1_6)

written = cache(sbom.written)


@pytest.mark.parametrize("image", IMAGES)
def test_a_bill_names_every_package_of_its_lock(image: str) -> None:
    lock = (sbom.ROOT / image / "requirements.lock").read_text()
    bill = json.loads(written(image))
    assert bill["metadata"]["component"]["name"] == image
    locked = set(PINNED.findall(lock))
    assert len(locked) > 40
    assert {(each["name"], each["version"]) for each in bill["components"]} == locked
    assert {each["purl"] for each in bill["components"]} == {
        f"pkg:pypi/{name}@{version}" for name, version in locked
    }
    hashes = {
        each["content"]
        for component in bill["components"]
        for each in component["externalReferences"][0]["hashes"]
    }
    assert hashes == set(HASH.findall(lock))


@pytest.mark.parametrize("image", IMAGES)
def test_a_bill_is_valid_and_names_no_server(image: str) -> None:
    assert VALIDATOR.validate_str(written(image)) is None
    servers = set(re.findall(r"https?://([^/\"]+)", written(image)))
    assert servers == {"cyclonedx.org"}  # of the schema


def test_the_same_locks_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = []
    for name in ("first", "second"):
        monkeypatch.setattr("sys.argv", ["sbom", str(tmp_path / name)])
        sbom.main()
        contents.append(
            {path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())}
        )
    assert contents[0] == contents[1]
    assert set(contents[0]) == {f"{image}.cdx.json" for image in IMAGES}


def test_most_packages_name_their_licence() -> None:
    components = json.loads(written("gateway"))["components"]
    assert sum("licenses" in each for each in components) > 0.9 * len(components)
