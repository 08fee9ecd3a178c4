"""Joins OpenAPI documents of several services into one.

What two services describe alike is kept once. If they give one name to different things, each thing gets the
name of its service before its own. Two services with one address are a mistake, and nothing is joined.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from typing import Any

Document = dict[str, Any]
Name = tuple[str, str]  # the section of the components, and the name in it

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
REFERENCE = re.compile(r"#/components/([^/]+)/([^/]+)")


class Collision(Exception):
    """Two services claim one address or one security scheme, or two components would get one name."""


def merge(documents: Mapping[str, Document]) -> Document:
    """Tags, paths and components of documents, given by service; `Collision` if two exclude each other."""
    merged: Document = {"tags": [], "paths": {}, "components": {}}
    for service, document in _disambiguated(documents).items():
        merged["tags"] += [tag for tag in document.get("tags", []) if tag not in merged["tags"]]
        _add(merged["paths"], document.get("paths", {}), f"paths of {service}", shared=False)
        for section, components in document.get("components", {}).items():
            _add(
                merged["components"].setdefault(section, {}),
                components,
                f"{section} of {service}",
                shared=True,
            )
    return merged


def operations(document: Document) -> Iterator[Document]:
    """Every operation of a document."""
    for item in document.get("paths", {}).values():
        yield from (operation for method, operation in item.items() if method in METHODS)


def references(part: Any) -> Iterator[Name]:
    """Every component that a part of a document refers to."""
    if isinstance(part, Mapping):
        yield from (name for value in part.values() if (name := _reference(value)))
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def _disambiguated(documents: Mapping[str, Document]) -> dict[str, Document]:
    """The documents with the service's name before each name that two give to different things."""
    components = _conflicting_components(documents)
    tags = _conflicting({service: _tags(document) for service, document in documents.items()})
    ids = _conflicting(
        {service: _ids(service, document) for service, document in documents.items()}
    )
    apart = {
        service: _rename_components(service, document, components)
        for service, document in documents.items()
    }
    for service, document in apart.items():
        for operation in operations(document):
            operation["tags"] = [
                _rename(service, tag, tags, " ") for tag in operation.get("tags", [])
            ]
            if "operationId" in operation:
                operation["operationId"] = _rename(service, operation["operationId"], ids, "_")
        for tag in document.get("tags", []):
            tag["name"] = _rename(service, tag["name"], tags, " ")
    return apart


def _tags(document: Document) -> Document:
    return {tag["name"]: tag for tag in document.get("tags", [])}


def _ids(service: str, document: Document) -> dict[Any, Any]:
    """The operations by their ids. Even equal ones of two services are different things."""
    return {
        operation.get("operationId"): (service, operation) for operation in operations(document)
    }


def _conflicting(named: Mapping[str, Mapping[Any, Any]]) -> Set[Any]:
    """The names that do not stand for the same thing everywhere."""
    first: dict[Any, Any] = {}
    conflicting: set[Any] = set()
    for things in named.values():
        for name, thing in things.items():
            if first.setdefault(name, thing) != thing:
                conflicting.add(name)
    return conflicting


def _conflicting_components(documents: Mapping[str, Document]) -> Set[Name]:
    """Components that differ, and those that only look alike because what they refer to differs."""
    named = {service: dict(_components(document)) for service, document in documents.items()}
    times: dict[Name, int] = defaultdict(int)
    for components in named.values():
        for name in components:
            times[name] += 1
    conflicting = set(_conflicting(named))
    size = -1
    # Until none is added: one that conflicts makes those that refer to it conflict, however far away.
    while size < len(conflicting):
        size = len(conflicting)
        for components in named.values():
            for name, component in components.items():
                if times[name] > 1 and conflicting.intersection(references(component)):
                    conflicting.add(name)
    return conflicting


def _components(document: Document) -> Iterator[tuple[Name, Any]]:
    """All components but security schemes, which have to be the same everywhere: clients know their names."""
    for section, components in document.get("components", {}).items():
        if section != "securitySchemes":
            yield from (((section, name), component) for name, component in components.items())


def _rename_components(service: str, document: Document, conflicting: Set[Name]) -> Document:
    """A copy of the document with new names for its conflicting components, in references to them too."""
    renamed: Document = _rename_references(service, document, conflicting)
    sections: Document = {}
    for section, components in renamed.get("components", {}).items():
        named = sections[section] = {}
        for name, component in components.items():
            new = _renamed(service, (section, name), conflicting)
            # Added one by one, so that a new name that the service uses already is a collision.
            _add(named, {new: component}, f"{section} of {service}", shared=False)
    return {**renamed, "components": sections}


def _rename_references(service: str, part: Any, conflicting: Set[Name]) -> Any:
    if isinstance(part, list):
        return [_rename_references(service, value, conflicting) for value in part]
    if isinstance(part, Mapping):
        return {
            name: _rename_references(service, value, conflicting) for name, value in part.items()
        }
    if name := _reference(part):
        return f"#/components/{name[0]}/{_renamed(service, name, conflicting)}"
    return part


def _reference(value: Any) -> Name | None:
    """The component that a text refers to: the value of a `$ref`, or of a discriminator's mapping."""
    if not isinstance(value, str):
        return None
    match = REFERENCE.fullmatch(value)
    return (match[1], match[2]) if match else None


def _renamed(service: str, name: Name, conflicting: Set[Name]) -> str:
    if name not in conflicting:
        return name[1]
    # Components are classes to those who generate a client, so their names stay in CamelCase.
    prefix = service.removesuffix("-service").title().replace("-", "")
    return f"{prefix}{name[1]}"


def _rename(service: str, name: str, conflicting: Set[Any], separator: str) -> str:
    if name not in conflicting:
        return name
    return f"{service.removesuffix('-service')}{separator}{name}"


def _add(target: Document, added: Document, what: str, *, shared: bool) -> None:
    """Add to the target. What is there already is a `Collision`, unless it may be shared and is the same."""
    for name, thing in added.items():
        if name in target and not (shared and target[name] == thing):
            raise Collision(f"{name} among the {what}")
        target[name] = thing
