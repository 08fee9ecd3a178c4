// @ts-check
/** A button for what needs a reason in words, which the person concerned is told. */
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Dialog } from "./dialog.js";
import { Field, Form, Submit, useForm } from "./form.js";

/**
 * @param {{ work: (reason: string) => Promise<unknown>, title: string, why: string, children: unknown, kind?: string,
 *   isOptional?: boolean }} properties
 */
export function Reasoned({ work, title, why, children, kind = "quiet", isOptional = false }) {
  const [isOpen, setOpen] = useState(false);
  const form = useForm(async ({ reason }) => {
    await work(reason);
    setOpen(false);
  });
  return html`
    <button type="button" class="button ${kind}" onClick=${() => setOpen(true)}>${children}</button>
    ${isOpen && html`
      <${Dialog} title=${title} close=${() => setOpen(false)}>
        <${Form} of=${form}>
          <p>${why}</p>
          <${Field} of=${form} as="textarea" name="reason" label=${t("reason")} maxlength="500" optional=${isOptional} />
          <div class="row">
            <${Submit} of=${form}>${title}<//>
            <button type="button" class="button quiet" onClick=${() => setOpen(false)}>${t("back")}</button>
          </div>
        <//>
      <//>
    `}
  `;
}
