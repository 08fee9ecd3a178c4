// @ts-check
/** A lesson in a list. */
import { clockTime, ownZone } from "../time.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Ago, Span } from "../parts/when.js";
import { roleIn } from "./people.js";

/** @typedef {Schemas["TutoringSession"]} Lesson */

/** @param {{ starts_at: string, ends_at: string }} lesson */
export const minutesOf = ({ starts_at: start, ends_at: end }) => (Date.parse(end) - Date.parse(start)) / 60_000;

/** What it is about. @param {Lesson} lesson @param {string} [course] */
export function aboutOf({ topics }, course) {
  return topics?.length ? topics.join(" · ") : course || t("lesson.untitled");
}

/** @param {Lesson} lesson */
const isAhead = ({ status, starts_at: start }) => status === "scheduled" && Date.parse(start) > Date.now();

/** @param {{ lesson: Lesson, course?: string }} properties */
export function LessonCard({ lesson, course }) {
  return html`
    <article class="card linked lesson-card">
      <h3><a href="/sessions/${lesson.id}"><bdi>${aboutOf(lesson, course)}</bdi></a></h3>
      <p class="row small">
        <${LessonStatus} lesson=${lesson} />
        <${Span} at=${lesson.starts_at} minutes=${minutesOf(lesson)} />
      </p>
      <p class="muted small">${isAhead(lesson) && html`<${Ago} at=${lesson.starts_at} />${" · "}`}<${People} of=${lesson} />${" · "}<${Where} lesson=${lesson} /></p>
    </article>
  `;
}

/** @param {{ lesson: Lesson }} properties */
export function LessonStatus({ lesson }) {
  if (lesson.status === "in-progress") return html`<span class="badge live">${t("lesson.on")}</span>`;
  if (lesson.status === "completed") return html`<span class="badge good">${t("lesson.held")}</span>`;
  if (lesson.status === "cancelled") return html`<span class="badge bad">${t("status.cancelled")}</span>`;
  if (Date.parse(lesson.ends_at) < Date.now()) return html`<span class="badge plain">${t("lesson.not_started")}</span>`;
  return null;
}

/**
 * The others in an enrolment or a lesson, as the person sees them.
 * @param {{ of: Lesson | Schemas["Enrollment"] }} properties
 */
export function People({ of: thing }) {
  const names = {
    tutor: thing.tutor_display_name || t("person.unknown"),
    student: thing.student_display_name || t("person.unknown"),
  };
  const role = roleIn(thing);
  if (role === "tutor") return say("lesson.with", { name: names.student });
  if (role === "student") return say("lesson.with", { name: names.tutor });
  return say("lesson.of_others", names);
}

/** @param {{ lesson: Lesson }} properties */
export function Where({ lesson }) {
  const mode = t(`mode.${lesson.session_mode || "online"}`);
  return lesson.location ? html`${mode}${" · "}<bdi>${lesson.location}</bdi>` : mode;
}

/** Whether clocks there say something else. @param {string} at @param {string} zone */
export const differs = (at, zone) => clockTime(at, zone) !== clockTime(at, ownZone());
