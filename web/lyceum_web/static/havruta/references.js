// @ts-check
/**
 * References to passages as the catalogue of texts knows them: in both languages, with what stands before and after.
 * The catalogue stays as it is, so each is asked for once.
 */
import { get } from "../api.js";

/** @typedef {Schemas["TextReference"]} Reference */
/** @type {Map<string, Promise<Reference>>} */
const known = new Map();

/** What people wrote as a reference, a book alone included. @param {string} ref @returns {Promise<Reference>} */
export function resolve(ref) {
  const before = known.get(ref);
  if (before) return before;
  const asked = get("/api/texts/refs/{ref}", { params: { ref } });
  known.set(ref, asked);
  asked.catch(() => known.delete(ref));
  return asked;
}

/** Have it at hand before it is needed. @param {string | null | undefined} ref */
export function expect(ref) {
  if (ref) resolve(ref).catch(() => {});
}
