// @ts-check
/** A student moves a lesson to another of the times that they may book. */
import { post } from "../api.js";
import { Dialog } from "../parts/dialog.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { When } from "../parts/when.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { BookableTimes, SlotTime } from "./booker.js";
import { whileKept } from "./conflict.js";
import { readTerms } from "./terms.js";

/** @typedef {Schemas["TutoringSession"]} Lesson */
/** @typedef {import("./terms.js").Terms} Terms */

/** @param {{ lesson: Lesson, again: () => void }} properties */
export function Mover({ lesson, again }) {
  const terms = useLoaded((signal) => readTerms(lesson, signal), [lesson]);
  return html`
    <${Loaded} of=${terms}>
      ${(/** @type {Terms} */ found) => html`<${Choice} lesson=${lesson} terms=${found} again=${again} />`}
    <//>
  `;
}

/** @param {{ lesson: Lesson, terms: Terms, again: () => void }} properties */
function Choice({ lesson, terms: { enrollment, deadline }, again }) {
  if (deadline === null) return html`<p class="notice">${t("move.not_yours")}</p>`;
  if (deadline < Date.now()) return html`<p class="notice">${t("booking.late")}</p>`;
  function done() {
    tell(t("booking.moved"));
    go(`/sessions/${lesson.id}`);
  }
  return html`
    <p>${say("booking.move_from", { time: html`<strong><${When} at=${lesson.starts_at} /></strong>` })}</p>
    ${lesson.series_id && html`<p>${t("booking.move_series")}</p>`}
    <${BookableTimes} enrollment=${enrollment} lesson=${lesson} again=${again} Confirm=${Moving} done=${done} />
  `;
}

/**
 * @param {{ slot: Schemas["Slot"], enrollment: Schemas["Enrollment"], lesson: Lesson, again: () => void,
 *   send: (work: () => Promise<Lesson>) => Promise<void>, close: () => void }} properties
 */
function Moving({ slot, enrollment, lesson, again, send, close }) {
  const form = useForm(() => send(() => whileKept(() => {
    const options = { params: { session_id: lesson.id }, body: { starts_at: slot.starts_at }, of: lesson };
    return post("/api/sessions/{session_id}/move", options);
  }, again)));
  return html`
    <${Dialog} title=${t("booking.move_confirm")} close=${close}>
      <${Form} of=${form}>
        <${SlotTime} slot=${slot} zone=${enrollment.timezone} />
        <p>${say("booking.instead_of", { time: html`<${When} at=${lesson.starts_at} />` })}</p>
        <div class="row">
          <${Submit} of=${form}>${t("booking.move_press")}<//>
          <button type="button" class="button quiet" onClick=${close}>${t("back")}</button>
        </div>
      <//>
    <//>
  `;
}
