// @ts-check
/** Copies words for other programs; where the browser does not let a page do so, it says how else. */
import { tell } from "./told.js";
import { t } from "./words.js";

/** @param {string} words */
export async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    tell(t("copy.done"));
  } catch {
    tell(t("copy.by_hand"));
  }
}
