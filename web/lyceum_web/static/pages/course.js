// @ts-check
/** One course: what it is, who gives it, and the way in. */
import { get, patch, post } from "../api.js";
import { Action } from "../parts/action.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { zoneName } from "../tutoring/people.js";
import { StudentsRating } from "../tutoring/rating.js";
import { go } from "../router.js";
import { account } from "../sign-in.js";
import { duration } from "../time.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";

/** @typedef {Schemas["Course"]} Course */

/** @param {{ id: string }} properties */
export default function CoursePage({ id }) {
  const params = { course_id: id };
  const course = useLoaded((signal) => get("/api/courses/{course_id}", { params, signal }), [id]);
  return html`
    <div class="narrow stack">
      <${Loaded} of=${course}>
        ${(/** @type {Course} */ found) => html`
          <p><a href="/courses">${t("courses.title")}</a></p>
          <header class="stack">
            <${Title} of=${found.title}><bdi>${found.title}</bdi><//>
            <p class="row">
              ${found.status === "archived" && html`<span class="badge plain">${t("course.archived")}</span>`}
              ${found.subject && html`<span class="badge"><bdi>${found.subject}</bdi></span>`}
              <a href="/tutors/${found.tutor_id}"><bdi>${found.tutor_display_name || t("person.unknown")}</bdi></a>
              <${Rating} tutor=${found.tutor_id} />
            </p>
          </header>
          ${found.description && html`<p class="prose" dir="auto">${found.description}</p>`}
          <dl class="facts">
            <dt>${t("course.clocks")}</dt><dd>${zoneName(found.timezone)}</dd>
            <dt>${t("course.lessons")}</dt><dd>${lessonsOf(found)}</dd>
            <dt>${t("course.cancelling")}</dt><dd>${notice(found.cancel_notice_hours)}</dd>
          </dl>
          <${Next} course=${found} changed=${course.set} />
        `}
      <//>
    </div>
  `;
}

/** How one gets a lesson. @param {Course} course */
function lessonsOf({ booking, session_minutes: minutes }) {
  return booking === "book" ? t("course.by_booking", { length: duration(minutes) }) : t("course.by_asking");
}

/** The page does without it until it is here. @param {{ tutor: string }} properties */
function Rating({ tutor }) {
  const rating = useLoaded((signal) => get("/api/tutors/{tutor_id}/rating", { params: { tutor_id: tutor }, signal }), [tutor]);
  return rating.value ? html`<${StudentsRating} of=${rating.value} />` : null;
}

/** What the person can do here. @param {{ course: Course, changed: (course: Course) => void }} properties */
function Next({ course, changed }) {
  if (!account.value) return html`<${SignInFirst} course=${course} />`;
  if (course.tutor_id === account.value.id) return html`<${Own} course=${course} changed=${changed} />`;
  return html`<${WayIn} course=${course} />`;
}

/** Who signs in comes back to this page. @param {{ course: Course }} properties */
function SignInFirst({ course }) {
  const here = encodeURIComponent(`/courses/${course.id}`);
  return html`
    <p>${t(course.booking === "book" ? "course.enrolling_books" : "course.enrolling")}</p>
    <div class="row">
      <a class="button" href="/sign-in?then=${here}">${t("course.sign_in")}</a>
      <span>${say("joining.or_register", { register: html`<a href="/register?then=${here}">${t("register")}</a>` })}</span>
    </div>
  `;
}

/** @param {number} hours */
function notice(hours) {
  return hours ? t("course.notice", { count: hours }) : t("course.no_notice");
}

/** For those who may want to learn it. @param {{ course: Course }} properties */
function WayIn({ course }) {
  const query = { role: "student", status: "active,paused", limit: 100 };
  const books = course.booking === "book";
  const enrollments = useLoaded((signal) => get("/api/enrollments", { query, signal }), [course.id]);
  async function enroll() {
    const { id } = await post("/api/enrollments", { body: { course_id: course.id } });
    tell(t(books ? "course.enrolled_books" : "course.enrolled"));
    go(`/enrollments/${id}`);
  }
  return html`
    <${Loaded} of=${enrollments}>
      ${(/** @type {Schemas["EnrollmentPage"]} */ { items }) => {
        const mine = items.find((each) => each.course_id === course.id);
        if (mine) return html`<p><a class="button" href="/enrollments/${mine.id}">${t("course.to_lessons")}</a></p>`;
        if (course.status === "archived") return html`<p class="notice">${t("course.closed")}</p>`;
        return html`
          <p>${t(books ? "course.enrolling_books" : "course.enrolling")}</p>
          <${Action} work=${enroll}>${t("course.enroll")}<//>
        `;
      }}
    <//>
  `;
}

/** For its tutor. @param {{ course: Course, changed: (course: Course) => void }} properties */
function Own({ course, changed }) {
  const next = course.status === "open" ? "archived" : "open";
  async function move() {
    const body = { status: next };
    changed(await patch("/api/courses/{course_id}", { params: { course_id: course.id }, body, of: course }));
    tell(t(`course.now_${next}`));
  }
  return html`
    <div class="row top">
      <a class="button" href="/courses/${course.id}/edit">${t("course.edit")}</a>
      <${Action} work=${move} kind="quiet" key=${next}>${t(`course.make_${next}`)}<//>
      <a class="button quiet" href="/enrollments">${t("course.students")}</a>
    </div>
    <p class="muted">${t(`course.is_${course.status}`)}</p>
  `;
}
