// @ts-check
/** A few things of which one is chosen. */
import { html } from "../vendor/ui.js";

/**
 * @param {{ name: string, label: string, choices: [string | number, string][], value?: string | number,
 *   required?: boolean }} properties each choice is what is sent, and its words
 */
export function Choices({ name, label, choices, value, required = false }) {
  return html`
    <fieldset class="choices">
      <legend>${label}</legend>
      ${choices.map(([each, words]) => html`
        <label class="choice">
          <input type="radio" name=${name} value=${each} defaultChecked=${each === value} required=${required} />
          <span>${words}</span>
        </label>
      `)}
    </fieldset>
  `;
}
