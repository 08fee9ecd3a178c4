// @ts-check
/** One enrolment: the lessons of a student with a tutor, and what both can do about them. */
import { get, post } from "../api.js";
import { Action } from "../parts/action.js";
import { AskButton } from "../parts/ask.js";
import { LessonCard, People } from "../tutoring/lesson-card.js";
import { LessonRequests } from "../tutoring/lesson-requests.js";
import { Boards } from "../tutoring/lesson-boards.js";
import { Loaded, More, useLoaded, usePages } from "../parts/loading.js";
import { Parents } from "../tutoring/parents.js";
import { Progress } from "../tutoring/progress.js";
import { Title } from "../parts/title.js";
import { readEnrollment, roleIn, useKeptFocus } from "../tutoring/people.js";
import { useOwnEvents } from "../parts/own-events.js";
import { HOUR } from "../time.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { EnrollmentStatus } from "./lessons.js";

/** @typedef {Schemas["Enrollment"]} Enrollment */
/** @typedef {Schemas["TutoringSession"]} Lesson */

const LONGEST = 12 * HOUR; // of a lesson

/** @param {{ id: string }} properties */
export default function EnrollmentPage({ id }) {
  const enrollment = useLoaded((signal) => readEnrollment(id, signal), [id]);
  const { again: changed } = enrollment;
  useOwnEvents(changed);
  return html`
    <div class="narrow stack wide">
      <${Loaded} of=${enrollment}>
        ${(/** @type {Enrollment} */ found) => html`
          <${Head} of=${found} changed=${changed} />
          <${Requests} of=${found} changed=${changed} />
          <${Coming} of=${found} />
          <${Progress} enrollment=${found} />
          <${Past} of=${found} />
          <${Boards} enrollment=${found} />
          <${Parents} enrollment=${found} />
          <${Steps} of=${found} changed=${changed} />
        `}
      <//>
    </div>
  `;
}

/** @param {{ of: Enrollment, changed: () => void }} properties */
function Head({ of: enrollment, changed }) {
  const { course_title: title } = enrollment;
  const role = roleIn(enrollment);
  const params = { enrollment_id: enrollment.id };
  const canResume = enrollment.status === "paused" && (role === "tutor" || role === "student");
  async function resume() {
    await post("/api/enrollments/{enrollment_id}/resume", { params });
    tell(t("enrollment.resumed"));
    changed();
  }
  return html`
    <header class="stack">
      <p><a href="/enrollments">${t("lessons.title")}</a></p>
      <${Title} of=${title}><bdi>${title}</bdi><//>
      <p class="row">
        <span><${People} of=${enrollment} /></span><${EnrollmentStatus} of=${enrollment} />
        <a class="small" href="/courses/${enrollment.course_id}">${t("enrollment.course")}</a>
      </p>
      ${enrollment.status !== "active" && html`<p class="notice">${t(`enrollment.why_${enrollment.status}`)}</p>`}
      <p class="row">
        ${canResume && html`<${Action} work=${resume}>${t("enrollment.resume")}<//>`}
        ${enrollment.status === "active" && role === "student" && (enrollment.course_booking === "book"
          ? html`<a class="button" href="/enrollments/${enrollment.id}/book">${t("booking.title")}</a>`
          : html`<a class="button" href="/enrollments/${enrollment.id}/ask">${t("ask.title")}</a>`)}
        ${enrollment.status === "active" && role === "tutor" && html`
          <a class="button" href="/enrollments/${enrollment.id}/book">${t("book.title")}</a>
        `}
      </p>
    </header>
  `;
}

/** @param {{ of: Enrollment, changed: () => void }} properties */
function Requests({ of: enrollment, changed }) {
  const options = { params: { enrollment_id: enrollment.id }, query: { status: "pending", limit: 100 } };
  const path = "/api/enrollments/{enrollment_id}/requests";
  const pending = useLoaded((signal) => get(path, { ...options, signal }), [enrollment]);
  const all = pending.value?.items || [];
  useKeptFocus(all.length);
  if (!all.length) return null;
  return html`
    <section class="stack" aria-labelledby="requests">
      <h2 id="requests">${t("lessons.requests")}</h2>
      <${LessonRequests} all=${all} changed=${changed} />
    </section>
  `;
}

/** @param {{ of: Enrollment }} properties */
function Coming({ of: enrollment }) {
  const from = new Date(Date.now() - LONGEST).toISOString();
  const query = { enrolled_courses_id: enrollment.id, status: "scheduled,in-progress", from, limit: 10 };
  const coming = usePages("/api/sessions", { query }, [enrollment]);
  return html`
    <section class="stack" aria-labelledby="coming">
      <h2 id="coming">${t("enrollment.coming")}</h2>
      <${Loaded} of=${coming}>
        ${(/** @type {{ items: Lesson[] }} */ { items }) => html`
          ${items.length === 0 && html`<p class="muted">${t("lessons.none_next")}</p>`}
          <${Lessons} all=${items} course=${enrollment.course_title} />
          <${More} of=${coming} />
        `}
      <//>
    </section>
  `;
}

/** @param {{ of: Enrollment }} properties */
function Past({ of: enrollment }) {
  const query = { enrolled_courses_id: enrollment.id, to: new Date().toISOString(), sort: "-session_date", limit: 5 };
  const past = usePages("/api/sessions", { query }, [enrollment]);
  const all = (past.value?.items || []).filter((/** @type {Lesson} */ each) => Date.parse(each.ends_at) < Date.now());
  if (!all.length) return null;
  return html`
    <section class="stack" aria-labelledby="past">
      <h2 id="past">${t("enrollment.past")}</h2>
      <${Lessons} all=${all} course=${enrollment.course_title} />
      <${More} of=${past} />
    </section>
  `;
}

/** @param {{ all: Lesson[], course: string }} properties */
function Lessons({ all, course }) {
  return html`
    <ul role="list" class="stack">
      ${all.map((each) => html`<li key=${each.id}><${LessonCard} lesson=${each} course=${course} /></li>`)}
    </ul>
  `;
}

/** Pausing and ending it. @param {{ of: Enrollment, changed: () => void }} properties */
function Steps({ of: enrollment, changed }) {
  const role = roleIn(enrollment);
  const isOpen = enrollment.status === "active" || enrollment.status === "paused";
  if (!isOpen || (role !== "tutor" && role !== "student")) return null;
  const params = { enrollment_id: enrollment.id };
  const pause = () => post("/api/enrollments/{enrollment_id}/pause", { params }).then(changed);
  const complete = () => post("/api/enrollments/{enrollment_id}/complete", { params }).then(changed);
  const cancel = () => post("/api/enrollments/{enrollment_id}/cancel", { params }).then(changed);
  return html`
    <section class="stack" aria-labelledby="steps">
      <h2 id="steps">${t("enrollment.steps")}</h2>
      <p class="muted">${t("enrollment.steps_why")}</p>
      <div class="row top">
        ${enrollment.status === "active" && html`<${Action} work=${pause} kind="quiet">${t("enrollment.pause")}<//>`}
        ${role === "tutor" && html`
          <${AskButton} work=${complete} kind="quiet" title=${t("enrollment.complete_title")} why=${t("enrollment.complete_why")}>
            ${t("enrollment.complete")}
          <//>
        `}
        <${AskButton} work=${cancel} title=${t("enrollment.cancel_title")} why=${t("enrollment.cancel_why")}>
          ${t("enrollment.cancel")}
        <//>
      </div>
    </section>
  `;
}
