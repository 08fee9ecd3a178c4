// @ts-check
/** Reports of people, and of what they wrote, to those who look after the platform. */
import { post } from "../api.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Dialog } from "./dialog.js";
import { Field, Form, Submit, useForm } from "./form.js";

/** @typedef {Schemas["NewReport"]["about"]} About */

const KINDS = ["harassment", "hate", "sexual", "danger", "spam", "impersonation", "other"];

/** @param {{ about: About, id: string, kind?: string }} properties `kind` is the class of the button */
export function ReportButton({ about, id, kind = "quiet" }) {
  const [isOpen, setOpen] = useState(false);
  return html`
    <button type="button" class="button ${kind}" onClick=${() => setOpen(true)}>${t("report.open")}</button>
    ${isOpen && html`<${ReportDialog} about=${about} id=${id} close=${() => setOpen(false)} />`}
  `;
}

/** @param {{ about: About, id: string, close: () => void }} properties */
export function ReportDialog({ about, id, close }) {
  const form = useForm(async ({ kind, text }, key) => {
    await post("/api/reports", { body: { about, about_id: id, kind, text: text || null }, key });
    close();
    tell(t("report.sent"));
  }, `report.${about}.${id}`);
  return html`
    <${Dialog} title=${t(`report.${about}`)} close=${close}>
      <${Form} of=${form}>
        <p>${t("report.why")}</p>
        <fieldset>
          <legend>${t("report.kind")}</legend>
          ${KINDS.map((kind) => html`
            <label class="choice"><input type="radio" name="kind" value=${kind} required /><span>${t(`report.${kind}`)}</span></label>
          `)}
        </fieldset>
        <${Field} of=${form} as="textarea" name="text" optional maxlength="2000" label=${t("report.text")} />
        <div class="row">
          <${Submit} of=${form}>${t("report.send")}<//>
          <button type="button" class="button quiet" onClick=${close}>${t("back")}</button>
        </div>
      <//>
    <//>
  `;
}

/** A quiet way to report a session. @param {{ id: string }} properties */
export function ReportLink({ id }) {
  const [isAsked, setAsked] = useState(false);
  return html`
    <div>
      <button class="link small" onClick=${() => setAsked(true)}>${t("report.study_session")}</button>
      ${isAsked && html`<${ReportDialog} about="study_session" id=${id} close=${() => setAsked(false)} />`}
    </div>
  `;
}
