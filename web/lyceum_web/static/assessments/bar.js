// @ts-check
/** A share as a bar. Its number stands next to it in words, which is what screen readers read. */
import { html } from "../vendor/ui.js";

/** @param {{ percent: number }} properties */
export function Bar({ percent }) {
  return html`
    <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="whole" width="100" height="4" rx="1" /><rect class="part" width=${percent} height="4" rx="1" />
    </svg>
  `;
}
