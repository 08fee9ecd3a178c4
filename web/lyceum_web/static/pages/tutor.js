// @ts-check
/** The public page of a tutor: what they say, teach, and when they are free; what students say of them. */
import { get } from "../api.js";
import { Loaded, More, useLoaded, usePages } from "../parts/loading.js";
import { languageName } from "../tutoring/languages.js";
import { Rated, StudentsRating } from "../tutoring/rating.js";
import { Initials, Person } from "../parts/person.js";
import { Title } from "../parts/title.js";
import { Ago, When } from "../parts/when.js";
import { account } from "../sign-in.js";
import { html } from "../vendor/ui.js";
import { listed, t } from "../words.js";

/** @typedef {Schemas["TutorPage"]} Tutor */

/** @param {{ id: string }} properties */
export default function TutorPage({ id }) {
  // Browsers keep such a page for a minute; a tutor wants to see what they have just said.
  const cache = account.value?.id === id ? "reload" : "default";
  const tutor = useLoaded((signal) => get("/api/tutors/{tutor_id}", { params: { tutor_id: id }, signal, cache }), [id]);
  return html`
    <div class="narrow stack wide">
      <${Loaded} of=${tutor}>
        ${(/** @type {Tutor} */ found) => html`
          <${Head} tutor=${found} />
          <${Offered} tutor=${found} />
          <${Free} times=${found.next_free_times} />
          <${Reviews} tutor=${found} />
        `}
      <//>
    </div>
  `;
}

/** @param {{ tutor: Tutor }} properties */
function Head({ tutor }) {
  const name = tutor.tutor_display_name || t("person.unknown");
  const isOwn = account.value?.id === tutor.tutor_id;
  return html`
    <header class="stack">
      <div class="row tutor-head"><${Initials} name=${name} /><${Title} of=${name}><bdi>${name}</bdi><//></div>
      <p class="row"><${StudentsRating} of=${tutor.rating} />
        ${tutor.languages.length > 0 && html`<span class="muted">${t("tutor.speaks", { languages: listed(tutor.languages.map(languageName)) })}</span>`}
      </p>
      ${tutor.about && html`<p class="prose" dir="auto">${tutor.about}</p>`}
      <p class="row">
        <a href="/users/${tutor.tutor_id}">${t("tutor.person")}</a>
        ${isOwn && html`<a class="button quiet" href="/tutoring/profile">${t("tutor_profile.title")}</a>`}
      </p>
    </header>
  `;
}

/** @param {{ tutor: Tutor }} properties */
function Offered({ tutor: { courses } }) {
  return html`
    <section class="stack" aria-labelledby="courses">
      <h2 id="courses">${t("tutor.courses")}</h2>
      ${courses.length === 0 && html`<p class="muted">${t("tutor.no_courses")}</p>`}
      <ul role="list" class="stack">
        ${courses.map((each) => html`
          <li key=${each.id}>
            <article class="card linked">
              <h3><a href="/courses/${each.id}"><bdi>${each.title}</bdi></a></h3>
              ${each.subject && html`<p class="muted small"><bdi>${each.subject}</bdi></p>`}
            </article>
          </li>
        `)}
      </ul>
    </section>
  `;
}

/** @param {{ times: Schemas["Slot"][] }} properties */
function Free({ times }) {
  if (!times.length) return null;
  return html`
    <section class="stack" aria-labelledby="free">
      <h2 id="free">${t("tutor.free")}</h2>
      <ul role="list" class="free-times">${times.map((each) => html`<li key=${each.starts_at}><${When} at=${each.starts_at} /></li>`)}</ul>
      <p class="muted">${t("tutor.free_why")}</p>
    </section>
  `;
}

/** All that anyone may read. @param {{ tutor: Tutor }} properties */
function Reviews({ tutor }) {
  const options = { params: { tutor_id: tutor.tutor_id }, query: { limit: 10 } };
  const reviews = usePages("/api/tutors/{tutor_id}/reviews", options, [tutor.tutor_id]);
  if (!tutor.reviews.length) return null;
  return html`
    <section class="stack" aria-labelledby="reviews">
      <h2 id="reviews">${t("tutor.reviews")}</h2>
      <${Loaded} of=${reviews}>
        ${(/** @type {Schemas["PublicReviewPage"]} */ page) => html`
          <ul role="list" class="stack">
            ${page.items.map((each) => html`<li key=${each.id} class="card stack tight"><${Said} review=${each} /></li>`)}
          </ul>
          <${More} of=${reviews} />
        `}
      <//>
    </section>
  `;
}

/** @param {{ review: Schemas["PublicReview"] }} properties */
function Said({ review }) {
  const { author_id: author, course_title: course } = review;
  return html`
    <p class="row apart"><${Rated} value=${review.rating} /><span class="muted small"><${Ago} at=${review.created_at} /></span></p>
    ${review.text && html`<p dir="auto">${review.text}</p>`}
    ${(author || course) && html`
      <p class="row small muted">
        ${author && html`<${Person} id=${author} name=${review.author_display_name} />`}
        ${course && html`<bdi>${course}</bdi>`}
      </p>
    `}
  `;
}
