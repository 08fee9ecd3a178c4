// @ts-check
/** A few things to do, behind one button; Escape and leaving it close it. */
import { html, useRef } from "../vendor/ui.js";
import { Icon } from "./icon.js";

/** @param {{ label: string, children: unknown }} properties `children` are the items of a list */
export function Menu({ label, children }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const close = () => menu.current?.removeAttribute("open");
  const toButton = () => menu.current?.querySelector("summary")?.focus();

  function onKeyDown(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "Escape" || !menu.current?.open) return;
    event.stopPropagation();
    close();
    toButton();
  }
  /** A dialog that an item opens gives the focus back to what had it. */
  function onClick() {
    toButton();
    close();
  }
  function onFocusOut(/** @type {FocusEvent} */ event) {
    const to = /** @type {Node | null} */ (event.relatedTarget);
    if (to && !menu.current?.contains(to)) close();
  }
  return html`
    <details class="menu small-menu" name="menu" ref=${menu} onKeyDown=${onKeyDown} onFocusOut=${onFocusOut}>
      <summary class="icon-button" aria-label=${label}><${Icon} name="more" /></summary>
      <ul onClick=${onClick}>${children}</ul>
    </details>
  `;
}
