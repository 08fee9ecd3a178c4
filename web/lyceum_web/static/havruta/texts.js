// @ts-check
/** The words of texts: in which versions a book can be read, and what a chapter says. Each is asked for once. */
import { get } from "../api.js";

/** @typedef {Schemas["TextVersion"]} Version */
/** @typedef {Schemas["Passages"]} Chapter */
/** @type {Map<string, Promise<any>>} */
const known = new Map();

/** @param {string} book @returns {Promise<Version[]>} those in Hebrew first */
export function versionsOf(book) {
  return once(`versions ${book}`, async () => {
    const { items } = await get("/api/texts/versions", { query: { book, limit: 100 } });
    return items.sort((one, other) => Number(other.language === "he") - Number(one.language === "he"));
  });
}

/** @param {string} section as the API writes it @param {string} version @returns {Promise<Chapter>} */
export function chapterOf(section, version) {
  const options = { params: { ref: section }, query: { version } };
  return once(`${version} ${section}`, () => get("/api/texts/refs/{ref}/text", options));
}

/** @template T @param {string} name @param {() => Promise<T>} ask @returns {Promise<T>} */
function once(name, ask) {
  const before = known.get(name);
  if (before) return before;
  const asked = ask();
  known.set(name, asked);
  asked.catch(() => known.delete(name));
  return asked;
}

// As the API's `marks` leaves them out: cantillation, meteg and paseq; vowels and the other points.
const CANTILLATION = /[\u0591-\u05af\u05bd]| ?\u05c0/g;
const VOWELS = /[\u05b0-\u05bc\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]/g;

/** @param {string} text @param {{ vowels: boolean, cantillation: boolean }} marks */
export function withMarks(text, { vowels, cantillation }) {
  const letters = cantillation ? text : text.replace(CANTILLATION, "");
  return vowels ? letters : letters.replace(VOWELS, "");
}
