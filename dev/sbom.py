"""Writes what each image is made of, as CycloneDX: `python -m dev.sbom FOLDER`.

All of it comes from the committed locks, and the licences from what is installed here in the same version. No
server is asked. The same locks give the same bytes: nothing says when or where they were written.
"""

import hashlib
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.hash.factories import HashTypeFactory
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from pip_requirements_parser import RequirementsFile

from dev.services import GATEWAY, SERVICES

ROOT = Path(__file__).resolve().parents[1]
IMAGES = (GATEWAY, *(service.name for service in SERVICES))
LONGEST_LICENSE = 80  # characters: a longer one is the text of a licence, and not its name

hashes, licenses = HashTypeFactory(), LicenseFactory()


def main() -> None:
    write(Path(sys.argv[1]))


def write(folder: Path) -> None:
    """Write the document of every image into a folder."""
    folder.mkdir(exist_ok=True)
    for image in IMAGES:
        (folder / name_of(image)).write_text(written(image))


def name_of(image: str) -> str:
    """The name of its document."""
    return f"{image}.cdx.json"


def written(image: str) -> str:
    """The document of an image."""
    return JsonV1Dot6(bill_of(image)).output_as_string(indent=2) + "\n"


def bill_of(image: str) -> Bom:
    """What the lock of an image has."""
    lock = ROOT / image / "requirements.lock"
    program = Component(
        name=image, version=version_of(image), type=ComponentType.APPLICATION, bom_ref=image
    )
    bom = Bom(
        metadata=BomMetaData(component=program),
        components=[
            component_of(each) for each in RequirementsFile.from_file(str(lock)).requirements
        ],
        # One of its own for each content of the lock.
        serial_number=uuid5(NAMESPACE_URL, hashlib.sha256(lock.read_bytes()).hexdigest()),
    )
    # The specification allows to leave it out; the library has no other way to.
    bom.metadata.timestamp = None  # type: ignore[assignment]
    # The lock does not say which package needs which.
    bom.register_dependency(program, bom.components)
    return bom


def version_of(image: str) -> str:
    project = tomllib.loads((ROOT / image / "pyproject.toml").read_text())
    return str(project["project"]["version"])


def component_of(locked: Any) -> Component:
    """A package of a lock. The hashes are those of its files, of which an image has one."""
    name, version = locked.name, locked.get_pinned_version
    address = PackageURL("pypi", name=name, version=version)
    marker = str(locked.marker) if locked.marker else None
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=address.to_string(),
        purl=address,
        scope=ComponentScope.OPTIONAL if marker else ComponentScope.REQUIRED,
        licenses=licenses_of(name, version),
        properties=[Property(name="lyceum:marker", value=marker)] if marker else [],
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(address.to_string()),
                comment="any of the files that the lock allows",
                hashes=[hashes.from_composite_str(each) for each in locked.hash_options],
            )
        ],
    )


def licenses_of(name: str, version: str) -> Iterator[License]:
    """What the package says of its licence, if it is installed here in this version."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return
    if said["Version"] != version:
        return
    for expression in said.get_all("License-Expression") or said.get_all("License") or ():
        if 0 < len(expression) <= LONGEST_LICENSE:
            yield licenses.make_from_string(expression)
            return
    for classifier in said.get_all("Classifier") or ():
        if classifier.startswith("License :: "):
            yield licenses.make_from_string(classifier.rpartition(" :: ")[2])


if __name__ == "__main__":
    main()
