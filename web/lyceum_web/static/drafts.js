// @ts-check
/** What was typed and is not sent yet: kept in this browser for each place, until it is sent or the person signs out. */
import { account, ANYONE, DRAFTS } from "./sign-in.js";

const present = () => account.value?.id || ANYONE;

/** @param {string} place @param {string} owner */
const name = (place, owner) => `${DRAFTS}${owner}.${place}`;

/** @template T @param {string} place @param {T} otherwise @param {string} [owner] @returns {T} */
export function draftOf(place, otherwise, owner = present()) {
  try {
    const kept = localStorage.getItem(name(place, owner));
    return kept === null ? otherwise : JSON.parse(kept);
  } catch {
    return otherwise;
  }
}

/** @param {string} place @param {unknown} content what JSON can hold @param {string} [owner] */
export function keepDraft(place, content, owner = present()) {
  try {
    localStorage.setItem(name(place, owner), JSON.stringify(content));
  } catch {
    // A full store must not keep anyone from typing on.
  }
}

/** @param {string} place @param {string} [owner] */
export function dropDraft(place, owner = present()) {
  localStorage.removeItem(name(place, owner));
}
