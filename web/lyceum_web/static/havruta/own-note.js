// @ts-check
/** One of the person's own notes, away from its text: it leads there. */
import { Ago } from "../parts/when.js";
import { html, useState } from "../vendor/ui.js";
import { language, say, t } from "../words.js";
import { firstOf, NoteEdit, NoteTools } from "./note-card.js";

/** @typedef {Schemas["Note"]} Note */

/**
 * @param {{ note: Note, havrutas?: Map<string, string>, become: (now: Note | null) => void }} properties
 *   `havrutas` are names by ids, once they are here; `become` is told what is now in its place
 */
export function OwnNote({ note, havrutas, become }) {
  const [isEdited, setEdited] = useState(false);
  function end(/** @type {Note} */ now) {
    setEdited(false);
    become(now);
  }
  return html`
    <li class="card own-note stack tight">
      <div class="row apart">
        <h2><a href=${addressOf(note)}><bdi>${language.value === "he" ? note.hebrew_ref : note.ref}</bdi></a></h2>
        <${NoteTools} note=${note} isOwn edit=${() => setEdited(true)} again=${become} />
      </div>
      ${isEdited ? html`<${NoteEdit} note=${note} end=${end} />` : html`<p class="words" dir="auto">${note.text}</p>`}
      <p class="row small muted">
        <${Shared} id=${note.havruta_id} havrutas=${havrutas} />
        <span>${say(note.version > 1 ? "notes.changed" : "notes.written", { when: html`<${Ago} at=${note.updated_at} />` })}</span>
      </p>
    </li>
  `;
}

/** Where it stands in the reader: its first verse is shown. @param {Note} note */
function addressOf({ book, section, ref }) {
  return `/texts/${book}/sections/${section}?at=${encodeURIComponent(firstOf(ref))}`;
}

/** @param {{ id: string | null, havrutas?: Map<string, string> }} properties */
function Shared({ id, havrutas }) {
  if (!id) return html`<span class="badge plain">${t("notes.is_own")}</span>`;
  const name = havrutas?.get(id);
  if (name) return html`<span>${say("notes.shared_with", { havruta: html`<a href="/havrutas/${id}"><bdi>${name}</bdi></a>` })}</span>`;
  return html`<span>${t(havrutas ? "notes.shared_elsewhere" : "notes.is_shared")}</span>`;
}
