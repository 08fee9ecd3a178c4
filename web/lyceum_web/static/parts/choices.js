// @ts-check
/** A few things of which one is chosen. */
import { html } from "../vendor/ui.js";

/**
 * @param {{ name: string, label: string, choices: [string | number, string][], value?: string | number,
 *   required?: boolean, side?: boolean }} properties `side` for short words, side by side; each choice is what is sent, and its words
 */
export function Choices({ name, label, choices, value, required = false, side = false }) {
  return html`
    <fieldset>
      <legend>${label}</legend>
      <div class="choices ${side ? "side" : ""}">
        ${choices.map(([each, words]) => html`
          <label class="choice">
            <input type="radio" name=${name} value=${each} defaultChecked=${each === value} required=${required} />
            <span>${words}</span>
          </label>
        `)}
      </div>
    </fieldset>
  `;
}
