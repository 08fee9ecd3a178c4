// @ts-check
/** One note, with what its author can do about it. */
import { get, patch, remove } from "../api.js";
import { Ask } from "../parts/ask.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Menu } from "../parts/menu.js";
import { Person } from "../parts/person.js";
import { ReportDialog } from "../parts/report.js";
import { Ago } from "../parts/when.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Ref } from "./reference-field.js";

/** @typedef {Schemas["Note"]} Note */

export const LONGEST = 5000; // characters

/** The first passage of a reference, as the API writes it. @param {string} ref */
export const firstOf = (ref) => ref.replace(/[-–].*$/, "");

/** @param {{ note: Note, havruta?: string, turn?: ((ref: string) => void) | false, again: () => void }} properties */
export function NoteCard({ note, havruta, turn, again }) {
  const [isEdited, setEdited] = useState(false);
  const isOwn = note.user_id === account.value?.id;
  const words = html`<p class="words" dir="auto">${note.text}</p>`;
  function end() {
    setEdited(false);
    again();
  }
  return html`
    <li class="note">
      <p class="row small">
        <${Place} of=${note.ref} turn=${turn} />
        ${isOwn ? html`<b>${t("chat.you")}</b>` : html`<${Person} id=${note.user_id} name=${note.display_name ?? null} />`}
        <span class="muted">${isOwn && t(note.havruta_id ? "notes.is_shared" : "notes.is_own")}</span>
        <span class="muted"><${Ago} at=${note.created_at} /></span>
        <${NoteTools} note=${note} havruta=${havruta} isOwn=${isOwn} edit=${() => setEdited(true)} again=${again} />
      </p>
      ${isEdited && html`<${NoteEdit} note=${note} end=${end} />`}
      ${!isEdited && (note.folded ? html`<details><summary>${t("chat.folded")}</summary>${words}</details>` : words)}
    </li>
  `;
}

/** The passage; who turns the pages goes there. @param {{ of: string, turn?: ((ref: string) => void) | false }} properties */
function Place({ of: ref, turn }) {
  if (!turn) return html`<${Ref} of=${ref} />`;
  return html`<button type="button" class="link" onClick=${() => turn(firstOf(ref))}><${Ref} of=${ref} /></button>`;
}

/**
 * @param {{ note: Note, havruta?: string, isOwn: boolean, edit: () => void, again: (now: Note | null) => void }} properties
 *   `again` is told what is now in the note's place
 */
export function NoteTools({ note, havruta, isOwn, edit, again }) {
  const [asked, setAsked] = useState("");
  const close = () => setAsked("");
  async function share(/** @type {string | null} */ havruta_id) {
    const now = await change(note, { havruta_id });
    tell(t(havruta_id ? "notes.now_shared" : "notes.now_own"));
    again(now);
  }
  async function erase() {
    await remove("/api/notes/{note_id}", { params: { note_id: note.id } });
    tell(t("notes.deleted"));
    again(null);
  }
  return html`
    <${Menu} label=${t("notes.actions", { ref: note.ref })}>
      ${isOwn && html`
        <li><button onClick=${edit}>${t("chat.edit")}</button></li>
        ${note.havruta_id && html`<li><button onClick=${() => share(null)}>${t("notes.unshare")}</button></li>`}
        ${!note.havruta_id && havruta && html`<li><button onClick=${() => share(havruta)}>${t("notes.share")}</button></li>`}
        <li><button onClick=${() => setAsked("delete")}>${t("chat.delete")}</button></li>
      `}
      ${!isOwn && html`<li><button onClick=${() => setAsked("report")}>${t("report.note")}</button></li>`}
    <//>
    ${asked === "delete" && html`<${Ask} title=${t("notes.delete")} press=${t("chat.delete_press")} work=${erase} close=${close} />`}
    ${asked === "report" && html`<${ReportDialog} about="note" id=${note.id} close=${close} />`}
  `;
}

/** @param {{ note: Note, end: (now: Note) => void }} properties */
export function NoteEdit({ note, end }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const opener = document.activeElement;
    box.current?.querySelector("textarea")?.focus();
    return () => opener instanceof HTMLElement && opener.focus();
  }, []);
  const form = useForm(async ({ text }) => end(text === note.text ? note : await change(note, { text })));
  return html`
    <div ref=${box}>
      <${Form} of=${form} label=${t("chat.edit")}>
        <${Field} of=${form} name="text" as="textarea" rows="4" maxlength=${LONGEST} label=${t("notes.text")} defaultValue=${note.text} />
        <div class="row">
          <${Submit} of=${form}>${t("chat.save")}<//>
          <button type="button" class="button quiet" onClick=${() => end(note)}>${t("back")}</button>
        </div>
      <//>
    </div>
  `;
}

/** @param {Note} note @param {{ text?: string, havruta_id?: string | null }} body */
async function change({ id }, body) {
  const params = { note_id: id };
  const now = await get("/api/notes/{note_id}", { params });
  return patch("/api/notes/{note_id}", { params, body, of: now });
}
