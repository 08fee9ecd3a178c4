// @ts-check
/** A question before something grave is done, with a reason for others if there is one. */
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Dialog } from "./dialog.js";
import { Field, Form, useForm } from "./form.js";

/**
 * @param {{ title: string, why: string, press: string, work: (reason: string | null) => Promise<unknown>,
 *   close: () => void, reason?: string }} properties `reason` is the label of a field for it
 */
export function Ask({ title, why, press, work, close, reason }) {
  const form = useForm(async (values) => {
    await work(values.reason || null);
    close();
  });
  return html`
    <${Dialog} title=${title} close=${close}>
      <${Form} of=${form}>
        <p>${why}</p>
        ${reason && html`<${Field} of=${form} name="reason" as="textarea" label=${reason} maxlength="500" optional />`}
        <div class="row">
          <button class="button danger" aria-disabled=${form.isBusy}>${press}</button>
          <button type="button" class="button quiet" onClick=${close}>${t("back")}</button>
        </div>
      <//>
    <//>
  `;
}
