// @ts-check
/** The passages in which words were found, with the words marked. */
import { Loaded, More, usePages } from "../parts/loading.js";
import { html } from "../vendor/ui.js";
import { language, t } from "../words.js";

/** @param {{ q: string }} properties */
export function TextHits({ q }) {
  const hits = usePages("/api/texts/search", { query: { q, limit: 20 } }, [q]);
  return html`
    <${Loaded} of=${hits}>
      ${(/** @type {{ items: Schemas["TextHit"][], next: string | null }} */ { items, next }) => html`
        <p role="status" class=${items.length ? "for-readers" : "empty"}>
          ${items.length ? t(next ? "texts.found_many" : "texts.found", { count: items.length }) : t("texts.nothing", { q })}
        </p>
        <ul role="list" class="card hits">${items.map((hit) => html`<${Hit} key=${`${hit.version_id} ${hit.ref}`} of=${hit} />`)}</ul>
        <${More} of=${hits} />
      `}
    <//>
  `;
}

/** @param {{ of: Schemas["TextHit"] }} properties */
function Hit({ of: { ref, hebrew_ref: hebrew, book, section, version_id: version, text, matches } }) {
  return html`
    <li>
      <h2><a href="/texts/${book}/sections/${section}?at=${encodeURIComponent(ref)}&version=${version}">
        <bdi>${language.value === "he" ? hebrew : ref}</bdi>
      </a></h2>
      <p class="words ${/[\u05d0-\u05ea]/.test(text) ? "hebrew" : ""}" dir="auto">${marked(text, matches)}</p>
    </li>
  `;
}

/** @param {string} text @param {{ start: number, length: number }[]} matches */
function marked(text, matches) {
  const characters = [...text];
  let end = 0;
  const pieces = matches.flatMap(({ start, length }) => {
    const before = characters.slice(end, start).join("");
    end = start + length;
    return [before, html`<mark>${characters.slice(start, end).join("")}</mark>`];
  });
  return [...pieces, characters.slice(end).join("")];
}
