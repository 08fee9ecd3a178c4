// @ts-check
/** The heading of a page: the window is named after it, and the focus is there when one comes from another page. */
import { hasMoved } from "../router.js";
import { html, useEffect, useLayoutEffect, useRef } from "../vendor/ui.js";

/** @param {{ of: string, dir?: string, children?: unknown }} properties `of` is the title as text; `dir` is auto for what people wrote */
export function Title({ of: title, dir, children }) {
  const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));
  useLayoutEffect(() => {
    document.title = `${title} · Lyceum`;
  }, [title]);
  useEffect(() => {
    // A page may have a better place for it, such as what one searches for.
    const isPlaced = document.querySelector("main :focus");
    if (hasMoved() && !isPlaced) heading.current?.focus({ preventScroll: true });
  }, []);
  return html`<h1 ref=${heading} tabindex="-1" dir=${dir}>${children || title}</h1>`;
}
