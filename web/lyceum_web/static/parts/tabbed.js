// @ts-check
/** Pages that belong together: the heading of the present one, and the way to the others. */
import { place } from "../router.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Title } from "./title.js";

/** @typedef {{ address: string, words: string }} Tab */

/** @param {{ tabs: Tab[], label: string, children: unknown, class?: string }} properties */
export function Tabbed({ tabs, label, children, class: className = "" }) {
  const { path } = place.value;
  const current = tabs.find((tab) => tab.address === path) || tabs[0];
  return html`
    <div class="stack wide ${className}">
      <header class="stack">
        <${Title} of=${t(current.words)} />
        <nav class="tabs" aria-label=${label}>
          ${tabs.map(({ address, words }) => html`
            <a href=${address} aria-current=${address === path ? "page" : undefined}>${t(words)}</a>
          `)}
        </nav>
      </header>
      ${children}
    </div>
  `;
}
