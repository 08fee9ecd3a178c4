// @ts-check
/** The person's own notes over all books, or those on one book. */
import { get } from "../api.js";
import { BookField } from "../havruta/book-field.js";
import { OwnNote } from "../havruta/own-note.js";
import { Loaded, More, useLoaded, usePages } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { note, place } from "../router.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

/** @typedef {Schemas["Note"]} Note */
/** @typedef {Schemas["Text"]} Book */
/** @typedef {Map<string, string>} Names of havrutas by their ids */

const MOST = 100; // of one page of a list

export default function Notes() {
  const [slug, setSlug] = useState(() => place.value.query.get("book") || "");
  const [book, setBook] = useState(/** @type {Book | null} */ (null));
  const notes = usePages("/api/notes", { query: { mine: true, ref: slug, limit: 20 } }, [slug]);
  useEffect(() => {
    if (slug) get("/api/texts/{book}", { params: { book: slug } }).then(setBook, () => {});
  }, []);

  function narrow(/** @type {Book | null} */ picked) {
    setBook(picked);
    setSlug(picked?.slug || "");
    note({ book: picked?.slug });
  }
  return html`
    <div class="narrow stack">
      <p><a href="/texts">${t("texts.title")}</a></p>
      <${Title} of=${t("own_notes.title")} />
      <${BookField} book=${book} onPick=${narrow} label=${t("own_notes.book")} required=${false} autofocus=${false} />
      <${Loaded} of=${notes}>
        ${(/** @type {{ items: Note[], next: string | null }} */ page) => html`
          <p role="status" class="for-readers">${notes.isStale ? t("loading") : found(page)}</p>
          ${page.items.length === 0 && !notes.isStale && html`<${None} slug=${slug} />`}
          <${Listed} page=${page} set=${notes.set} />
          <${More} of=${notes} />
        `}
      <//>
    </div>
  `;
}

/** @param {{ items: Note[], next: string | null }} page */
function found({ items, next }) {
  return t(next ? "own_notes.found_many" : "own_notes.found", { count: items.length });
}

/** How one writes a note. @param {{ slug: string }} properties */
function None({ slug }) {
  const link = html`<a href=${slug ? `/texts/${slug}` : "/texts"}>${t(slug ? "own_notes.this_book" : "own_notes.a_text")}</a>`;
  return html`
    <div class="empty">
      <p>${t(slug ? "own_notes.none_on_book" : "own_notes.none")}</p>
      <p>${say("own_notes.how", { text: link })}</p>
    </div>
  `;
}

/** @param {{ page: { items: Note[], next: string | null }, set: (page: any) => void }} properties */
function Listed({ page, set }) {
  const [gone, setGone] = useState(0);
  const isAnyShared = page.items.some(({ havruta_id: shared }) => shared);
  const havrutas = useLoaded(async (signal) => (isAnyShared ? namesOfHavrutas(signal) : undefined), [isAnyShared]);
  // The button that was pressed is gone.
  useEffect(() => {
    if (gone) /** @type {HTMLElement | null} */ (document.querySelector("main h1"))?.focus();
  }, [gone]);

  function become(/** @type {Note} */ before, /** @type {Note | null} */ now) {
    const items = now ? page.items.map((each) => (each === before ? now : each)) : page.items.filter((each) => each !== before);
    set({ ...page, items });
    if (!now) setGone(gone + 1);
  }
  return html`
    <ul role="list" class="stack">
      ${page.items.map((each) => html`
        <${OwnNote} key=${each.id} note=${each} havrutas=${havrutas.value} become=${(/** @type {Note | null} */ now) => become(each, now)} />
      `)}
    </ul>
  `;
}

/** Those that the person is in, the archived ones too. @param {AbortSignal} signal @returns {Promise<Names>} */
async function namesOfHavrutas(signal) {
  const parts = await Promise.all([namesOf(false, signal), namesOf(true, signal)]);
  return new Map(parts.flat());
}

/** @param {boolean} archived @param {AbortSignal} signal */
async function namesOf(archived, signal) {
  /** @type {[string, string][]} */
  const names = [];
  let cursor = null;
  do {
    const page = /** @type {Schemas["HavrutaPage"]} */ (await get("/api/havrutas", { query: { archived, limit: MOST, cursor }, signal }));
    for (const { id, name } of page.items) names.push([id, name]);
    cursor = page.next;
  } while (cursor);
  return names;
}
