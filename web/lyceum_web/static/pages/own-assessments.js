// @ts-check
/** The assessments that an author writes, and where a new one begins. */
import { post } from "../api.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { When } from "../parts/when.js";
import { go } from "../router.js";
import { account } from "../sign-in.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

export default function OwnAssessments() {
  const own = usePages("/api/v2/assessments/mine", {}, []);
  const isAuthor = account.value?.roles.includes("author");
  return html`
    <div class="narrow stack wide">
      <${Title} of=${t("own_assessments.title")} />
      ${isAuthor ? html`<${Begin} />` : html`
        <p class="notice">${say("own_assessments.authors_only", { account: html`<a href="/account">${t("frame.account")}</a>` })}</p>
      `}
      <${Loaded} of=${own}>
        ${(/** @type {Schemas["OwnAssessmentPage"]} */ { items }) => html`
          ${items.length === 0 && html`<p class="empty">${t("own_assessments.none")}</p>`}
          <ul role="list" class="stack">
            ${items.map((each) => html`<li key=${each.slug}><${Own} own=${each} /></li>`)}
          </ul>
          <${More} of=${own} />
        `}
      <//>
    </div>
  `;
}

/** @param {{ own: Schemas["OwnAssessment"] }} properties */
function Own({ own }) {
  const { slug } = own;
  const isPublished = own.published_number !== null;
  return html`
    <article class="card stack tight">
      <div class="row apart">
        <h2><a href="/assessments/${slug}/edit"><bdi>${own.title}</bdi></a></h2>
        <span class="row">
          ${own.is_default && html`<span class="badge">${t("own_assessments.default")}</span>`}
          ${isPublished && html`<span class="badge good">${t("own_assessments.published")}</span>`}
          ${own.has_draft && html`<span class="badge plain">${t("assessment_edit.draft")}</span>`}
        </span>
      </div>
      <p class="muted small">${say("assessment_edit.changed_at", { time: html`<${When} at=${own.updated_at} />` })}</p>
      ${isPublished && html`
        <p class="row">
          <a href="/assessments/${slug}">${t("assessment_edit.look")}</a>
          <a href="/assessments/${slug}/statistics">${t("assessment_statistics.title")}</a>
        </p>
      `}
    </article>
  `;
}

function Begin() {
  const [isShown, setShown] = useState(false);
  const [slug, setSlug] = useState("");
  const asked = useForm(async ({ title, slug: name }, key) => {
    await post("/api/v2/assessments", { body: { slug: name, definition: { title } }, key });
    go(`/assessments/${name}/edit`);
  });
  if (!isShown) return html`<div><button class="button" onClick=${() => setShown(true)}>${t("own_assessments.begin")}</button></div>`;
  // The title is a part of the definition, where the form knows nothing but its name.
  const form = { ...asked, errors: { ...asked.errors, title: asked.errors.definition } };
  return html`
    <section class="card" aria-labelledby="begin">
      <h2 id="begin">${t("own_assessments.begin")}</h2>
      <${Form} of=${asked}>
        <${Field}
          of=${form} name="title" label=${t("assessment_edit.title_field")} maxlength="200" autofocus
          onInput=${(/** @type {Event} */ event) => setSlug(nameIn(/** @type {HTMLInputElement} */ (event.target).value))}
        />
        <${Field}
          of=${form} name="slug" label=${t("own_assessments.slug")} hint=${t("own_assessments.slug_hint")} dir="ltr" maxlength="80"
          value=${slug} onInput=${(/** @type {Event} */ event) => setSlug(/** @type {HTMLInputElement} */ (event.target).value)}
        />
        <div><${Submit} of=${form}>${t("own_assessments.create")}<//></div>
      <//>
    </section>
  `;
}

/** Letters, digits and single hyphens out of a title. @param {string} title */
function nameIn(title) {
  return title.normalize("NFD").toLowerCase().replace(/\p{M}/gu, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80);
}
