// @ts-check
/** Windows in front of the page: the browser keeps the focus inside, and Escape closes them. */
import { html, useEffect, useId, useRef } from "../vendor/ui.js";
import { t } from "../words.js";
import { Icon } from "./icon.js";

/** @param {{ title: string, close: () => void, children: unknown }} properties */
export function Dialog({ title, close, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useEffect(() => {
    const element = /** @type {HTMLDialogElement} */ (dialog.current);
    const opener = document.activeElement;
    element.showModal();
    return () => opener instanceof HTMLElement && opener.focus();
  }, []);
  // The page closes it, not the browser: that tells of it later, when it may have been opened again.
  function onCancel(/** @type {Event} */ event) {
    event.preventDefault();
    close();
  }
  return html`
    <dialog ref=${dialog} class="dialog" aria-labelledby=${id} onCancel=${onCancel} onClose=${() => dialog.current && close()}>
      <header class="row">
        <h2 id=${id}>${title}</h2>
        <button class="icon-button" aria-label=${t("close")} onClick=${close}><${Icon} name="close" /></button>
      </header>
      ${children}
    </dialog>
  `;
}
