// @ts-check
/** Reporting something to the admins, and keeping a person away. */
import { post, put } from "../api.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Ask } from "./ask.js";
import { Dialog } from "./dialog.js";
import { Field, Form, Submit, useForm } from "./form.js";

const KINDS = ["harassment", "hate", "sexual", "danger", "spam", "impersonation", "other"];

/** @param {{ about: Schemas["NewReport"]["about"], id: string, close: () => void }} properties */
export function Report({ about, id, close }) {
  const form = useForm(async ({ kind, text }, key) => {
    await post("/api/reports", { body: { about, about_id: id, kind, text: text || null }, key });
    tell(t("report.sent"));
    close();
  });
  return html`
    <${Dialog} title=${t(`report.${about}`)} close=${close}>
      <${Form} of=${form}>
        <p>${t("report.why")}</p>
        <${Field} of=${form} name="kind" as="select" label=${t("report.kind")}>
          ${KINDS.map((kind) => html`<option value=${kind}>${t(`report.kind_${kind}`)}</option>`)}
        <//>
        <${Field} of=${form} name="text" as="textarea" label=${t("report.text")} maxlength="2000" optional />
        <div class="row">
          <${Submit} of=${form}>${t("report.press")}<//>
          <button type="button" class="button quiet" onClick=${close}>${t("back")}</button>
        </div>
      <//>
    <//>
  `;
}

/** @param {{ id: string, name: string, close: () => void, after: () => void }} properties */
export function Block({ id, name, close, after }) {
  async function block() {
    await put("/api/users/me/blocks/{user_id}", { params: { user_id: id } });
    tell(t("block.done", { name }));
    after();
  }
  return html`
    <${Ask} title=${t("block.title", { name })} why=${t("block.why")} press=${t("block.press")} work=${block} close=${close} />
  `;
}

/** A quiet way to report a session. @param {{ id: string }} properties */
export function ReportLink({ id }) {
  const [isAsked, setAsked] = useState(false);
  return html`
    <div>
      <button class="link small" onClick=${() => setAsked(true)}>${t("report.study_session")}</button>
      ${isAsked && html`<${Report} about="study_session" id=${id} close=${() => setAsked(false)} />`}
    </div>
  `;
}
