// @ts-check
/** A chapter as one reads it: verse by verse, in one version or two next to each other. */
import { html, useLayoutEffect, useRef } from "../vendor/ui.js";
import { language, t } from "../words.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { ReaderTools, useReading } from "./reader-tools.js";
import { chapterOf, versionsOf, withMarks } from "./texts.js";

/** @typedef {import("./texts.js").Version} Version */
/** @typedef {import("./texts.js").Chapter} Chapter */

/**
 * @param {{ section: string, book: string, at?: string, version?: string, turn?: ((ref: string) => void) | false }} properties
 *   `at` is the verse that is studied; `turn` goes to another
 */
export function Reader({ section, book, at, version, turn }) {
  const versions = useLoaded(() => versionsOf(book), [book]);
  return html`
    <${Loaded} of=${versions}>
      ${(/** @type {Version[]} */ found) => found.length
        ? html`<${Chosen} section=${section} versions=${found} asked=${version} at=${at} turn=${turn} />`
        : html`<p class="notice">${t("reader.none")}</p>`}
    <//>
  `;
}

/** @param {{ section: string, versions: Version[], asked?: string, at?: string, turn?: ((ref: string) => void) | false }} properties */
function Chosen({ section, versions, asked, at, turn }) {
  const reading = useReading(versions, asked);
  const { first, second } = reading;
  const read = () => Promise.all([first, ...(second ? [second] : [])].map((version) => chapterOf(section, version.id)));
  const chapters = useLoaded(read, [section, first.id, second?.id]);
  return html`
    <div class="reader">
      <${ReaderTools} of=${reading} versions=${versions} />
      <${Loaded} of=${chapters}>
        ${(/** @type {Chapter[]} */ found) => html`<${Verses} of=${found} at=${at} turn=${turn} marks=${reading.marks} />`}
      <//>
      <p class="source">${[first, second].filter(Boolean).map((version) => html`
        <span><bdi>${version?.attribution}</bdi> (<bdi>${version?.licence}</bdi>)</span> `)}</p>
    </div>
  `;
}

/** @param {{ of: Chapter[], at?: string, turn?: ((ref: string) => void) | false, marks: import("./reader-tools.js").Marks }} properties */
function Verses({ of: chapters, at, turn, marks }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const [first, second] = chapters;
  useLayoutEffect(() => showVerse(list.current), [first.ref, at]);
  return html`
    <ol class="verses ${second ? "two" : ""}" dir=${second ? undefined : first.version.direction} ref=${list} tabindex="0" aria-label=${t("reader.label", { section: nameOf(first) })}>
      ${first.passages.map((passage, number) => html`
        <li key=${passage.ref} aria-current=${passage.ref === at ? "true" : undefined}>
          <${Number} of=${passage} turn=${turn} isHere=${passage.ref === at} />
          <${Words} of=${passage} version=${first.version} marks=${marks} />
          ${second && html`<${Words} of=${second.passages[number]} version=${second.version} marks=${marks} />`}
        </li>
      `)}
    </ol>
  `;
}

/** @param {{ ref: string, hebrew_ref: string }} of */
const nameOf = ({ ref, hebrew_ref: hebrew }) => (language.value === "he" ? hebrew : ref);

/** Bring the verse that is studied into sight. @param {HTMLElement | null} list */
function showVerse(list) {
  const here = list?.querySelector("[aria-current]");
  if (!list || !(here instanceof HTMLElement)) return;
  if (list.scrollHeight <= list.clientHeight) return here.scrollIntoView({ block: "center" });
  // The list alone is scrolled: a page that jumps loses its reader.
  list.scrollTo({ top: here.offsetTop - (list.clientHeight - here.offsetHeight) / 2 });
}

/** @param {{ of: Schemas["Passage"], turn?: ((ref: string) => void) | false, isHere: boolean }} properties */
function Number({ of: passage, turn, isHere }) {
  const short = passage.ref.split(/[ :]/).at(-1);
  if (!turn || isHere) return html`<span class="number">${short}</span>`;
  return html`
    <button type="button" class="number" aria-label=${t("reader.turn_to", { ref: nameOf(passage) })} onClick=${() => turn(passage.ref)}>
      ${short}
    </button>
  `;
}

// The mark of a paragraph, and what is written and not read.
const ASIDE = /(\{[^}]*\}|\([^)]*\))/;

/** @param {{ of: Schemas["Passage"] | undefined, version: Version, marks: import("./reader-tools.js").Marks }} properties */
function Words({ of: passage, version, marks }) {
  const isHebrew = version.language === "he";
  const text = passage ? passage.text : "";
  const shown = isHebrew ? withMarks(text, marks) : text;
  return html`
    <p class="words ${isHebrew ? "hebrew" : ""}" lang=${version.language} dir=${version.direction}>
      ${isHebrew ? shown.split(ASIDE).map((piece) => (ASIDE.test(piece) ? html`<small>${piece}</small>` : piece)) : shown}
    </p>
  `;
}
