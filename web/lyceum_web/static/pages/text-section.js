// @ts-check
/** A chapter or folio to be read by oneself. */
import { get } from "../api.js";
import { Icon } from "../parts/icon.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { Notes } from "../havruta/notes.js";
import { Reader } from "../havruta/reader.js";
import { resolve } from "../havruta/references.js";
import { place } from "../router.js";
import { account } from "../sign-in.js";
import { html } from "../vendor/ui.js";
import { language, t } from "../words.js";

/** @typedef {{ book: Schemas["TextWithSections"], here: Schemas["TextReference"], number: number }} Section */

/** @param {{ book: string, number: string }} properties */
export default function TextSection({ book: name, number }) {
  const found = useLoaded((signal) => read(name, Number(number), signal), [name, number]);
  return html`
    <div class="reading stack">
      <${Loaded} of=${found}>${(/** @type {Section} */ section) => html`<${Shown} ...${section} />`}<//>
    </div>
  `;
}

/** @param {string} name @param {number} number @param {AbortSignal} signal @returns {Promise<Section>} */
async function read(name, number, signal) {
  const book = await get("/api/texts/{book}", { params: { book: name }, signal });
  // A number after the name of a book of one chapter is that of a verse.
  const ref = book.sections === 1 ? book.name : `${book.name} ${number}`;
  return { book, number, here: await resolve(ref) };
}

/** @param {Section} properties */
function Shown({ book, here, number }) {
  const isHebrew = language.value === "he";
  const { query } = place.value;
  return html`
    <p><a href="/texts/${book.slug}"><bdi>${isHebrew ? book.hebrew_name : book.name}</bdi></a></p>
    <div class="passage">
      <${Title} of=${isHebrew ? here.hebrew_ref : here.ref} />
      <p class="other-name"><bdi>${isHebrew ? here.ref : here.hebrew_ref}</bdi></p>
    </div>
    <${Reader} section=${here.section} book=${book.slug} at=${query.get("at")} version=${query.get("version")} />
    ${account.value && html`<${Notes} at=${query.get("at") || here.section} section=${here.section} />`}
    <nav class="turner" aria-label=${t("study.pages")}>
      <${Turn} to=${here.prev_section && `/texts/${book.slug}/sections/${number - 1}`} kind="before" words="study.previous_chapter" />
      ${account.value ? html`<a class="button quiet" href="/havrutas?book=${book.slug}">${t("texts.study")}</a>` : html`<span />`}
      <${Turn} to=${here.next_section && `/texts/${book.slug}/sections/${number + 1}`} kind="after" words="study.next_chapter" />
    </nav>
  `;
}

/** @param {{ to: string | null, kind: string, words: string }} properties */
function Turn({ to, kind, words }) {
  if (!to) return html`<span />`;
  return html`<a class="button turn ${kind}" href=${to}><${Icon} name="back" /><span>${t(words)}</span></a>`;
}
