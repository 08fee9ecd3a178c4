// @ts-check
/** Buttons that ask the platform for something: one call at a time, and a refusal is said next to them. */
import { Problem } from "../api.js";
import { html, useState } from "../vendor/ui.js";
import { Refusal } from "./trouble.js";

/**
 * @template {unknown[]} Values
 * @param {(...values: Values) => Promise<unknown>} work
 */
export function useAction(work) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  async function run(/** @type {Values} */ ...values) {
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await work(...values);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  }
  return { run, isBusy, problem };
}

/**
 * A button for one call.
 * @param {{ work: () => Promise<unknown>, children: unknown, kind?: string, label?: string }} properties
 * `kind` is the class of the button, such as `quiet` or `danger`
 */
export function Action({ work, children, kind = "", label }) {
  const action = useAction(work);
  return html`
    <span class="action">
      <button type="button" class="button ${kind}" aria-label=${label} aria-disabled=${action.isBusy} onClick=${() => action.run()}>
        ${children}
      </button>
      <${Refusal} problem=${action.problem} />
    </span>
  `;
}
