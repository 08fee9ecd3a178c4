// @ts-check
/** A field for a book of the catalogue: books are proposed by any part of their name, in English or Hebrew. */
import { get } from "../api.js";
import { html, useId } from "../vendor/ui.js";
import { language, t } from "../words.js";
import { Combobox } from "../parts/combobox.js";

const MOST_PROPOSED = 8;

/** @typedef {Schemas["Text"]} Book */

/** @param {string} typed @returns {Promise<Book[]>} */
async function findBooks(typed) {
  if (!typed.trim()) return [];
  const { items } = await get("/api/texts", { query: { q: typed, limit: MOST_PROPOSED } }).catch(() => ({ items: [] }));
  return items;
}

/** The name of a book; a tractate of the Talmud has that of one of the Mishnah. @param {Book} book */
export function named({ name, hebrew_name: hebrew, collection }) {
  const own = language.value === "he" ? hebrew : name;
  return collection === "talmud" ? `${own} (${t("book.talmud")})` : own;
}

/**
 * @param {{ book: Book | null, onPick: (book: Book | null) => void, error?: string, label?: string,
 *   [attribute: string]: unknown }} properties
 */
export function BookField({ book, onPick, error, label = t("book.label"), ...attributes }) {
  const id = useId();
  return html`
    <div class="field ${error ? "wrong" : ""}">
      <label for=${id}>${label}</label>
      <p class="hint" id="${id}-hint">${t("book.hint")}</p>
      <${Combobox}
        id=${id} label=${label} name="book" required autofocus value=${book ? named(book) : ""}
        aria-describedby="${id}-hint ${error ? `${id}-error` : ""}" aria-invalid=${error ? "true" : undefined}
        find=${findBooks} words=${named} onPick=${onPick}
        ...${attributes}
      />
      ${error && html`<p class="error" id="${id}-error">${error}</p>`}
    </div>
  `;
}
