// @ts-check
/** Who changed what of a lesson. */
import { get } from "../api.js";
import { clockTime, dayAndTime } from "../time.js";
import { html } from "../vendor/ui.js";
import { hasWords, listed, say, t } from "../words.js";
import { More, usePages } from "../parts/loading.js";
import { Ago } from "../parts/when.js";

/** @typedef {Schemas["SessionChange"]} Change */

/** @param {{ lesson: Schemas["TutoringSession"] }} properties */
export function Changes({ lesson }) {
  const options = { params: { session_id: lesson.id }, query: { limit: 50 } };
  const changes = usePages("/api/sessions/{session_id}/history", options, [lesson]);
  const all = /** @type {Change[]} */ (changes.value?.items || []);
  if (!all.length) return null;
  return html`
    <details class="fold">
      <summary>${t("changes.title", { count: all.length })}</summary>
      <ol role="list" class="stack tight">
        ${all.map((each) => html`
          <li key=${each.changed_at}>
            <p>${sentence(each)}</p>
            <p class="muted small"><${Ago} at=${each.changed_at} /></p>
          </li>
        `)}
      </ol>
      <${More} of=${changes} />
    </details>
  `;
}

/** @param {Change & { before: Record<string, any>, after: Record<string, any> }} change */
function sentence({ kind, before, after, changed_by_display_name: who }) {
  const name = who || t("person.someone");
  if (kind === "rescheduled") return say("changes.moved", { name, before: period(before), after: period(after) });
  if (kind === "attendance") {
    const [student, tutor] = [markOf(after.student), markOf(after.tutor)];
    return say("changes.attendance", { name, student, tutor });
  }
  return say("changes.changed", { name, what: listed(Object.keys(after).map(nameOf)) });
}

/** @param {Record<string, any>} times */
const period = ({ starts_at: start, ends_at: end }) => `${dayAndTime(start)}–${clockTime(end)}`;

/** @param {string | null} mark */
const markOf = (mark) => t(`attendance.${mark || "unmarked"}`);

/** @param {string} field */
function nameOf(field) {
  const key = `changes.of_${field}`;
  return t(hasWords(key) ? key : "changes.of_other");
}
