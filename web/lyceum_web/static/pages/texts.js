// @ts-check
/** The books that can be read, and words to look for in them. */
import { get } from "../api.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { note, place } from "../router.js";
import { TextHits } from "../havruta/text-hits.js";
import { account } from "../sign-in.js";
import { html, useState } from "../vendor/ui.js";
import { language, t } from "../words.js";
import { Icon } from "../parts/icon.js";

const LONGEST = 100; // characters
const COLLECTIONS = ["tanakh", "mishnah", "talmud"];

export default function Texts() {
  const [sought, setSought] = useState(() => (place.value.query.get("q") || "").slice(0, LONGEST).trim());
  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const q = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("q")).trim();
    note({ q });
    setSought(q);
  }
  return html`
    <div class="narrow stack wide">
      <div class="row apart">
        <${Title} of=${t("texts.title")} />
        ${account.value && html`<a class="button quiet" href="/notes"><${Icon} name="pencil" />${t("own_notes.title")}</a>`}
      </div>
      <search>
        <form class="row search" onSubmit=${onSubmit}>
          <input
            type="search" name="q" dir="auto" maxlength=${LONGEST} autocomplete="off" enterkeyhint="search"
            aria-label=${t("texts.words")} placeholder=${t("texts.words")} defaultValue=${sought}
          />
          <button class="button"><${Icon} name="search" />${t("search.press")}</button>
        </form>
      </search>
      ${sought ? html`<${TextHits} key=${sought} q=${sought} />` : html`<${Catalogue} />`}
    </div>
  `;
}

function Catalogue() {
  const books = useLoaded(readBooks, []);
  return html`
    <${Loaded} of=${books}>
      ${(/** @type {Schemas["Text"][]} */ found) => COLLECTIONS.map((collection) => html`
        <details class="collection" key=${collection} open=${collection === "tanakh"}>
          <summary><h2>${t(`search.in_${collection}`)}</h2></summary>
          ${divisionsOf(found, collection).map(([division, some]) => html`
            <section key=${division} class="stack tight">
              <h3>${t(`division.${division.toLowerCase()}`)}</h3>
              <ul role="list" class="books">
                ${some.map(({ slug, name, hebrew_name: hebrew }) => html`
                  <li key=${slug}><a href="/texts/${slug}"><bdi>${language.value === "he" ? hebrew : name}</bdi></a></li>
                `)}
              </ul>
            </section>
          `)}
        </details>
      `)}
    <//>
  `;
}

/** @param {AbortSignal} signal */
async function readBooks(signal) {
  const parts = COLLECTIONS.map((collection) => get("/api/texts", { query: { collection, limit: 100 }, signal }));
  return (await Promise.all(parts)).flatMap(({ items }) => items);
}

/** @param {Schemas["Text"][]} books @param {string} collection @returns {[string, Schemas["Text"][]][]} */
function divisionsOf(books, collection) {
  /** @type {Map<string, Schemas["Text"][]>} */
  const divisions = new Map();
  for (const book of books.filter((each) => each.collection === collection)) {
    divisions.set(book.division, [...(divisions.get(book.division) || []), book]);
  }
  return [...divisions];
}
