// @ts-check
/** One lesson: when it is, what it is about, and what each can do about it. */
import { get, patch, post } from "../api.js";
import { Action } from "../parts/action.js";
import { Attendance } from "../tutoring/attendance.js";
import { aboutOf, LessonStatus, minutesOf, People, Where } from "../tutoring/lesson-card.js";
import { Changes } from "../tutoring/lesson-changes.js";
import { LessonSteps } from "../tutoring/lesson-steps.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Reminder } from "../tutoring/lesson-reminder.js";
import { Reviews } from "../tutoring/lesson-reviews.js";
import { Title } from "../parts/title.js";
import { roleIn } from "../tutoring/people.js";
import { readTerms } from "../tutoring/terms.js";
import { useOwnEvents } from "../parts/own-events.js";
import { Elsewhere, Span } from "../parts/when.js";
import { go } from "../router.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";

/** @typedef {Schemas["TutoringSession"]} Lesson */
/** @typedef {{ lesson: Lesson, title: string, deadline: number | null }} Found */

/** @param {string} id @param {AbortSignal} signal @returns {Promise<Found>} */
async function read(id, signal) {
  const lesson = await get("/api/sessions/{session_id}", { params: { session_id: id }, signal });
  const { enrollment, deadline } = await readTerms(lesson, signal);
  return { lesson, title: enrollment.course_title, deadline };
}

/** @param {{ id: string }} properties */
export default function LessonPage({ id }) {
  const found = useLoaded((signal) => read(id, signal), [id]);
  useOwnEvents(found.again);
  return html`
    <div class="narrow stack wide">
      <${Loaded} of=${found}>
        ${(/** @type {Found} */ { lesson, title, deadline }) => html`
          <${Head} lesson=${lesson} title=${title} />
          <${LessonSteps} lesson=${lesson} deadline=${deadline} changed=${found.again} />
          <${About} lesson=${lesson} />
          <${Attendance} lesson=${lesson} changed=${found.again} />
          <${Reviews} lesson=${lesson} />
          <${Reminder} lesson=${lesson} />
          <${Changes} lesson=${lesson} />
        `}
      <//>
    </div>
  `;
}

/** @param {{ lesson: Lesson, title: string }} properties */
function Head({ lesson, title }) {
  const about = aboutOf(lesson, title);
  return html`
    <header class="stack">
      <p><a href="/enrollments/${lesson.enrolled_courses_id}"><bdi>${title}</bdi></a></p>
      <${Title} of=${about}><bdi>${about}</bdi><//>
      <div>
        <p class="strong"><${Span} at=${lesson.starts_at} minutes=${minutesOf(lesson)} /></p>
        <p><${Elsewhere} at=${lesson.starts_at} zone=${lesson.timezone} /></p>
      </div>
      <p class="row">
        <${LessonStatus} lesson=${lesson} /><span><${People} of=${lesson} /></span>
        <span class="muted"><${Where} lesson=${lesson} /></span>
        ${lesson.series_id && html`<span class="badge">${t("lesson.series")}</span>`}
      </p>
      <${Cancelled} lesson=${lesson} />
    </header>
  `;
}

/** @param {{ lesson: Lesson }} properties */
function Cancelled({ lesson }) {
  if (lesson.status !== "cancelled") return null;
  const name = lesson.cancelled_by_display_name || t("person.someone");
  return html`
    <div class="notice">
      <p>${say(lesson.late_cancel ? "lesson.cancelled_late" : "lesson.cancelled_by", { name })}</p>
      ${lesson.cancellation_reason && html`<p dir="auto">“${lesson.cancellation_reason}”</p>`}
    </div>
  `;
}

/** What was covered, and where one draws. @param {{ lesson: Lesson }} properties */
function About({ lesson }) {
  const role = roleIn(lesson);
  const covered = lesson.topics_covered || [];
  const canOpen = role === "tutor" && lesson.status !== "cancelled" && !lesson.whiteboard_id;
  const id = Number(lesson.enrolled_courses_id);
  async function open() {
    const board = await post("/api/whiteboards", { body: { enrolled_courses_id: id, session_name: aboutOf(lesson).slice(0, 255) } });
    const params = { session_id: lesson.id };
    await patch("/api/sessions/{session_id}", { params, body: { whiteboard_id: board.id }, of: lesson });
    go(`/whiteboards/${board.id}`);
  }
  return html`
    ${lesson.note && html`
      <section class="stack" aria-labelledby="note">
        <h2 id="note">${t("lesson.note")}</h2>
        <p class="prose" dir="auto">${lesson.note}</p>
      </section>
    `}
    ${covered.length > 0 && html`
      <section class="stack" aria-labelledby="covered">
        <h2 id="covered">${t("lesson.covered")}</h2>
        <ul class="covered">${covered.map((topic) => html`<li key=${topic}><bdi>${topic}</bdi></li>`)}</ul>
      </section>
    `}
    <p class="row top">
      ${lesson.whiteboard_id && html`<a class="button quiet" href="/whiteboards/${lesson.whiteboard_id}">${t("lesson.board")}</a>`}
      ${canOpen && html`<${Action} work=${open} kind="quiet">${t("lesson.open_board")}<//>`}
      <a class="button quiet" href="/calendar">${t("lesson.calendar")}</a>
    </p>
  `;
}
