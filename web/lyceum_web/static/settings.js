// @ts-check
/** What this platform has set for its pages. */

/** @typedef {{ name: string, languages: string[], tiles: { url: string, attribution: string } | null, version: string }} Settings */
/** @type {Promise<Settings> | undefined} */
let asked;

/** @returns {Promise<Settings>} */
export function settings() {
  asked ??= fetch("/web/settings.json").then((response) => response.json());
  return asked;
}
