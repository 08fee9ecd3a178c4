// @ts-check
/** How far the lessons of a student have come. */
import { get } from "../api.js";
import { duration } from "../time.js";
import { html, useId } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Icon } from "../parts/icon.js";
import { useLoaded } from "../parts/loading.js";

/** @param {{ enrollment: Schemas["Enrollment"] }} properties */
export function Progress({ enrollment }) {
  const params = { enrollment_id: enrollment.id };
  const progress = useLoaded((signal) => get("/api/enrollments/{enrollment_id}/progress", { params, signal }), [enrollment]);
  const found = progress.value;
  if (!found?.completed_sessions && !found?.planned_topics.length) return null;
  return html`
    <section class="stack" aria-labelledby="progress">
      <h2 id="progress">${t("progress.title")}</h2>
      <dl class="facts">
        <dt>${t("progress.held")}</dt>
        <dd>${t("progress.lessons", { count: found.completed_sessions })}${" · "}${duration(found.completed_minutes)}</dd>
        <${Attended} name=${enrollment.student_display_name} of=${found.student_attendance} />
        <${Attended} name=${enrollment.tutor_display_name} of=${found.tutor_attendance} />
      </dl>
      <${Topics} planned=${found.planned_topics} covered=${found.covered_topics} percent=${found.coverage_percent} />
    </section>
  `;
}

/** @param {{ name: string | null, of: Schemas["AttendanceCount"] }} properties */
function Attended({ name, of: { attended_percent: percent, late } }) {
  if (percent === null) return null;
  return html`
    <dt>${t("progress.attendance", { name: name || t("person.unknown") })}</dt>
    <dd>
      ${number(percent / 100, { style: "percent", maximumFractionDigits: 0 })}
      ${late > 0 && html`<span class="muted">${" · "}${t("progress.late", { count: late })}</span>`}
    </dd>
  `;
}

/** @param {{ planned: string[], covered: string[], percent: number | null }} properties */
function Topics({ planned, covered, percent }) {
  const id = useId();
  const done = new Set(covered);
  const all = [...new Set([...covered, ...planned])];
  if (!all.length) return null;
  return html`
    <div class="stack tight">
      <p id=${id}>${t("progress.topics", { covered: covered.length, all: all.length })}</p>
      ${percent !== null && html`<progress aria-labelledby=${id} max="100" value=${percent}></progress>`}
      <ul role="list" class="topics">
        ${all.map((topic) => html`
          <li key=${topic}>
            ${done.has(topic) && html`<${Icon} name="check" /><span class="for-readers">${t("progress.covered")}</span>`}
            <bdi>${topic}</bdi>
          </li>
        `)}
      </ul>
    </div>
  `;
}
