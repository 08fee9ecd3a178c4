// @ts-check
/** The person's lessons, as student, tutor and parent: what is next, and what waits for an answer. */
import { get } from "../api.js";
import { LessonCard, People } from "../tutoring/lesson-card.js";
import { LessonRequests } from "../tutoring/lesson-requests.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { isTutor, roleIn, useKeptFocus } from "../tutoring/people.js";
import { useOwnEvents } from "../parts/own-events.js";
import { HOUR } from "../time.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {Schemas["Enrollment"]} Enrollment */
/** @typedef {{ enrollments: Enrollment[], lessons: Schemas["TutoringSession"][], requests: Schemas["SessionRequest"][] }} Found */

const NEXT = 5; // lessons
const LONGEST = 12 * HOUR; // of a lesson: one that began so long ago may still go on
const OPEN = new Set(["active", "paused"]);

/** @param {AbortSignal} signal @returns {Promise<Found>} */
async function read(signal) {
  const coming = { mine: true, status: "scheduled,in-progress", from: new Date(Date.now() - LONGEST).toISOString(), limit: NEXT };
  const [{ items: enrollments }, { items: lessons }, { items: asked }] = await Promise.all([
    get("/api/enrollments", { query: { limit: 100 }, signal }),
    get("/api/sessions", { query: coming, signal }),
    get("/api/session-requests", { query: { status: "pending", limit: 100 }, signal }),
  ]);
  // In an enrolment that is paused or closed nothing is booked.
  const requests = asked.filter((each) => each.enrollment_status === "active");
  return { enrollments, lessons: lessons.filter(isAhead), requests };
}

/** @param {Schemas["TutoringSession"]} lesson */
const isAhead = (lesson) => lesson.status === "in-progress" || Date.parse(lesson.ends_at) > Date.now();

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
    ${enrollments.length > 0 && html`<${Next} lessons=${lessons} enrollments=${enrollments} />`}
    ${["student", "tutor", "parent"].map((role) => html`
      <${Part} key=${role} role=${role} all=${open.filter((each) => roleIn(each) === role)} />
    `)}
    ${enrollments.length === 0 && html`<${Nothing} />`}
    ${closed.length > 0 && html`
      <details class="fold">
        <summary>${t("lessons.closed", { count: closed.length })}</summary>
        <${List} all=${closed} />
      </details>
    `}
    <p class="row">
      ${isTutor() && html`<a href="/tutoring/availability">${t("availability.title")}</a>`}
      ${isTutor() && html`<a href="/tutoring/profile">${t("tutor_profile.title")}</a>`}
      <a href="/enrollments/join">${t("lessons.join")}</a>
    </p>
  `;
}

/** @param {{ lessons: Schemas["TutoringSession"][], enrollments: Enrollment[] }} properties */
function Next({ lessons, enrollments }) {
  const courses = new Map(enrollments.map((each) => [each.id, each.course_title]));
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

/** What the person is in as one of the three. @param {{ role: string, all: Enrollment[] }} properties */
function Part({ role, all }) {
  if (!all.length) return null;
  return html`
    <section class="stack" aria-labelledby=${role}>
      <h2 id=${role}>${t(`lessons.as_${role}`)}</h2>
      <${List} all=${all} />
    </section>
  `;
}

/** @param {{ all: Enrollment[] }} properties */
function List({ all }) {
  return html`
    <ul role="list" class="enrollments">
      ${all.map((each) => html`<li key=${each.id}><${Card} enrollment=${each} /></li>`)}
    </ul>
  `;
}

/** A tutor knows their enrolments by the students. @param {{ enrollment: Enrollment }} properties */
function Card({ enrollment }) {
  const { course_title: course } = enrollment;
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
