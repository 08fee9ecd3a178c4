// @ts-check
/**
 * The sentences of the pages in the languages that there are: `words/en.json`, `words/he.json`. In `words/first/`
 * are those that the modules of the first page say.
 *
 * A sentence is whole, with places for values in braces. One that depends on a number has a form for each of the
 * language's plural categories (`seats_left.one`, `seats_left.other`), which `Intl.PluralRules` chooses by `count`.
 */
import { LANGUAGE, preferredOf, takeEarly, wordsAt } from "./early.js";
import { html, signal } from "./vendor/ui.js";

export const LANGUAGES = { en: "English", he: "עברית" };
const RIGHT_TO_LEFT = new Set(["he"]);
// Marks that keep the direction of a value from changing that of the sentence (Unicode, UAX #9).
const ISOLATE = "\u2068";
const POP = "\u2069";

/** @typedef {keyof typeof LANGUAGES} Language */

export const language = signal(/** @type {Language} */ ("en"));
/** @type {Record<string, string>} */
let sentences = {};
let isWhole = false;
let speaking = Promise.resolve();
let tag = "en";
/** @type {Map<string, any>} */
const formats = new Map();
let plural = new Intl.PluralRules("en");

/** The language that this browser has chosen, or prefers. */
export const preferred = () => /** @type {Language} */ (preferredOf(Object.keys(LANGUAGES)));

/** Speak this language from now on. @param {Language} chosen @param {boolean} [isFirst] whether the first page's sentences will do */
export function speak(chosen, isFirst = false) {
  const former = speaking;
  speaking = learn(chosen, isFirst, former);
  return speaking;
}

/** @param {Language} chosen @param {boolean} isFirst @param {Promise<void>} former what is spoken before */
async function learn(chosen, isFirst, former) {
  const address = wordsAt(chosen, isFirst);
  const response = await (takeEarly(address) || fetch(address));
  const found = JSON.parse(await response.text());
  await former.catch(() => {});
  sentences = found;
  isWhole = !isFirst;
  plural = new Intl.PluralRules(chosen);
  document.documentElement.lang = chosen;
  document.documentElement.dir = RIGHT_TO_LEFT.has(chosen) ? "rtl" : "ltr";
  tag = navigator.languages.find((each) => each.split("-")[0] === chosen) || chosen;
  language.value = chosen;
}

/** The language as the person's country writes dates and numbers, such as `en-GB`. */
export const locale = () => tag;

/**
 * A format of `Intl` for the language. Each is made once: that takes a hundred times as long as to use it.
 * @template F, O
 * @param {new (locale: string, options: O) => F} Format @param {O} options @returns {F}
 */
export function format(Format, options) {
  const key = `${Format.name} ${tag} ${JSON.stringify(options)}`;
  const known = formats.get(key) || new Format(tag, options);
  formats.set(key, known);
  return known;
}

/** Have all sentences, which pages other than the first need. */
export async function speakWhole() {
  await speaking.catch(() => {});
  if (!isWhole) await speak(language.value);
}

/** Speak this language, also the next time. @param {Language} chosen */
export function choose(chosen) {
  localStorage.setItem(LANGUAGE, chosen);
  return speak(chosen);
}

/**
 * A sentence as text.
 * @param {string} key @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const sentence = sentenceFor(key, values);
  return sentence.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

/**
 * A sentence with elements in it, such as links and names.
 * @param {string} key @param {Record<string, unknown>} values
 */
export function say(key, values) {
  const pieces = sentenceFor(key, values).split(/\{(\w+)\}/);
  return pieces.map((piece, index) => {
    if (index % 2 === 0) return piece;
    const value = values[piece];
    return typeof value === "object" ? value : html`<bdi>${shownPlainly(value)}</bdi>`;
  });
}

/** Whether there is such a sentence. @param {string} key */
export const hasWords = (key) => key in sentences || `${key}.other` in sentences;

/** @param {string} key @param {Record<string, unknown>} values */
function sentenceFor(key, values) {
  const own = sentences[key];
  if (own !== undefined) return own;
  const form = plural.select(Number(values.count));
  return sentences[`${key}.${form}`] ?? sentences[`${key}.other`] ?? key;
}

/** @param {unknown} value */
function shown(value) {
  return typeof value === "number" ? number(value) : `${ISOLATE}${value}${POP}`;
}

/** @param {unknown} value */
function shownPlainly(value) {
  return typeof value === "number" ? number(value) : value;
}

/** A number as it is written. @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  // Alike in each language here, and the first format of numbers takes long to make.
  if (!options && Number.isInteger(value) && value >= 0 && value < 1000) return String(value);
  return format(Intl.NumberFormat, options).format(value);
}

/** Several names as one phrase. @param {string[]} names */
export function listed(names) {
  return format(Intl.ListFormat, undefined).format(names);
}
