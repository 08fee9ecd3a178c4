// @ts-check
/** Reads what a page shows, and says so while it is on its way or if it cannot be read. */
import { get } from "../api.js";
import { html, useCallback, useLayoutEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Trouble } from "./trouble.js";

/**
 * What `read` gives; it is read again when one of `on` changes.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} read @param {unknown[]} on
 * @returns {{ value: T | undefined, problem: any, again: () => void, set: (value: T) => void,
 *   isStale: boolean }} `isStale` while something newer is on its way
 */
export function useLoaded(read, on) {
  const [state, setState] = useState(/** @type {{ value?: T, problem?: any }} */ ({}));
  const [turn, setTurn] = useState(0);
  const [isStale, setStale] = useState(true);
  // Not after the page was painted: what is here already is shown at once.
  useLayoutEffect(() => {
    const leaving = new AbortController();
    setStale(true);
    read(leaving.signal).then(
      (value) => setState({ value }),
      (problem) => leaving.signal.aborted || setState(({ value }) => ({ value, problem })),
    ).finally(() => leaving.signal.aborted || setStale(false));
    return () => leaving.abort();
  }, [...on, turn]);
  const again = useCallback(() => setTurn((last) => last + 1), []);
  const set = useCallback((/** @type {T} */ value) => setState({ value }), []);
  return { value: state.value, problem: state.problem, again, set, isStale };
}

/** What is shown once it is there. @param {{ of: ReturnType<typeof useLoaded<any>>, children: (value: any) => unknown }} properties */
export function Loaded({ of: { value, problem, again }, children }) {
  if (value !== undefined) return children(value);
  if (problem) return html`<${Trouble} problem=${problem} again=${again} />`;
  return html`<div class="loading" aria-busy="true"><span class="for-readers">${t("loading")}</span></div>`;
}

/**
 * A list that is read page by page.
 * @template {ApiPath<"get">} P
 * @param {P} path @param {ApiOptions<P, "get">} options @param {unknown[]} on
 */
export function usePages(path, options, on) {
  const first = useLoaded((signal) => get(path, { ...options, signal }), on);
  const [isBusy, setBusy] = useState(false);
  const page = /** @type {any} */ (first.value);
  async function more() {
    setBusy(true);
    try {
      const query = /** @type {any} */ ({ ...options.query, cursor: page.next });
      const next = /** @type {any} */ (await get(path, { ...options, query }));
      first.set({ ...next, items: [...page.items, ...next.items] });
    } finally {
      setBusy(false);
    }
  }
  return { ...first, more, isBusy };
}

/** The button below a list that goes on. @param {{ of: { value: any, more: () => void, isBusy: boolean } }} properties */
export function More({ of: { value, more, isBusy } }) {
  if (!value?.next) return null;
  return html`<button class="button quiet" onClick=${more} aria-disabled=${isBusy}>${t("more")}</button>`;
}
