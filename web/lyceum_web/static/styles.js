// @ts-check
/** Stylesheets that only some pages need: loaded once, before the page is shown. */

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/** @param {string} path from here, such as `./styles/near.css` @returns {Promise<void>} */
export function style(path) {
  const known = loaded.get(path) || load(path);
  loaded.set(path, known);
  return known;
}

/** @param {string} path @returns {Promise<void>} */
function load(path) {
  const { href } = new URL(path, import.meta.url);
  // That of the first page stands in the page itself.
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  const done = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
  });
  document.head.append(link);
  return done;
}
