// @ts-check
/**
 * What nothing has to wait for: the sentences, and the list of the first page. They are asked for as soon as this
 * module is here, before the others are. Others take the answers from it. While they are on their way it finds out
 * the time zone, for which the browser reads in all that `Intl` needs.
 */
/** Where the browser keeps what was chosen. */
export const LANGUAGE = "lyceum.device.language";
export const PLACE = "lyceum.device.place";
const LIST = "/api/study-sessions";
export const RADIUS = 25; // kilometres, unless one has chosen another
export const FIRST = 20; // sessions of a page

/** @typedef {Pick<Response, "ok" | "status" | "headers" | "text">} Answer */
/** @type {Map<string, Promise<Answer>>} */
const asked = new Map();

/** The answer to a request that was made early, once; undefined for any other. @param {string} address */
export function takeEarly(address) {
  const answer = asked.get(address);
  asked.delete(address);
  return answer;
}

/** The language that this browser has chosen, or prefers, out of those that there are. @param {string[]} known */
export function preferredOf(known) {
  const wanted = [localStorage.getItem(LANGUAGE), ...navigator.languages];
  const short = wanted.map((tag) => (tag || "").split("-")[0].replace("iw", "he"));
  return short.find((tag) => known.includes(tag)) || known[0];
}

/** Whether the address is that of the first page. */
export const isFirstPage = () => location.pathname === "/";

/** Where the sentences of a language are, or those of the first page. @param {string} language @param {boolean} isFirst */
export function wordsAt(language, isFirst) {
  return new URL(`./words/${isFirst ? "first/" : ""}${language}.json`, import.meta.url).pathname;
}

/** The list of the first page, near the place of the last time. */
function firstList() {
  try {
    const place = JSON.parse(localStorage.getItem(PLACE) || "null");
    const near = place ? `lat=${place.lat}&lng=${place.lng}&radius_km=${RADIUS}&` : "";
    return `${LIST}?${near}series=next&limit=${FIRST}`;
  } catch {
    return LIST;
  }
}

/** The answer when all of it is here, so that what is shown first has it. @param {Response} response @returns {Promise<Answer>} */
async function whole(response) {
  const text = await response.text();
  return { ok: response.ok, status: response.status, headers: response.headers, text: async () => text };
}

/** @param {string} address */
function ask(address) {
  const answer = fetch(address, { headers: { Accept: "application/json" } }).then(whole);
  // Who takes it is told of a failure, and nobody else.
  answer.catch(() => {});
  asked.set(address, answer);
}

// The list first: the page is shown when the sentences are here, and has the list at once if that came before.
if (isFirstPage() && !location.search) ask(firstList());
ask(wordsAt(preferredOf(["en", "he"]), isFirstPage()));

/** The time zone of the browser. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
