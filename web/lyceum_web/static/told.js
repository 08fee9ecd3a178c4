// @ts-check
/** A short sentence that tells what was done, also to screen readers; it goes by itself. */
import { signal } from "./vendor/ui.js";

const SHOWN_FOR = 6_000; // milliseconds

export const told = signal("");
/** @type {ReturnType<typeof setTimeout> | undefined} */
let end;

/** @param {string} sentence */
export function tell(sentence) {
  told.value = sentence;
  clearTimeout(end);
  end = setTimeout(() => {
    told.value = "";
  }, SHOWN_FOR);
}
