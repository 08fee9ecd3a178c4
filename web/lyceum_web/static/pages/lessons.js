// @ts-check
/** The person's lessons, as student, tutor and parent: what is next, and what waits for an answer. */
import { get } from "../api.js";
import { LessonCard, People } from "../tutoring/lesson-card.js";
import { LessonRequests } from "../tutoring/lesson-requests.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { courseTitles, isTutor, roleIn, useKeptFocus } from "../tutoring/people.js";
import { useOwnEvents } from "../parts/own-events.js";
import { HOUR } from "../time.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {Schemas["Enrollment"]} Enrollment */
/** @typedef {{ enrollments: Enrollment[], titles: Map<number, string>, lessons: Schemas["TutoringSession"][],
 *   requests: import("../tutoring/lesson-requests.js").Asked[] }} Found */

const NEXT = 5; // lessons
const LONGEST = 12 * HOUR; // of a lesson: one that began so long ago may still go on
const OPEN = new Set(["active", "paused"]);

/** @param {AbortSignal} signal @returns {Promise<Found>} */
async function read(signal) {
  const coming = { mine: true, status: "scheduled,in-progress", from: new Date(Date.now() - LONGEST).toISOString(), limit: NEXT };
  const [{ items: enrollments }, { items: lessons }] = await Promise.all([
    get("/api/enrollments", { query: { limit: 100 }, signal }),
    get("/api/sessions", { query: coming, signal }),
  ]);
  const titles = await courseTitles(enrollments.map((each) => each.course_id), signal);
  const requests = [];
  // One after the other: a tutor may have many students, and the platform answers few calls of a person at once.
  for (const each of enrollments.filter(({ status }) => status === "active")) {
    requests.push(...(await requestsOf(each, titles, signal)));
  }
  return { enrollments, titles, lessons: lessons.filter(isAhead), requests };
}

/** @param {Schemas["TutoringSession"]} lesson */
const isAhead = (lesson) => lesson.status === "in-progress" || Date.parse(lesson.ends_at) > Date.now();

/** @param {Enrollment} enrollment @param {Map<number, string>} titles @param {AbortSignal} signal */
async function requestsOf(enrollment, titles, signal) {
  const options = { params: { enrollment_id: enrollment.id }, query: { status: "pending" }, signal };
  const { items } = await get("/api/enrollments/{enrollment_id}/requests", options);
  const title = titles.get(enrollment.course_id) || "";
  return items.map((request) => ({ request, enrollment, title }));
}

export default function Lessons() {
  const lessons = useLoaded(read, []);
  useOwnEvents(lessons.again);
  return html`
    <div class="narrow stack wide">
      <div class="row apart">
        <${Title} of=${t("lessons.title")} />
        <a class="button quiet" href="/courses">${t("lessons.find")}</a>
      </div>
      <${Loaded} of=${lessons}>
        ${(/** @type {Found} */ found) => html`<${Shown} found=${found} again=${lessons.again} />`}
      <//>
    </div>
  `;
}

/** @param {{ found: Found, again: () => void }} properties */
function Shown({ found, again }) {
  const { enrollments, lessons, requests } = found;
  useKeptFocus(requests.length);
  const open = enrollments.filter(({ status }) => OPEN.has(status));
  const closed = enrollments.filter(({ status }) => !OPEN.has(status));
  return html`
    ${requests.length > 0 && html`
      <section class="stack" aria-labelledby="requests">
        <h2 id="requests">${t("lessons.requests")}</h2>
        <${LessonRequests} all=${requests} changed=${again} named />
      </section>
    `}
    ${enrollments.length > 0 && html`<${Next} lessons=${lessons} found=${found} />`}
    ${["student", "tutor", "parent"].map((role) => html`
      <${Part} key=${role} role=${role} all=${open.filter((each) => roleIn(each) === role)} titles=${found.titles} />
    `)}
    ${enrollments.length === 0 && html`<${Nothing} />`}
    ${closed.length > 0 && html`
      <details class="fold">
        <summary>${t("lessons.closed", { count: closed.length })}</summary>
        <${List} all=${closed} titles=${found.titles} />
      </details>
    `}
    <p class="row">
      ${isTutor() && html`<a href="/tutoring/availability">${t("availability.title")}</a>`}
      ${isTutor() && html`<a href="/tutoring/profile">${t("tutor_profile.title")}</a>`}
      <a href="/enrollments/join">${t("lessons.join")}</a>
    </p>
  `;
}

/** @param {{ lessons: Schemas["TutoringSession"][], found: Found }} properties */
function Next({ lessons, found: { enrollments, titles } }) {
  const courses = new Map(enrollments.map((each) => [each.id, titles.get(each.course_id)]));
  return html`
    <section class="stack" aria-labelledby="next">
      <h2 id="next">${t("lessons.next")}</h2>
      ${lessons.length === 0 && html`<p class="muted">${t("lessons.none_next")}</p>`}
      <ul role="list" class="stack">
        ${lessons.map((each) => html`
          <li key=${each.id}><${LessonCard} lesson=${each} course=${courses.get(Number(each.enrolled_courses_id))} /></li>
        `)}
      </ul>
      ${lessons.length === NEXT && html`<p><a href="/calendar">${t("lessons.calendar")}</a></p>`}
    </section>
  `;
}

/** What the person is in as one of the three. @param {{ role: string, all: Enrollment[], titles: Map<number, string> }} properties */
function Part({ role, all, titles }) {
  if (!all.length) return null;
  return html`
    <section class="stack" aria-labelledby=${role}>
      <h2 id=${role}>${t(`lessons.as_${role}`)}</h2>
      <${List} all=${all} titles=${titles} />
    </section>
  `;
}

/** @param {{ all: Enrollment[], titles: Map<number, string> }} properties */
function List({ all, titles }) {
  return html`
    <ul role="list" class="enrollments">
      ${all.map((each) => html`<li key=${each.id}><${Card} enrollment=${each} course=${titles.get(each.course_id)} /></li>`)}
    </ul>
  `;
}

/** A tutor knows their enrolments by the students. @param {{ enrollment: Enrollment, course: string | undefined }} properties */
function Card({ enrollment, course }) {
  const isTutor = roleIn(enrollment) === "tutor";
  const student = enrollment.student_display_name || t("person.unknown");
  return html`
    <article class="card linked">
      <h3><a href="/enrollments/${enrollment.id}"><bdi>${isTutor ? student : course}</bdi></a></h3>
      <p class="row small">
        <span class="muted">${isTutor ? html`<bdi>${course}</bdi>` : html`<${People} of=${enrollment} />`}</span>
        <${EnrollmentStatus} of=${enrollment} />
      </p>
    </article>
  `;
}

/** @param {{ of: Enrollment }} properties */
export function EnrollmentStatus({ of: { status } }) {
  if (status === "active") return null;
  return html`<span class="badge plain">${t(`enrollment.${status}`)}</span>`;
}

function Nothing() {
  return html`
    <div class="empty stack">
      <p>${t("lessons.none")}</p>
      <p><a class="button" href="/courses">${t("lessons.find")}</a></p>
    </div>
  `;
}
