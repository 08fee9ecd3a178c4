// @ts-check
/** Courses with their tutors: for those who look for one, and for those who offer some. */
import { get } from "../api.js";
import { Loaded, More, useLoaded, usePages } from "../parts/loading.js";
import { Person } from "../parts/person.js";
import { StudentsRating } from "../tutoring/rating.js";
import { Title } from "../parts/title.js";
import { isTutor } from "../tutoring/people.js";
import { note, place } from "../router.js";
import { account } from "../sign-in.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {Schemas["Course"]} Course */

const PAUSE = 300; // milliseconds without a key, after which it is looked for

export default function Courses() {
  return account.value ? html`<${Found} />` : html`<${Welcome} />`;
}

function Welcome() {
  return html`
    <div class="narrow stack">
      <${Title} of=${t("courses.title")} />
      <p>${t("courses.welcome")}</p>
      <p class="row">
        <a class="button" href="/register?then=/courses">${t("register")}</a>
        <a class="button quiet" href="/sign-in?then=/courses">${t("sign_in")}</a>
      </p>
    </div>
  `;
}

function Found() {
  const [q, setQ] = useState(place.value.query.get("q") || "");
  const [own, setOwn] = useState(place.value.query.get("own") === "1");
  const [wanted, setWanted] = useState(q);
  const query = own ? { tutor_id: account.value?.id, status: "open,archived" } : { q: wanted };
  const courses = usePages("/api/courses", { query: { ...query, limit: 20 } }, [wanted, own]);
  useEffect(() => {
    const due = setTimeout(() => setWanted(q.trim()), PAUSE);
    return () => clearTimeout(due);
  }, [q]);
  useEffect(() => note({ q: own ? "" : wanted, own: own ? 1 : "" }), [wanted, own]);

  return html`
    <div class="narrow stack">
      <div class="row apart">
        <${Title} of=${t("courses.title")} />
        <a class="button quiet" href="/enrollments">${t("lessons.title")}</a>
      </div>
      ${isTutor() && html`<${Offering} own=${own} setOwn=${setOwn} />`}
      ${!own && html`
        <search>
          <label class="field"><span>${t("courses.search")}</span>
            <input type="search" dir="auto" maxlength="100" value=${q}
              onInput=${(/** @type {any} */ event) => setQ(event.target.value)} />
          </label>
        </search>
      `}
      <${Loaded} of=${courses}>
        ${(/** @type {Schemas["CoursePage"]} */ page) => html`
          <p role="status" class=${own ? "for-readers" : "muted"}>${courses.isStale ? t("loading") : count(page)}</p>
          ${page.items.length === 0 && !courses.isStale && html`<${Nothing} own=${own} clear=${() => setQ("")} q=${wanted} />`}
          <ul role="list" class="stack">
            ${page.items.map((each) => html`<li key=${each.id}><${CourseCard} course=${each} own=${own} /></li>`)}
          </ul>
          <${More} of=${courses} />
        `}
      <//>
    </div>
  `;
}

/** What a tutor does here. @param {{ own: boolean, setOwn: (own: boolean) => void }} properties */
function Offering({ own, setOwn }) {
  return html`
    <div class="row">
      <a class="button" href="/courses/new">${t("courses.new")}</a>
      <button class="button quiet" aria-pressed=${own} onClick=${() => setOwn(!own)}>${t("courses.own")}</button>
      <a href="/tutoring/availability">${t("availability.title")}</a>
      <a href="/tutoring/profile">${t("tutor_profile.title")}</a>
    </div>
  `;
}

/** @param {{ course: Course, own: boolean }} properties */
function CourseCard({ course, own }) {
  return html`
    <article class="card linked course-card">
      <h2><a href="/courses/${course.id}"><bdi>${course.title}</bdi></a></h2>
      <p class="row small">
        ${course.status === "archived" && html`<span class="badge plain">${t("course.archived")}</span>`}
        ${course.subject && html`<span class="badge"><bdi>${course.subject}</bdi></span>`}
        ${!own && html`
          <${Person} id=${course.tutor_id} name=${course.tutor_display_name} isLink=${false} />
          <${Rating} tutor=${course.tutor_id} />
        `}
      </p>
      ${course.description && html`<p class="muted clipped" dir="auto">${course.description}</p>`}
    </article>
  `;
}

/** The card does without it until it is here. @param {{ tutor: string }} properties */
export function Rating({ tutor }) {
  const rating = useLoaded((signal) => get("/api/tutors/{tutor_id}/rating", { params: { tutor_id: tutor }, signal }), [tutor]);
  return rating.value ? html`<${StudentsRating} of=${rating.value} />` : null;
}

/** @param {{ own: boolean, q: string, clear: () => void }} properties */
function Nothing({ own, q, clear }) {
  if (own) return html`<p class="empty">${t("courses.none_own")}</p>`;
  return html`
    <div class="empty stack">
      <p>${q ? t("courses.none_such", { q }) : t("courses.none")}</p>
      ${q && html`<p><button class="button quiet" onClick=${clear}>${t("courses.all")}</button></p>`}
    </div>
  `;
}

/** @param {Schemas["CoursePage"]} page */
function count({ items, next }) {
  return t(next ? "courses.first" : "courses.found", { count: items.length });
}
