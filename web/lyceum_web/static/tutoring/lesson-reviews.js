// @ts-check
/** What was said about a lesson that was held, and the person's own opinion. */
import { get, patch, post } from "../api.js";
import { account } from "../sign-in.js";
import { DAY } from "../time.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field, Form, Submit, Tick, useForm } from "../parts/form.js";
import { useLoaded } from "../parts/loading.js";
import { Person } from "../parts/person.js";
import { Rated, RatingField } from "./rating.js";
import { roleIn } from "./people.js";
import { Ago } from "../parts/when.js";

/** @typedef {Schemas["TutoringSession"]} Lesson */
/** @typedef {Schemas["Review"]} Review */

const EDITABLE = 14 * DAY;

/** @param {{ lesson: Lesson }} properties */
export function Reviews({ lesson }) {
  const params = { session_id: lesson.id };
  const path = "/api/sessions/{session_id}/reviews";
  const reviews = useLoaded((signal) => get(path, { params, query: { limit: 100 }, signal }), [lesson]);
  const [isEdited, setEdited] = useState(false);
  if (lesson.status !== "completed" || !reviews.value) return null;
  const all = reviews.value.items;
  const own = all.find((each) => each.author_id === account.value?.id);
  const canWrite = roleIn(lesson) !== "admin" && !own;
  function written() {
    setEdited(false);
    reviews.again();
  }
  return html`
    <section class="stack" aria-labelledby="reviews">
      <h2 id="reviews" tabindex="-1">${t("review.title")}</h2>
      <ul role="list" class="stack">
        ${all.map((each) => html`
          <li key=${each.id}>
            ${each === own && isEdited
              ? html`<${Writing} lesson=${lesson} review=${each} written=${written} />`
              : html`<${Shown} review=${each} edit=${() => setEdited(true)} />`}
          </li>
        `)}
      </ul>
      ${canWrite && html`<${Writing} lesson=${lesson} written=${written} />`}
      ${!all.length && !canWrite && html`<p class="muted">${t("review.none")}</p>`}
    </section>
  `;
}

/** @param {Review} review */
function shownTo({ public: isPublic, is_named: isNamed }) {
  if (!isPublic) return "review.is_private";
  return isNamed ? "review.is_public_named" : "review.is_public";
}

/** @param {{ review: Review, edit: () => void }} properties */
function Shown({ review, edit }) {
  const isOwn = review.author_id === account.value?.id;
  const canEdit = isOwn && Date.now() - Date.parse(review.created_at) < EDITABLE;
  return html`
    <article class="card stack tight">
      <p class="row apart">
        <${Rated} value=${review.rating} />
        <span class="muted small"><${Person} id=${review.author_id} name=${review.author_display_name} isLink=${false} />${" · "}<${Ago} at=${review.created_at} /></span>
      </p>
      ${review.text && html`<p dir="auto">${review.text}</p>`}
      ${isOwn && review.author_role !== "tutor" && html`
        <p class="muted small">${t(shownTo(review))}</p>
      `}
      ${canEdit && html`<div><button type="button" class="button quiet" onClick=${edit}>${t("review.edit")}</button></div>`}
    </article>
  `;
}

/** @param {{ lesson: Lesson, review?: Review, written: () => void }} properties */
function Writing({ lesson, review, written }) {
  const isTutor = roleIn(lesson) === "tutor";
  const form = useForm(async (values, key) => {
    const isPublic = !isTutor && values.public === "on";
    const shown = { public: isPublic, is_named: isPublic && values.is_named === "on" };
    const body = { rating: Number(values.rating), text: values.text || null, ...shown };
    if (review) {
      const params = { session_id: lesson.id, review_id: review.id };
      await patch("/api/sessions/{session_id}/reviews/{review_id}", { params, body });
    } else {
      await post("/api/sessions/{session_id}/reviews", { params: { session_id: lesson.id }, body, key });
    }
    tell(t("review.saved"));
    written();
    document.getElementById("reviews")?.focus();
  }, `review.${lesson.id}`);
  return html`
    <${Form} of=${form} label=${t("review.own")}>
      <${RatingField} name="rating" label=${t(isTutor ? "review.rate_student" : "review.rate_tutor")} value=${review?.rating} />
      <${Field} of=${form} name="text" as="textarea" label=${t("review.text")} maxlength="2000" defaultValue=${review?.text || ""} optional />
      ${!isTutor && html`
        <${Tick} name="public" label=${t("review.public")} hint=${t("review.public_hint")} defaultChecked=${review ? review.public : true} />
        <${Tick} name="is_named" label=${t("review.is_named")} hint=${t("review.is_named_hint")} defaultChecked=${review?.is_named || false} />
      `}
      <div class="row"><${Submit} of=${form}>${t(review ? "save" : "review.press")}<//></div>
    <//>
  `;
}
