// @ts-check
/** A button that asks in a window: why, for those who are told, and what else belongs to it. */
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Dialog } from "./dialog.js";
import { Field, Form, useForm } from "./form.js";

/**
 * @param {{ work: (values: Record<string, string>) => Promise<unknown>, button: unknown, title: string, why?: string,
 *   kind?: string, children?: unknown }} properties
 * `work` gets the fields of the form: `reason`, and those of the children
 */
export function WithReason({ work, button, title, why, kind = "quiet", children }) {
  const [isAsked, setAsked] = useState(false);
  const form = useForm(async (values) => {
    await work(values);
    setAsked(false);
  });
  return html`
    <button type="button" class="button ${kind}" onClick=${() => setAsked(true)}>${button}</button>
    ${isAsked && html`
      <${Dialog} title=${title} close=${() => setAsked(false)}>
        <${Form} of=${form}>
          ${why && html`<p>${why}</p>`}
          ${children}
          <${Field} of=${form} name="reason" as="textarea" label=${t("reason.label")} hint=${t("reason.hint")} maxlength="500" optional />
          <div class="row">
            <button class="button ${kind === "danger" ? kind : ""}" aria-disabled=${form.isBusy}>${button}</button>
            <button type="button" class="button quiet" onClick=${() => setAsked(false)}>${t("back")}</button>
          </div>
        <//>
      <//>
    `}
  `;
}
