// @ts-check
/** The draft of an assessment, for its author: written, looked at as a taker, published. */
import { get, post, Problem } from "../api.js";
import { Action } from "../parts/action.js";
import { DraftEditor } from "../assessments/draft-editor.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { When } from "../parts/when.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";

/** @typedef {Schemas["AssessmentVersionDocument"]} Version */
/** @typedef {Schemas["AssessmentVersionSummary"]} Summary */

/** @param {{ slug: string }} properties */
export default function AssessmentEdit({ slug }) {
  const loaded = useLoaded(async (signal) => {
    const params = { slug };
    const versions = (await get("/api/v2/assessments/{slug}/versions", { params, query: { limit: 100 }, signal })).items;
    const [newest] = versions;
    const newestOne = newest.published_at
      ? get("/api/v2/assessments/{slug}/versions/{number}", { params: { slug, number: newest.number }, signal })
      : get("/api/v2/assessments/{slug}/draft", { params, signal });
    return { versions, newest: await newestOne };
  }, [slug]);
  return html`
    <div class="narrow stack wide">
      <${Loaded} of=${loaded}>
        ${(/** @type {{ versions: Summary[], newest: Version }} */ { versions, newest }) => html`
          ${newest.published_at
            ? html`<${Published} newest=${newest} again=${loaded.again} />`
            : html`<${DraftEditor} key=${newest.number} draft=${newest} again=${loaded.again} />`}
          <${Versions} versions=${versions} />
        `}
      <//>
    </div>
  `;
}

/** @param {{ newest: Version, again: () => void }} properties */
function Published({ newest, again }) {
  const { slug, number, definition } = newest;
  async function begin() {
    try {
      await post("/api/v2/assessments/{slug}/draft", { params: { slug } });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code !== "draft_exists") throw problem;
    }
    again();
  }
  return html`
    <${Title} of=${definition.title}><bdi>${definition.title}</bdi><//>
    <p class="notice good">${t("assessment_edit.published", { number })}</p>
    <div class="row">
      <${Action} work=${begin}>${t("assessment_edit.begin_draft")}<//>
      <a class="button quiet" href="/assessments/${slug}">${t("assessment_edit.look")}</a>
      <a class="button quiet" href="/assessments/${slug}/statistics">${t("assessment_statistics.title")}</a>
    </div>
  `;
}

/** @param {{ versions: Summary[] }} properties */
function Versions({ versions }) {
  return html`
    <section class="stack" aria-labelledby="versions">
      <h2 id="versions">${t("assessment_edit.versions")}</h2>
      <ul role="list" class="results">
        ${versions.map(({ slug, number, is_current: isCurrent, published_at: at, updated_at: changed }) => html`
          <li key=${number} class="row apart">
            <span class="row">
              ${at
                ? html`<a href="/assessments/${slug}/statistics?version=${number}">${t("assessment_edit.version", { number })}</a>`
                : html`<span>${t("assessment_edit.version", { number })}</span>`}
              ${isCurrent && html`<span class="badge good">${t("assessment_edit.current")}</span>`}
              ${!at && html`<span class="badge plain">${t("assessment_edit.draft")}</span>`}
            </span>
            <span class="muted small">${say(at ? "assessment_edit.published_at" : "assessment_edit.changed_at", { time: html`<${When} at=${at || changed} />` })}</span>
          </li>
        `)}
      </ul>
    </section>
  `;
}
