// @ts-check
/** Notes on what is read: one's own, and those that the members of a havruta share. */
import { post } from "../api.js";
import { watch } from "../live.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { html, useEffect, useId, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { LONGEST, NoteCard } from "./note-card.js";
import { Ref } from "./reference-field.js";

/** @typedef {Schemas["Note"]} Note */

/**
 * @param {{ at: string, section: string, havruta?: string, turn?: ((ref: string) => void) | false }} properties
 *   `at` is what a new note is on, `section` what notes are shown of, `havruta` the id of the one that may read them
 */
export function Notes({ at, section, havruta, turn }) {
  const [changes, setChanges] = useState(0);
  const again = () => setChanges((last) => last + 1);
  const notes = usePages("/api/notes", { query: { ref: section, limit: 100 } }, [section, changes]);
  useEffect(() => (havruta ? watch(`havruta:${havruta}`, ({ type }) => {
    if (type.startsWith("note") || type === "reset") again();
  }) : undefined), [havruta]);
  return html`
    <section class="notes stack" aria-label=${t("notes.title")}>
      <${NewNote} at=${at} havruta=${havruta} again=${again} />
      <${Loaded} of=${notes}>
        ${(/** @type {{ items: Note[] }} */ { items }) => html`
          <${Listed} of=${items.filter((note) => isMeant(note, havruta))} havruta=${havruta} turn=${turn} again=${again} />
        `}
      <//>
      <${More} of=${notes} />
      <p class="small"><a href="/notes">${t("own_notes.all")}</a></p>
    </section>
  `;
}

/** Those of other havrutas are not for these people's eyes. @param {Note} note @param {string | undefined} havruta */
const isMeant = (note, havruta) => !havruta || !note.havruta_id || note.havruta_id === havruta;

/** @param {{ of: Note[], havruta?: string, turn?: ((ref: string) => void) | false, again: () => void }} properties */
function Listed({ of: notes, havruta, turn, again }) {
  if (!notes.length) return html`<p class="muted">${t("notes.none")}</p>`;
  return html`
    <ul role="list" class="stack">
      ${notes.map((note) => html`<${NoteCard} key=${note.id} note=${note} havruta=${havruta} turn=${turn} again=${again} />`)}
    </ul>
  `;
}

/** @param {{ at: string, havruta?: string, again: () => void }} properties */
function NewNote({ at, havruta, again }) {
  const form = useForm(async ({ text, shared }, key, element) => {
    await post("/api/notes", { body: { ref: at, text, havruta_id: (shared && havruta) || null }, key });
    element.reset();
    again();
  }, `note.${havruta || "own"}`);
  const id = useId();
  return html`
    <${Form} of=${form} label=${t("notes.new")}>
      <${Field} of=${form} name="text" as="textarea" rows="2" maxlength=${LONGEST} label=${say("notes.on", { ref: html`<${Ref} of=${at} />` })} />
      ${havruta && html`
        <div class="tick"><input type="checkbox" id=${id} name="shared" value="yes" /><label for=${id}>${t("notes.share")}</label></div>
      `}
      <div class="row"><${Submit} of=${form} quiet>${t("notes.keep")}<//></div>
    <//>
  `;
}
