"""Assessments in files, YAML or JSON."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from assessment_service.api import definitions


def shipped() -> list[Path]:
    """The assessments that come with the service."""
    return sorted(Path(str(resources.files("assessment_service") / "data")).glob("*.yaml"))


def read(file: Path) -> dict[str, Any]:
    """The definition in a file, with the `slug` of its assessment.

    Errors: `ValueError` or `YAMLError` where the file is not readable, `Invalid` where a part is wrong.
    """
    content = file.read_text(encoding="utf-8")
    document = json.loads(content) if file.suffix == ".json" else yaml.safe_load(content)
    return definitions.read(definitions.AssessmentFile, document)


def line_of(file: Path, pointer: str) -> str:
    """Where in a YAML file a pointer points to, as `:line`."""
    if file.suffix == ".json":
        return ""
    node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    # Composed again, because what `safe_load` makes of a file does not know its lines.
    for part in pointer.split("/")[1:]:
        node = _child(node, part)
    if node is None:
        return ""
    return f":{node.start_mark.line + 1}"


def _child(node: yaml.Node | None, part: str) -> yaml.Node | None:
    """The node below by its name or number; the same one where there is none, for what is missing."""
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), node)
    if isinstance(node, yaml.SequenceNode) and part.isdecimal() and int(part) < len(node.value):
        child: yaml.Node = node.value[int(part)]
        return child
    return node
