"""The modules of the first page in one file: what it has of them, in which order, and what it refuses."""

import json
from graphlib import CycleError

import pytest

from lyceum_web import STATIC
from lyceum_web.packing import IMPORT, PACK, UnknownFormError, packed

PAGE = """<link rel="modulepreload" href="/static/{version}/parts/card.js">
<link rel="modulepreload" href="/static/{version}/words.js">
<script type="module" src="/static/{version}/app.js"></script>
"""
FILES = {
    "index.html": PAGE,
    "early.js": "export const asked = 1;\n",
    "app.js": 'import { Card } from "./parts/card.js";\nCard(() => import("./pages/far.js"));\n',
    "words.js": "export const t = (key) => key;\nexport async function speak() {}\n",
    "parts/card.js": (
        'import { asked } from "../early.js";\n'
        'import {\n  speak,\n  t as say,\n} from "../words.js";\n'
        "export default function Card() {}\n"
    ),
    "pages/far.js": 'import { t } from "../words.js";\n',
    "lyceum.css": "body { margin: 0 }",
}


def pack(**changes: str) -> dict[str, str]:
    """The files of a small client when they are packed; `parts__card_js="…"` is another content of one."""
    files = FILES | {
        name.replace("__", "/").replace("_", "."): content for name, content in changes.items()
    }
    sent = packed({name: content.encode() for name, content in files.items()})
    return {name: content.decode() for name, content in sent.items()}


def test_the_page_asks_for_one_file_in_place_of_many() -> None:
    sent = pack()
    assert sent["index.html"] == (
        '<script type="module" src="/static/{version}/first.js"></script>\n'
    )
    assert set(sent) == {"index.html", "early.js", "first.js", "pages/far.js", "lyceum.css"}


def test_a_module_comes_after_those_that_it_imports_and_the_start_is_the_last() -> None:
    whole = pack()[PACK]
    places = [
        whole.index(f'modules["{name}"] =') for name in ("words.js", "parts/card.js", "app.js")
    ]
    assert places == sorted(places)


def test_a_module_has_the_names_that_it_imports_and_gives_those_that_it_exports() -> None:
    whole = pack()[PACK]
    assert 'const {\n  speak,\n  t: say,\n} = modules["words.js"];' in whole
    assert "return { t, speak };" in whole
    assert "\nfunction Card() {}\n" in whole
    assert "return { default: Card };" in whole
    assert "export " not in whole.partition("export const modules = {};")[2]


def test_what_is_not_packed_is_imported_by_the_pack() -> None:
    whole = pack()[PACK]
    assert 'import * as outside0 from "./early.js";\nmodules["early.js"] = outside0;' in whole
    assert 'const { asked } = modules["early.js"];' in whole


def test_a_module_outside_takes_from_the_pack_and_keeps_its_lines() -> None:
    assert pack()["pages/far.js"] == (
        'import { modules } from "../first.js"; const { t } = modules["words.js"];\n'
    )


def test_a_late_import_leads_to_the_same_module() -> None:
    late = pack(parts__card_js='export const far = () => import("../pages/far.js");\n')[PACK]
    assert 'import("./pages/far.js")' in late
    own = pack(parts__card_js='export const words = () => import("../words.js");\n')[PACK]
    assert 'const words = () => Promise.resolve(modules["words.js"]);' in own


def test_an_address_next_to_a_module_stays_its_own() -> None:
    whole = pack(parts__card_js='export const icon = new URL("../i.svg", import.meta.url);\n')[PACK]
    assert 'new URL("../i.svg", new URL("./parts/card.js", import.meta.url));' in whole


def test_exports_in_a_list_are_those_of_a_library() -> None:
    whole = pack(words_js="const a=1,b=2;export{a as t,b as speak};\n")[PACK]
    assert "const a=1,b=2;\nreturn { t: a, speak: b };" in whole


def test_comments_are_left_out_and_nothing_else() -> None:
    module = (
        "// @ts-check\n"
        "/** Says\n * something. */\n"
        'export const t = (key) => /** @type {any} */ (key) + "// no comment";\n'
        "  /** @type {any} */ (t).called = true;\n"
        "/** The end. */\n"
        "export const speak = 1; // said\n"
    )
    whole = pack(words_js=module)[PACK]
    assert (
        'const t = (key) => (key) + "// no comment";\n  (t).called = true;\nconst speak = 1; // said'
        in whole
    )
    assert "something" not in whole
    assert "The end" not in whole


@pytest.mark.parametrize(
    "line",
    [
        'import words from "./words.js";',
        'import * as words from "./words.js";',
        'import "./words.js";',
        "export let language = 1;",
        'export * from "./words.js";',
    ],
)
def test_a_form_that_is_not_known_is_refused_by_name(line: str) -> None:
    with pytest.raises(UnknownFormError, match=r"^parts/card\.js: "):
        pack(parts__card_js=f"{line}\n")


def test_a_module_outside_takes_from_the_pack_in_known_forms_alone() -> None:
    late = pack(pages__far_js='export const words = () => import("../words.js");\n')
    assert 'const words = () => Promise.resolve(modules["words.js"]);' in late["pages/far.js"]
    with pytest.raises(UnknownFormError, match=r"^pages/far\.js: import \* as words"):
        pack(pages__far_js='import * as words from "../words.js";\n')


def test_modules_that_import_each_other_are_refused() -> None:
    with pytest.raises(CycleError):
        pack(words_js='import { Card } from "./parts/card.js";\n')


def test_the_first_sentences_are_those_of_the_groups_that_the_pack_names() -> None:
    sentences = {
        "again": "Again",
        "near.title": "Near",
        "mode.online": "Online",
        "far.title": "Far",
    }
    module = (
        'export const t = (key) => [key, "near.title", `mode.${key}`];\nexport const speak = 1;\n'
    )
    sent = pack(words_js=module, words__en_json=json.dumps(sentences))
    del sentences["far.title"]
    assert json.loads(sent["words/first/en.json"]) == sentences
    assert "far.title" in sent["words/en.json"]


def test_files_without_preloads_stay_as_they_are() -> None:
    files = {"index.html": b'<script src="/static/{version}/app.js"></script>', "app.js": b"run()"}
    assert packed(files) == files


def test_no_module_of_the_client_asks_for_one_that_is_in_the_pack() -> None:
    contents = {
        path.relative_to(STATIC).as_posix(): path.read_bytes()
        for path in STATIC.rglob("*")
        if path.is_file()
    }
    sent = packed(contents)
    gone = contents.keys() - sent.keys()
    assert {"app.js", "api.js", "pages/near.js", "vendor/ui.js"} <= gone
    assert sent == packed(dict(reversed(contents.items())))
    for name in gone:
        ending = f"/{name.rpartition('/')[2]}"
        for content in sent.values():
            asked = [path for _, path in IMPORT.findall(content.decode("utf-8", "replace"))]
            assert not [path for path in asked if path.endswith(ending)]
