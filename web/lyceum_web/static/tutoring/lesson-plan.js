// @ts-check
/** What would be booked: each date, with what is in its way. Nothing is booked until the tutor says so. */
import { Problem, post } from "../api.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Action } from "../parts/action.js";
import { Elsewhere, Span } from "../parts/when.js";

/** @typedef {Schemas["SchedulePreview"]} Preview */
/** @typedef {{ body: Record<string, unknown>, key: string, preview: Preview }} Planned */

/** @param {{ plan: Planned, enrollment: Schemas["Enrollment"], change: () => void }} properties */
export function Plan({ plan: { body, key, preview: first }, enrollment, change }) {
  const [preview, setPreview] = useState(first);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => heading.current?.focus(), []);
  const taken = new Map(preview.conflicts.map((each) => [each.starts_at, each]));
  const outside = new Set(preview.outside_hours.map((each) => each.starts_at));
  const free = preview.occurrences.filter((each) => !taken.has(each.starts_at));

  async function book() {
    const wanted = { ...body, on_conflict: taken.size ? "skip" : "fail", force: outside.size > 0 };
    try {
      await post("/api/sessions", { body: wanted, key: `${key}-${free.length}` });
    } catch (problem) {
      // Something was booked since the dates were shown: they are shown as they are now.
      if (problem instanceof Problem && problem.code === "time_conflict") setPreview(await post("/api/sessions/preview", { body }));
      throw problem;
    }
    tell(t("book.done", { count: free.length }));
    go(`/enrollments/${enrollment.id}`);
  }
  return html`
    <section class="card stack" aria-labelledby="plan">
      <h2 id="plan" ref=${heading} tabindex="-1">${t("book.plan", { count: preview.occurrences.length })}</h2>
      <ol role="list" class="plan">
        ${preview.occurrences.map((each) => html`
          <li key=${each.starts_at}>
            <${Span} at=${each.starts_at} minutes=${each.duration} />
            ${" "}<${Elsewhere} at=${each.starts_at} zone=${enrollment.timezone} />
            <${Mark} conflict=${taken.get(each.starts_at)} isOutside=${outside.has(each.starts_at)} />
          </li>
        `)}
      </ol>
      ${free.length === 0 && html`<p class="notice">${t("book.none_free")}</p>`}
      <div class="row top">
        ${free.length > 0 && html`<${Action} work=${book}>${bookWords(free.length, taken.size)}<//>`}
        <button type="button" class="button quiet" onClick=${change}>${t("book.change")}</button>
      </div>
    </section>
  `;
}

/** @param {number} free @param {number} taken */
function bookWords(free, taken) {
  return t(taken ? "book.press_free" : "book.press", { count: free });
}

/** @param {{ conflict: Schemas["OccurrenceConflict"] | undefined, isOutside: boolean }} properties */
function Mark({ conflict, isOutside }) {
  if (conflict) {
    const words = t(conflict.who.includes("tutor") ? "book.taken_by_tutor" : "book.taken_by_student");
    return html`
      <span class="badge bad">${words}</span>
      ${conflict.session_id && html`${" "}<a class="small" href="/sessions/${conflict.session_id}">${t("book.see")}</a>`}
    `;
  }
  return isOutside && html`<span class="badge plain">${t("book.outside")}</span>`;
}
