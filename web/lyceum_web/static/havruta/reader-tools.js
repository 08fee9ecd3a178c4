// @ts-check
/** How one wants to read: in which versions, with vowels and cantillation or without. It is kept on the device. */
import { html, useId, useState } from "../vendor/ui.js";
import { language, t } from "../words.js";

/** @typedef {import("./texts.js").Version} Version */
/** @typedef {{ vowels: boolean, cantillation: boolean }} Marks */
/** @typedef {Marks & { first?: string, second?: string }} Wishes ids of versions; an empty one is none */
/**
 * @typedef {object} Reading
 * @property {Version} first
 * @property {Version | undefined} second
 * @property {Marks} marks
 * @property {(wishes: Partial<Wishes>) => void} wish
 */

const KEPT = "lyceum.device.reader";

/** @param {Version[]} versions @param {string} [asked] the id of the version that the address asks for @returns {Reading} */
export function useReading(versions, asked) {
  const [wishes, setWishes] = useState(() => ({ ...kept(), ...(asked && { first: asked }) }));
  const named = (/** @type {string | undefined} */ id) => versions.find((version) => version.id === id);
  const first = named(wishes.first) || versions[0];
  // Without a wish, a translation for those who read another language than that of the text.
  const own = versions.find((version) => version.language === language.value);
  const second = wishes.second === undefined ? own : named(wishes.second);
  function wish(/** @type {Partial<Wishes>} */ changed) {
    localStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...changed }));
    setWishes((last) => ({ ...last, ...changed }));
  }
  return { first, second: second === first ? undefined : second, marks: wishes, wish };
}

/** @returns {Wishes} */
function kept() {
  const usual = { vowels: true, cantillation: true };
  try {
    return { ...usual, ...JSON.parse(localStorage.getItem(KEPT) || "{}") };
  } catch {
    return usual;
  }
}

/** @param {{ of: Reading, versions: Version[] }} properties */
export function ReaderTools({ of: { first, second, marks, wish }, versions }) {
  const isHebrew = first.language === "he" || second?.language === "he";
  const others = versions.filter((version) => version !== first);
  return html`
    <div class="reader-tools" role="group" aria-label=${t("reader.tools")}>
      ${versions.length > 1 && html`
        <${Version} label=${t("reader.version")} of=${versions} value=${first.id} set=${(/** @type {string} */ id) => wish({ first: id })} />
        <${Version} label=${t("reader.next_to_it")} of=${others} value=${second?.id || ""} none=${t("reader.nothing")} set=${(/** @type {string} */ id) => wish({ second: id })} />
      `}
      ${isHebrew && html`
        <${Switch} label=${t("reader.vowels")} value=${marks.vowels} set=${(/** @type {boolean} */ vowels) => wish({ vowels })} />
        <${Switch} label=${t("reader.cantillation")} value=${marks.cantillation} set=${(/** @type {boolean} */ cantillation) => wish({ cantillation })} />
      `}
    </div>
  `;
}

/** @param {{ label: string, of: Version[], value: string, none?: string, set: (id: string) => void }} properties */
function Version({ label, of: versions, value, none, set }) {
  const id = useId();
  return html`
    <div class="version">
      <label for=${id}>${label}</label>
      <select id=${id} value=${value} onChange=${(/** @type {any} */ { target }) => set(target.value)}>
        ${none && html`<option value="">${none}</option>`}
        ${versions.map((version) => html`<option value=${version.id}>${version.title}</option>`)}
      </select>
    </div>
  `;
}

/** @param {{ label: string, value: boolean, set: (value: boolean) => void }} properties */
function Switch({ label, value, set }) {
  return html`
    <label class="choice">
      <input type="checkbox" checked=${value} onChange=${(/** @type {any} */ { target }) => set(target.checked)} />
      <span>${label}</span>
    </label>
  `;
}
