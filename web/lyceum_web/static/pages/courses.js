// @ts-check
/** Courses with their tutors: for those who look for one, and for those who offer some. */
import { Loaded, More, usePages } from "../parts/loading.js";
import { Person } from "../parts/person.js";
import { CatalogueHead, Nothing, proposed, Search, useWish } from "../tutoring/catalogue.js";
import { isTutor } from "../tutoring/people.js";
import { StudentsRating } from "../tutoring/rating.js";
import { note, place } from "../router.js";
import { account } from "../sign-in.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {Schemas["ListedCourse"]} Course */

export default function Courses() {
  const { wish, change, clear } = useWish();
  const [own, setOwn] = useState(() => isTutor() && place.value.query.get("own") === "1");
  const { sort, ...filters } = wish;
  const query = own ? { tutor_id: account.value?.id, status: "open,archived" } : filters;
  const options = { query: /** @type {any} */ ({ ...query, limit: 20 }) };
  const courses = usePages("/api/courses", options, [JSON.stringify(wish), own]);
  const subjects = proposed(courses.value?.items.map((/** @type {Course} */ each) => each.subject) || []);
  useEffect(() => {
    if (own) note({ own: 1 });
  }, [own]);

  return html`
    <div class="narrow stack">
      <${CatalogueHead} title=${t("courses.title")} wish=${wish}>
        ${isTutor() && html`<${Offering} own=${own} setOwn=${setOwn} />`}
      <//>
      ${!own && html`<${Search} wish=${wish} change=${change} subjects=${subjects} />`}
      <${Loaded} of=${courses}>
        ${(/** @type {Schemas["ListedCoursePage"]} */ page) => html`
          <p role="status" class=${own ? "for-readers" : "muted"}>${courses.isStale ? t("loading") : count(page)}</p>
          ${page.items.length === 0 && !courses.isStale && html`
            ${own ? html`<p class="empty">${t("courses.none_own")}</p>` : html`<${Nothing} words=${t("courses.none")} wish=${wish} clear=${clear} />`}
          `}
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
          ${course.tutor_rating && html`<${StudentsRating} of=${course.tutor_rating} />`}
        `}
      </p>
      ${course.description && html`<p class="muted clipped" dir="auto">${course.description}</p>`}
    </article>
  `;
}

/** @param {Schemas["ListedCoursePage"]} page */
function count({ items, next }) {
  return t(next ? "courses.first" : "courses.found", { count: items.length });
}
