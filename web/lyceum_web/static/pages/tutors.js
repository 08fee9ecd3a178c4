// @ts-check
/** Tutors who offer courses, for those who look for one. */
import { Loaded, More, usePages } from "../parts/loading.js";
import { CatalogueHead, Choice, Nothing, proposed, Search, useWish } from "../tutoring/catalogue.js";
import { languageName } from "../tutoring/languages.js";
import { StudentsRating } from "../tutoring/rating.js";
import { WEEKDAYS, weekdayName } from "../tutoring/repeat-fields.js";
import { html } from "../vendor/ui.js";
import { listed, t } from "../words.js";

/** @typedef {Schemas["ListedTutor"]} Tutor */

export default function Tutors() {
  const { wish, change, clear } = useWish();
  const tutors = usePages("/api/tutors", { query: /** @type {any} */ ({ ...wish, limit: 20 }) }, [JSON.stringify(wish)]);
  const subjects = proposed(tutors.value?.items.flatMap((/** @type {Tutor} */ each) => each.subjects) || []);
  const order = (/** @type {any} */ event) => change({ sort: event.target.value });
  return html`
    <div class="narrow stack">
      <${CatalogueHead} title=${t("tutors.title")} wish=${wish} />
      <${Search} wish=${wish} change=${change} subjects=${subjects}>
        <${Choice} label=${t("tutors.sort")} value=${wish.sort} onChange=${order} any=${t("tutors.by_rating")}
          choices=${[["newest", t("tutors.by_newest")]]} />
      <//>
      <${Loaded} of=${tutors}>
        ${(/** @type {Schemas["ListedTutorPage"]} */ page) => html`
          <p role="status" class="muted">${tutors.isStale ? t("loading") : count(page)}</p>
          ${page.items.length === 0 && !tutors.isStale && html`<${Nothing} words=${t("tutors.none")} wish=${wish} clear=${clear} />`}
          <ul role="list" class="stack">
            ${page.items.map((each) => html`<li key=${each.tutor_id}><${TutorCard} tutor=${each} /></li>`)}
          </ul>
          <${More} of=${tutors} />
        `}
      <//>
    </div>
  `;
}

/** @param {{ tutor: Tutor }} properties */
function TutorCard({ tutor }) {
  const { languages, subjects } = tutor;
  const days = WEEKDAYS.filter((each) => tutor.weekdays.some((day) => day === each));
  return html`
    <article class="card linked course-card">
      <h2><a href="/tutors/${tutor.tutor_id}"><bdi>${tutor.tutor_display_name || t("person.unknown")}</bdi></a></h2>
      <p class="row small">
        <${StudentsRating} of=${tutor.rating} />
        ${subjects.map((each) => html`<span key=${each} class="badge"><bdi>${each}</bdi></span>`)}
      </p>
      ${tutor.about && html`<p class="muted clipped" dir="auto">${tutor.about}</p>`}
      ${languages.length > 0 && html`<p class="small">${t("tutor.speaks", { languages: listed(languages.map(languageName)) })}</p>`}
      ${days.length > 0 && html`<p class="small">${t("tutors.works", { days: listed(days.map((each) => weekdayName(each))) })}</p>`}
    </article>
  `;
}

/** @param {Schemas["ListedTutorPage"]} page */
function count({ items, next }) {
  return t(next ? "tutors.first" : "tutors.found", { count: items.length });
}
