"""Write models.py and operations.py of the client out of the API reference of a running platform.

.venv/bin/python client/generate.py http://127.0.0.1:8080
"""

import keyword
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import requests

PACKAGE = Path(__file__).with_name("lyceum_client")
METHODS = ("get", "post", "put", "patch", "delete")
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
WIDTH = 110
WRITTEN = "Written by generate.py out of the API reference; not to be edited."

Schema = Mapping[str, Any]


def modules(document: Schema) -> dict[str, str]:
    """The generated modules by name, formatted."""
    schemas = document["components"]["schemas"]
    operations = "\n".join(_operations(document))
    models = "\n\n".join(_model(name, schema) for name, schema in sorted(schemas.items()))
    return {
        "models.py": _formatted(MODELS.format(models=models)),
        "operations.py": _formatted(
            OPERATIONS.format(names=", ".join(schemas), operations=operations)
        ),
    }


MODELS = f'''"""What goes over the wire, by the names of the API reference.

{WRITTEN}
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

{{models}}
'''
OPERATIONS = f'''"""Every operation of the platform, by its id in the API reference.

{WRITTEN}
"""

from collections.abc import Iterator
from typing import Any, Literal

from lyceum_client.models import {{names}}
from lyceum_client.transport import LiveEvent, Transport, segment


class Operations(Transport):
    """The platform's API."""

{{operations}}
'''


def _model(name: str, schema: Schema) -> str:
    required = schema.get("required", ())
    types = {
        field: _type(part) if field in required else f"NotRequired[{_type(part)}]"
        for field, part in schema.get("properties", {}).items()
    }
    if all(map(_is_name, types)):
        lines = [
            f"class {name}(TypedDict):",
            *_docstring(schema.get("description")),
            *_fields(types),
        ]
        return "\n".join(lines if len(lines) > 1 else [*lines, "    pass"])
    fields = ", ".join(f'"{field}": "{kind}"' for field, kind in types.items())
    return f'{name} = TypedDict("{name}", {{{fields}}})'


def _fields(types: Mapping[str, str]) -> Iterator[str]:
    return (f"    {field}: {kind}" for field, kind in types.items())


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
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(_type_named(kind, schema) for kind in kinds) or "Any"


def _type_named(kind: str, schema: Schema) -> str:
    if kind == "array":
        return f"list[{_type(schema.get('items', {}))}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {_type(values) if isinstance(values, Mapping) else 'Any'}]"
    return PLAIN[kind]


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _operations(document: Schema) -> Iterator[str]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                every = [*item.get("parameters", ()), *operation.get("parameters", ())]
                # What can be said in a header or, by a browser, in the address, is said in the
                # header.
                parameters = {_name(parameter["name"]): parameter for parameter in reversed(every)}
                yield _operation(
                    method.upper(), path, operation, list(reversed(parameters.values()))
                )


def _operation(method: str, path: str, operation: Schema, parameters: list[Schema]) -> str:
    arguments, passed = _arguments(parameters, operation.get("requestBody"))
    media, content = _answer(operation["responses"])
    address = re.sub(r"{(\w+)}", r"{segment(\1)}", path)
    literal = f'f"{address}"' if address != path else f'"{path}"'
    if media == "text/event-stream":
        result, call = "Iterator[LiveEvent]", f"return self.stream({', '.join([literal, *passed])})"
    else:
        wanted = "type(None)" if content == "None" else _class(content)
        asked = ", ".join([f'"{method}"', literal, wanted, *passed])
        result, call = (
            content,
            f"self.call({asked})" if content == "None" else f"return self.call({asked})",
        )
    head = f"    def {operation['operationId']}({', '.join(['self', *arguments])}) -> {result}:"
    return "\n".join([head, *_docstring(operation.get("summary"), 8), f"        {call}\n"])


def _arguments(parameters: list[Schema], body: Schema | None) -> tuple[list[str], list[str]]:
    """How the method takes its parameters, and how it passes them on."""
    arguments = [f"{p['name']}: {_type(p['schema'])}" for p in parameters if p["in"] == "path"]
    if body:
        kind = _type(body["content"]["application/json"]["schema"])
        arguments.append(f"body: {kind}" if body.get("required") else f"body: {kind} | None = None")
    named = [p for p in parameters if p["in"] != "path"]
    keywords = [_keyword(p) for p in sorted(named, key=lambda p: not p.get("required"))]
    passed = []
    for place, name in (("query", "query"), ("header", "headers")):
        if fields := ", ".join(
            f'"{p["name"]}": {_name(p["name"])}' for p in named if p["in"] == place
        ):
            passed.append(f"{name}={{{fields}}}")
    return arguments + (["*", *keywords] if keywords else []), passed + (
        ["body=body"] if body else []
    )


def _keyword(parameter: Schema) -> str:
    kind = _type(parameter["schema"])
    if parameter.get("required"):
        return f"{_name(parameter['name'])}: {kind}"
    return f"{_name(parameter['name'])}: {kind if 'None' in kind else f'{kind} | None'} = None"


def _answer(responses: Mapping[str, Schema]) -> tuple[str, str]:
    """The media type and the type of what a successful answer holds."""
    for status, response in responses.items():
        if status.startswith("2"):
            for media, content in response.get("content", {}).items():
                return media, _type(content.get("schema", {})) if media.endswith("json") else "str"
    return "", "None"


def _class(kind: str) -> str:
    """The type as a class to be passed on."""
    return re.sub(r"\[.*|Any", "", kind) or "object"


def _name(name: str) -> str:
    plain = name.lower().replace("-", "_")
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def _is_name(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)


def _docstring(text: str | None, indent: int = 4) -> list[str]:
    if not text:
        return []
    space = " " * indent
    first, *rest = textwrap.wrap(text.splitlines()[0], WIDTH - indent)
    if not rest:
        return [f'{space}"""{first}"""']
    return [f'{space}"""{first}', *(f"{space}{line}" for line in rest), f'{space}"""']


def _formatted(source: str) -> str:
    for step in (["check", "--fix", "--select", "F401,I"], ["format"]):
        ruff = [
            sys.executable,
            "-m",
            "ruff",
            *step,
            "-q",
            "--stdin-filename",
            str(PACKAGE / "generated.py"),
            "-",
        ]
        source = subprocess.run(
            ruff, input=source, capture_output=True, text=True, check=True
        ).stdout
    return source


if __name__ == "__main__":
    for module, text in modules(
        requests.get(f"{sys.argv[1]}/openapi.json", timeout=30).json()
    ).items():
        (PACKAGE / module).write_text(text)
