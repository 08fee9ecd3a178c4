// @ts-check
/** Which page is shown: its address is in the browser's history, and links to pages load nothing but the page. */
import { signal } from "./vendor/ui.js";

/**
 * @typedef {object} Route
 * @property {string} pattern such as `/study-sessions/:id`
 * @property {() => Promise<any>} load the module of the page, whose default is its component
 * @property {string} [style] the names of stylesheets of its own, with blanks between
 * @property {boolean} [signedIn] whether it is for people who have signed in
 */
/** @typedef {{ path: string, query: URLSearchParams, fragment: URLSearchParams }} Place */

// Addresses that the platform answers otherwise.
const ELSEWHERE = /^\/(api|docs|problems|static|web)(\/|$)|^\/(openapi\.json|sw\.js)$/;

/** Where the person is. @returns {Place} */
function here() {
  return {
    path: location.pathname,
    query: new URLSearchParams(location.search),
    fragment: new URLSearchParams(location.hash.slice(1)),
  };
}

export const place = signal(here());
let moved = false;

/** Whether the person has gone from one page to another since the first was loaded. */
export const hasMoved = () => moved;

/** Show the page with this address. @param {string} address @param {{ replace?: boolean }} [options] */
export function go(address, { replace = false } = {}) {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  const before = place.value.path;
  moved = true;
  place.value = here();
  if (before !== place.value.path) scrollTo(0, 0);
}

/** The page that `then` in the address names, if it is of this site. @param {string} otherwise */
export function wantedOr(otherwise) {
  const then = place.value.query.get("then") || "";
  return /^\/(?![\/\\])/.test(then) ? then : otherwise;
}

/** Note in the address what the page shows, such as a filter; nothing is loaded. @param {Record<string, unknown>} query */
export function note(query) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  history.replaceState(null, "", search.size ? `?${search}` : location.pathname);
}

/** Take the secret out of the address, so that it stays in no history. */
export function dropFragment() {
  history.replaceState(null, "", location.pathname + location.search);
}

/**
 * The first route whose pattern the path has, and the values of the pattern.
 * @param {Route[]} routes @param {string} path
 * @returns {{ route: Route, params: Record<string, string> } | null}
 */
export function match(routes, path) {
  const segments = path.replace(/(.)\/$/, "$1").split("/");
  for (const route of routes) {
    const params = matched(route.pattern.split("/"), segments);
    if (params) return { route, params };
  }
  return null;
}

/** @param {string[]} pattern @param {string[]} segments */
function matched(pattern, segments) {
  if (pattern.length !== segments.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(":")) params[part.slice(1)] = decoded(segments[index]);
    else if (part !== segments[index]) return null;
  }
  return params;
}

/** @param {string} segment */
function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Follow links to pages within this page. */
export function followLinks() {
  addEventListener("popstate", () => {
    moved = true;
    place.value = here();
  });
  addEventListener("hashchange", () => {
    place.value = here();
  });
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || !isOurs(link, event)) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}

/** @param {HTMLAnchorElement} link @param {MouseEvent} event */
function isOurs(link, event) {
  const plain = !event.defaultPrevented && event.button === 0;
  const held = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  const within = link.origin === location.origin && !link.target && !link.hasAttribute("download");
  const isJump = link.hash && link.pathname === location.pathname;
  return plain && !held && within && !isJump && !ELSEWHERE.test(link.pathname);
}
