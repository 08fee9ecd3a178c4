// @ts-check
/** Questions before something grave is done, with a reason for those who are told. */
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Dialog } from "./dialog.js";
import { Field, Form, useForm } from "./form.js";

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} [why]
 * @property {(reason: string | null, values: Record<string, string>) => Promise<unknown>} work
 * @property {string} [reason] the label of a field for it
 * @property {boolean} [needsReason]
 * @property {unknown} [fields] what else is asked
 * @property {string} [kind] the class of the button, such as `quiet`
 */

/** @param {Question & { press: unknown, close: () => void }} properties `press` is what the button says */
export function Ask({ title, why, press, work, close, reason, needsReason = false, fields, kind = "danger" }) {
  const form = useForm(async (values) => {
    await work(values.reason || null, values);
    close();
  });
  return html`
    <${Dialog} title=${title} close=${close}>
      <${Form} of=${form}>
        ${why && html`<p>${why}</p>`}
        ${fields}
        ${reason && html`
          <${Field} of=${form} name="reason" as="textarea" label=${reason} hint=${t("reason.hint")} maxlength="500" optional=${!needsReason} />
        `}
        <div class="row">
          <button class="button ${kind === "danger" ? kind : ""}" aria-disabled=${form.isBusy}>${press}</button>
          <button type="button" class="button quiet" onClick=${close}>${t("back")}</button>
        </div>
      <//>
    <//>
  `;
}

/** A button that asks first. @param {Question & { children: unknown }} properties */
export function AskButton({ children, kind = "danger", ...question }) {
  const [isAsked, setAsked] = useState(false);
  return html`
    <button type="button" class="button ${kind}" onClick=${() => setAsked(true)}>${children}</button>
    ${isAsked && html`<${Ask} ...${question} kind=${kind} press=${children} close=${() => setAsked(false)} />`}
  `;
}
