// @ts-check
/** Panels of which one is shown: tabs, between which the arrow keys go (ARIA, Tabs Pattern). */
import { html, useId, useRef, useState } from "../vendor/ui.js";
import { language } from "../words.js";

/** @typedef {{ name: string, label: string, content: unknown }} Panel */

/** @param {{ label: string, of: Panel[] }} properties */
export function Panels({ label, of: panels }) {
  const [chosen, setChosen] = useState(panels[0].name);
  const id = useId();
  const list = useRef(/** @type {HTMLElement | null} */ (null));

  function onKeyDown(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const step = (event.key === "ArrowRight") === (language.value !== "he") ? 1 : -1;
    const now = panels.findIndex(({ name }) => name === chosen);
    const next = (now + step + panels.length) % panels.length;
    setChosen(panels[next].name);
    /** @type {HTMLElement | undefined} */ (list.current?.children[next])?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
  return html`
    <div class="panels">
      <div class="tabs" role="tablist" aria-label=${label} ref=${list} onKeyDown=${onKeyDown}>
        ${panels.map(({ name, label: words }) => html`
          <button
            type="button" role="tab" id="${id}-${name}" aria-controls="${id}-${name}-panel"
            aria-selected=${name === chosen ? "true" : "false"} tabindex=${name === chosen ? 0 : -1}
            onClick=${() => setChosen(name)}
          >${words}</button>
        `)}
      </div>
      ${panels.map(({ name, content }) => html`
        <div key=${name} role="tabpanel" id="${id}-${name}-panel" aria-labelledby="${id}-${name}" hidden=${name !== chosen}>
          ${content}
        </div>
      `)}
    </div>
  `;
}
