"""Puts the modules that the first page needs into one file, and what they say.

A browser has six connections to a server that speaks HTTP/1.1, and each request takes a round trip. So what
`index.html` preloads is sent as one file, `first.js`: each module in a function, called in the order of
imports, that returns what the module exports. Other modules take that from it.

A page needs a tenth of the sentences: `words/first/` has those of each language that the pack names.

It is done when the files are read, without another program: the modules keep to the few forms of `import` and
`export` that are known here, and any other is refused.
"""

import json
import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

PAGE = "index.html"
START = "app.js"
PACK = "first.js"
WORDS = "words"

PRELOAD = re.compile(r'<link rel="modulepreload" href="/static/\{version\}/([^"]+)">\n')
IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";$', re.MULTILINE)
LATE_IMPORT = re.compile(r'\bimport\("(\.[^"]+)"\)')
EXPORT = re.compile(r"^export (default )?((?:async )?function|const|class) (\w+)", re.MULTILINE)
EXPORTS = re.compile(r"\bexport ?\{([^}]*)\};\s*\Z")
OTHER_IMPORT = re.compile(r'^((?:import|export)\b[^"\n]*"(\.[^"]+)")', re.MULTILINE)
OTHER_FORM = re.compile(r"^(?:import|export)\b(?!\().*", re.MULTILINE)
GROUP = re.compile(r"[\"'`]([a-z_]+)\.")
COMMENT = re.compile(
    r"^[ \t]*//[^\n]*\n|^[ \t]*/\*\*(?:(?!\*/).)*\*/\n|/\*\* @type (?:(?!\*/).)*\*/ ?",
    re.MULTILINE | re.DOTALL,
)


class UnknownFormError(ValueError):
    """A module imports or exports in a form that is not known here."""


def packed(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files by their paths, with the modules that the page preloads in one.

    Raises UnknownFormError, and graphlib.CycleError if modules import each other.
    """
    page = contents[PAGE].decode()
    together = frozenset(PRELOAD.findall(page))
    if not together:
        return dict(contents)
    modules = {name: content.decode() for name, content in contents.items() if name.endswith(".js")}
    packing = _Packing(modules, together | {START})
    others = {name: packing.taking(name).encode() for name in modules}
    page = PRELOAD.sub("", page).replace(f"/{START}", f"/{PACK}")
    whole = packing.whole()
    result = {**contents, **others, PAGE: page.encode(), PACK: whole.encode()}
    for name, content in contents.items():
        if posixpath.dirname(name) == WORDS:
            result[f"{WORDS}/first/{posixpath.basename(name)}"] = _named_in(whole, content)
    return {name: content for name, content in result.items() if name not in packing.together}


@dataclass(frozen=True)
class _Packing:
    """All modules by their paths, and which of them are put together."""

    modules: Mapping[str, str]
    together: frozenset[str]

    def whole(self) -> str:
        """The modules in one, each after those that it imports; the start is the last."""
        imports = {name: self._imported(name) for name in sorted(self.together)}
        imports[START] = sorted({*imports[START], *self.together} - {START})
        order = [name for name in TopologicalSorter(imports).static_order() if name in imports]
        outside = sorted({path for paths in imports.values() for path in paths} - self.together)
        lines = ["export const modules = {};"]
        for number, path in enumerate(outside):
            lines.append(f'import * as outside{number} from "./{path}";')
            lines.append(f'modules["{path}"] = outside{number};')
        lines += [self._as_function(name) for name in order]
        return "\n".join(lines) + "\n"

    def taking(self, name: str) -> str:
        """A module that may import those that are put together: it takes their names from there."""
        code = self._with_taken(name, self.together)
        if code == self.modules[name]:
            return code
        pack = posixpath.relpath(PACK, posixpath.dirname(name) or ".")
        address = pack if pack.startswith(".") else f"./{pack}"
        # All in the first line, so that each line keeps its number.
        return f'import {{ modules }} from "{address}"; {code}'

    def _imported(self, name: str) -> list[str]:
        return [_from(name, path) for _, path in IMPORT.findall(self.modules[name])]

    def _with_taken(self, name: str, taken: Collection[str]) -> str:
        def take(found: re.Match[str]) -> str:
            path = _from(name, found[2])
            if path not in taken:
                return found[0]
            return f'const {{{found[1].replace(" as ", ": ")}}} = modules["{path}"];'

        def take_late(found: re.Match[str]) -> str:
            path = _from(name, found[1])
            if path in self.together:
                return f'Promise.resolve(modules["{path}"])'
            return f'import("./{path}")' if name in self.together else found[0]

        code = LATE_IMPORT.sub(take_late, IMPORT.sub(take, self.modules[name]))
        for unknown, path in OTHER_IMPORT.findall(code):
            if _from(name, path) in taken:
                raise UnknownFormError(f"{name}: {unknown}")
        return code

    def _as_function(self, name: str) -> str:
        code = COMMENT.sub("", self._with_taken(name, self.modules))
        exported = [
            f"default: {own}" if default else own for default, _, own in EXPORT.findall(code)
        ]
        code = EXPORT.sub(r"\2 \3", code)
        if listed := EXPORTS.search(code):
            pairs = [pair.split(" as ") for pair in listed[1].split(",")]
            exported += [f"{pair[-1].strip()}: {pair[0].strip()}" for pair in pairs]
            code = code[: listed.start()]
        if unknown := OTHER_FORM.search(code):
            raise UnknownFormError(f"{name}: {unknown[0]}")
        code = code.replace("import.meta.url", f'new URL("./{name}", import.meta.url)')
        returned = ", ".join(exported)
        return f'modules["{name}"] = (() => {{\n{code}\nreturn {{ {returned} }};\n}})();'


def _named_in(pack: str, words: bytes) -> bytes:
    """The sentences whose group stands in the pack, and those of no group."""
    groups = set(GROUP.findall(pack))
    named = {
        key: sentence
        for key, sentence in json.loads(words).items()
        if "." not in key or key.partition(".")[0] in groups
    }
    return json.dumps(named, ensure_ascii=False).encode()


def _from(name: str, path: str) -> str:
    """The path of what a module imports by a path of its own."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
