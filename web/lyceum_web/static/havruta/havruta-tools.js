// @ts-check
/** What is seldom done with a havruta: its name, where it meets, its archive, and the way out. */
import { patch, post } from "../api.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { AskButton } from "../parts/ask.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";

/** @param {{ havruta: Schemas["Havruta"], isOwner: boolean, isAlone: boolean, again: () => void }} properties */
export function HavrutaTools({ havruta, isOwner, isAlone, again }) {
  const [asked, setAsked] = useState("");
  const close = () => setAsked("");
  const params = { havruta_id: havruta.id };
  async function archive() {
    await post("/api/havrutas/{havruta_id}/archive", { params });
    tell(t("havruta.is_archived"));
    again();
  }
  async function leave() {
    await post("/api/havrutas/{havruta_id}/leave", { params });
    tell(t("havruta.left"));
    go("/havrutas");
  }
  const mustHandOver = isOwner && !isAlone;
  return html`
    <section class="stack">
      <h2>${t("havruta.more")}</h2>
      <div class="row">
        ${isOwner && html`
          <button type="button" class="button quiet" onClick=${() => setAsked("name")}>${t("havruta.rename")}</button>
          <button type="button" class="button quiet" onClick=${() => setAsked("meeting")}>${t("havruta.meeting")}</button>
          <${AskButton} work=${archive} title=${t("havruta.archive_title")} why=${t("havruta.archive_why")} kind="quiet">${t("havruta.archive")}<//>
        `}
        ${!isOwner && html`
          <${AskButton} work=${leave} title=${t("havruta.leave_title")} why=${t("havruta.leave_why")}>${t("havruta.leave")}<//>
        `}
      </div>
      ${mustHandOver && html`<p class="muted small">${t("havruta.leave_owner")}</p>`}
      ${asked === "name" && html`<${Rename} havruta=${havruta} close=${close} again=${again} />`}
      ${asked === "meeting" && html`<${Meeting} havruta=${havruta} close=${close} again=${again} />`}
    </section>
  `;
}

/** @param {{ havruta: Schemas["Havruta"], close: () => void, again: () => void }} properties */
function Rename({ havruta, close, again }) {
  const form = useForm(async ({ name }) => {
    try {
      await patch("/api/havrutas/{havruta_id}", { params: { havruta_id: havruta.id }, body: { name }, of: havruta });
    } finally {
      // If it was renamed meanwhile, the next press is about the new name.
      again();
    }
    close();
  });
  return html`
    <${Dialog} title=${t("havruta.rename")} close=${close}>
      <${Form} of=${form}>
        <${Field} of=${form} name="name" label=${t("havrutas.name")} value=${havruta.name} maxlength="100" />
        <p><${Submit} of=${form}>${t("havruta.rename_press")}<//></p>
      <//>
    <//>
  `;
}

/** @param {{ havruta: Schemas["Havruta"], close: () => void, again: () => void }} properties */
function Meeting({ havruta, close, again }) {
  const form = useForm(async ({ meeting_url: address }) => {
    const body = { meeting_url: address || null };
    await patch("/api/havrutas/{havruta_id}", { params: { havruta_id: havruta.id }, body, of: havruta });
    again();
    close();
  });
  return html`
    <${Dialog} title=${t("havruta.meeting")} close=${close}>
      <${Form} of=${form}>
        <${Field}
          of=${form} name="meeting_url" type="url" inputmode="url" label=${t("havruta.meeting_url")} hint=${t("havruta.meeting_hint")}
          value=${havruta.meeting_url || ""} maxlength="500" optional
        />
        <p><${Submit} of=${form}>${t("chat.save")}<//></p>
      <//>
    <//>
  `;
}
