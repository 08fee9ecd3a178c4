"""Write the models and operations of the client out of the API reference of a running platform.

.venv/bin/python client/generate.py http://127.0.0.1:8080
"""

import json
import keyword
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

PACKAGE = Path(__file__).with_name("lyceum_client")
METHODS = ("get", "post", "put", "patch", "delete")
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
WIDTH = 110
# A stream knows itself which event it saw last.
RESUMING = ("Last-Event-ID", "last_event_id")
BROWSERS_ALONE = "/web/"
REFERENCE = re.compile(r"#/components/schemas/(\w+)")
WRITTEN = "Written by generate.py out of the API reference; not to be edited."

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Style:
    """How the operations are written for one transport."""

    name: str
    base: str
    module: str
    stream: str
    start: str
    wait: str


CLIENT = Style("Lyceum", "Transport", "lyceum_client.transport", "EventStream", "", "")
ASYNC_CLIENT = Style(
    "AsyncLyceum",
    "AsyncTransport",
    "lyceum_client.aio.transport",
    "AsyncEventStream",
    "async ",
    "await ",
)


def modules(document: Schema) -> dict[str, str]:
    """The generated modules by name, formatted."""
    document = _for_programs(document)
    schemas = document["components"]["schemas"]
    models = "\n\n".join(_model(name, schema) for name, schema in sorted(schemas.items()))
    return {
        "models.py": _formatted(MODELS.format(models=models)),
        "operations.py": _module(document, CLIENT),
        "aio/operations.py": _module(document, ASYNC_CLIENT),
    }


MODELS = f'''"""What goes over the wire, by the names of the API reference.

{WRITTEN}
"""

from __future__ import annotations

from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar

Item = TypeVar("Item")


class Page(TypedDict, Generic[Item]):
    """A part of a list, and the `cursor` of the next part."""

    items: list[Item]
    next: str | None


{{models}}
'''
OPERATIONS = f'''"""Every operation of the platform, by its id in the API reference.

{WRITTEN}
"""

from typing import Any, Literal

from lyceum_client.exchange import Request, new_key, segment
from lyceum_client.models import {{names}}
from {{style.module}} import {{style.base}}, {{style.stream}}


class {{style.name}}({{style.base}}):
    """The platform's API."""

{{operations}}
'''


def _for_programs(document: Schema) -> Schema:
    """The document without what only a browser can use, as its tokens are cookies."""
    paths = document["paths"].items()
    kept = {path: item for path, item in paths if not path.startswith(BROWSERS_ALONE)}
    browsers = {path: item for path, item in paths if path not in kept}
    schemas = document["components"]["schemas"]
    left_out = _schemas_in(browsers, schemas) - _schemas_in(kept, schemas)
    named = {name: schema for name, schema in schemas.items() if name not in left_out}
    components = {**document["components"], "schemas": named}
    return {**document, "paths": kept, "components": components}


def _schemas_in(part: Any, schemas: Schema) -> set[str]:
    """The names of the schemas that a part of the document refers to, directly or not."""
    found: set[str] = set()
    pending = set(REFERENCE.findall(json.dumps(part)))
    while pending:
        name = pending.pop()
        found.add(name)
        pending |= set(REFERENCE.findall(json.dumps(schemas[name]))) - found
    return found


def _module(document: Schema, style: Style) -> str:
    names = ", ".join(document["components"]["schemas"])
    operations = "\n".join(_operations(document, style))
    return _formatted(OPERATIONS.format(names=names, style=style, operations=operations))


def _model(name: str, schema: Schema) -> str:
    types = dict(_fields(schema))
    base = "TypedDict"
    if types.keys() >= {"items", "next"}:
        item = types.pop("items").removeprefix("list[").removesuffix("]")
        base = f'Page["{item}"]'
        del types["next"]
    if not all(map(_is_name, types)):
        # A field such as `from` cannot be an attribute of a class.
        fields = ", ".join(f'"{field}": "{kind}"' for field, kind in types.items())
        return f'{name} = TypedDict("{name}", {{{fields}}})'
    lines = _docstring(schema.get("description"))
    lines += [f"    {field}: {kind}" for field, kind in types.items()]
    return "\n".join([f"class {name}({base}):", *(lines or ["    pass"])])


def _fields(schema: Schema) -> Iterator[tuple[str, str]]:
    required = schema.get("required", ())
    for field, part in schema.get("properties", {}).items():
        kind = _type(part)
        yield field, kind if field in required else f"NotRequired[{kind}]"


def _type(schema: Schema) -> str:
    """The Python type of a value on the wire."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return f"Literal[{', '.join(map(_literal, schema['enum']))}]"
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(dict.fromkeys(map(_type, schema[union])))
    kinds = schema.get("type", [])
    if isinstance(kinds, str):
        kinds = [kinds]
    return " | ".join(_type_named(kind, schema) for kind in kinds) or "Any"


def _type_named(kind: str, schema: Schema) -> str:
    if kind == "array":
        return f"list[{_type(schema.get('items', {}))}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        # It may also be true or false.
        described = values if isinstance(values, Mapping) else {}
        return f"dict[str, {_type(described)}]"
    return PLAIN[kind]


def _literal(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return repr(value)


def _operations(document: Schema, style: Style) -> Iterator[str]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = _parameters(item, item[method])
                yield _operation(method.upper(), path, item[method], parameters, style)


def _parameters(item: Schema, operation: Schema) -> list[Schema]:
    every = [*item.get("parameters", ()), *operation.get("parameters", ())]
    # The first of a name stays: what browsers may also write into the address is sent in the header.
    by_name = {_name(parameter["name"]): parameter for parameter in reversed(every)}
    return list(reversed(by_name.values()))


def _operation(
    method: str, path: str, operation: Schema, parameters: list[Schema], style: Style
) -> str:
    arguments, passed = _arguments(parameters, operation.get("requestBody"))
    media, content = _answer(operation["responses"])
    if operation.get("security") == []:
        passed.append("takes_token=False")
    request = f"Request({', '.join([repr(method), _address(path), *passed])})"
    start, call = style.start, f"return {style.wait}self.call({request}, {_class(content)})"
    if media == "text/event-stream":
        start, content = "", style.stream
        arguments.append("timeout: float | None = None")
        call = f"return self.stream({request}, last_event_id, timeout)"
    elif content == "None":
        call = f"{style.wait}self.call({request}, type(None))"
    name = operation["operationId"]
    head = f"    {start}def {name}({', '.join(['self', *arguments])}) -> {content}:"
    return "\n".join([head, *_docstring(operation.get("summary"), 8), f"        {call}\n"])


def _address(path: str) -> str:
    """The path as Python writes it, with the arguments of the method in it."""
    address = re.sub(r"{(\w+)}", r"{segment(\1)}", path)
    prefix = "f" if address != path else ""
    return f'{prefix}"{address}"'


def _arguments(parameters: list[Schema], body: Schema | None) -> tuple[list[str], list[str]]:
    """How the method takes its parameters, and how it passes them on."""
    arguments = [f"{p['name']}: {_type(p['schema'])}" for p in parameters if p["in"] == "path"]
    named = [p for p in parameters if p["in"] != "path"]
    passed = [*_passed(named, "query", "query"), *_passed(named, "header", "headers")]
    if body:
        kind = _type(body["content"]["application/json"]["schema"])
        arguments.append(f"body: {kind}" if body.get("required") else f"body: {kind} | None = None")
        passed.append("body=body")
    if named:
        keywords = sorted(named, key=lambda p: not p.get("required"))
        arguments += ["*", *map(_keyword, keywords)]
    return arguments, passed


def _passed(parameters: list[Schema], part: str, argument: str) -> list[str]:
    """How the parameters in this part of the request are passed on, if there are any."""
    fields = [
        f'"{p["name"]}": {_value(p["name"])}'
        for p in parameters
        if p["in"] == part and p["name"] not in RESUMING
    ]
    return [f"{argument}={{{', '.join(fields)}}}"] if fields else []


def _value(name: str) -> str:
    """What is sent as this parameter."""
    if name == "Idempotency-Key":
        return f"{_name(name)} or new_key()"
    return _name(name)


def _keyword(parameter: Schema) -> str:
    name, kind = _name(parameter["name"]), _type(parameter["schema"])
    if parameter.get("required"):
        return f"{name}: {kind}"
    if "None" not in kind:
        kind += " | None"
    return f"{name}: {kind} = None"


def _answer(responses: Mapping[str, Schema]) -> tuple[str, str]:
    """The media type and the type of what a successful answer holds."""
    for status, response in responses.items():
        if status.startswith("2"):
            for media, content in response.get("content", {}).items():
                if media.endswith("json"):
                    return media, _type(content.get("schema", {}))
                return media, "str"
    return "", "None"


def _class(kind: str) -> str:
    """The type as a class to be passed on."""
    return re.sub(r"\[.*|Any", "", kind) or "object"


def _name(name: str) -> str:
    plain = name.lower().replace("-", "_")
    if keyword.iskeyword(plain):
        plain += "_"
    return plain


def _is_name(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)


def _docstring(text: str | None, indent: int = 4) -> list[str]:
    if not text:
        return []
    space = " " * indent
    first, *rest = textwrap.wrap(text.splitlines()[0], WIDTH - indent - 2 * len('"""'))
    if not rest:
        return [f'{space}"""{first}"""']
    return [f'{space}"""{first}', *(f"{space}{line}" for line in rest), f'{space}"""']


def _formatted(source: str) -> str:
    source = _ruff(source, "check", "--fix", "--select", "F401,I")
    return _ruff(source, "format")


def _ruff(source: str, *step: str) -> str:
    # Under a name in the package, so that its settings hold.
    name = str(PACKAGE / "generated.py")
    command = [sys.executable, "-m", "ruff", *step, "-q", "--stdin-filename", name, "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    reference = requests.get(f"{sys.argv[1]}/openapi.json", timeout=30).json()
    for module, text in modules(reference).items():
        (PACKAGE / module).write_text(text)
