// @ts-check
/** Languages in which tutors teach, and what they are called. */
import { locale } from "../words.js";

/** Those that are proposed. */
export const LANGUAGES = ["he", "en", "ar", "ru", "fr", "es", "am", "yi", "de", "it", "pt"];

/** @param {string} tag of BCP 47 */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames(locale(), { type: "language" }).of(tag) || tag;
  } catch {
    return tag;
  }
}
