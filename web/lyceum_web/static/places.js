// @ts-check
/** Where places are, and the place that this browser looks near. */
import { get } from "./api.js";
import { PLACE } from "./early.js";
import { language } from "./words.js";

/** @typedef {{ name: string, lat: number, lng: number }} Spot */
const MOST_FOUND = 8;
const LEAST_TYPED = 2;
const HEBREW = /[\u05d0-\u05ea]/;

/** The places whose name begins so, in English or Hebrew. @param {string} typed @returns {Promise<Spot[]>} */
export async function findPlaces(typed) {
  const q = typed.trim();
  if ([...q].length < LEAST_TYPED || !/[\p{L}\p{N}]/u.test(q)) return [];
  const { items } = await get("/api/places", { query: { q, limit: MOST_FOUND } });
  const isHebrew = HEBREW.test(q) || language.value === "he";
  return items.map(({ name, hebrew_name: hebrew, country, latitude, longitude }) => ({
    name: `${(isHebrew && hebrew) || name}, ${countryName(country)}`,
    lat: rounded(latitude),
    lng: rounded(longitude),
  }));
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
