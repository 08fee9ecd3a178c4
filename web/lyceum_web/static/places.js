// @ts-check
/** Where cities are, and the place that this browser looks near: found here, without asking any other server. */
import { PLACE } from "./early.js";
import { language } from "./words.js";

/** @typedef {{ name: string, lat: number, lng: number }} Spot */
/** @typedef {[name: string, country: string, lat: number, lng: number, ...others: string[]]} City */

const MOST_FOUND = 8;
/** @type {Promise<City[]> | undefined} */
let cities;

/** @returns {Promise<City[]>} */
function allCities() {
  cities ??= fetch(new URL("./vendor/cities.json", import.meta.url)).then((response) => response.json());
  return cities;
}

/** Letters without their marks, in small letters. @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

/** The largest cities whose name begins so, in any language that is known. @param {string} typed @returns {Promise<Spot[]>} */
export async function findCities(typed) {
  const wanted = plain(typed);
  if (wanted.length < 2) return [];
  const found = [];
  for (const [name, country, lat, lng, ...others] of await allCities()) {
    const fitting = [name, ...others].find((each) => plain(each).startsWith(wanted));
    if (fitting) found.push({ name: `${fitting}, ${countryName(country)}`, lat, lng });
    if (found.length === MOST_FOUND) break;
  }
  return found;
}

/** @param {string} code of ISO 3166-1 */
function countryName(code) {
  return new Intl.DisplayNames(language.value, { type: "region" }).of(code) || code;
}

/** Where the browser is, if the person allows it. @returns {Promise<{ lat: number, lng: number }>} */
export function whereIAm() {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: rounded(coords.latitude), lng: rounded(coords.longitude) }),
      reject,
      { maximumAge: 600_000, timeout: 10_000 },
    );
  });
}

/** To some 100 m: nothing needs more. @param {number} degrees */
export const rounded = (degrees) => Math.round(degrees * 1000) / 1000;

/** The place of the last time. @returns {Spot | null} */
export function lastPlace() {
  try {
    return JSON.parse(localStorage.getItem(PLACE) || "null");
  } catch {
    return null;
  }
}

/** @param {Spot | null} spot */
export function keepPlace(spot) {
  if (spot) localStorage.setItem(PLACE, JSON.stringify(spot));
  else localStorage.removeItem(PLACE);
}
