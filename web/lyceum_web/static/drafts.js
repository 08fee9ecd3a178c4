// @ts-check
/** What was typed and is not sent yet: kept in this browser for each place, until it is sent or the person signs out. */
import { account } from "./sign-in.js";

/** @param {string} place */
const name = (place) => `lyceum.draft.${account.value?.id || "anyone"}.${place}`;

/** @template T @param {string} place @param {T} otherwise @returns {T} */
export function draftOf(place, otherwise) {
  try {
    const kept = localStorage.getItem(name(place));
    return kept === null ? otherwise : JSON.parse(kept);
  } catch {
    return otherwise;
  }
}

/** @param {string} place @param {unknown} content what JSON can hold */
export function keepDraft(place, content) {
  try {
    localStorage.setItem(name(place), JSON.stringify(content));
  } catch {
    // A full store must not keep anyone from typing on.
  }
}

/** @param {string} place */
export function dropDraft(place) {
  localStorage.removeItem(name(place));
}
