// @ts-check
/** What came out of an assessment: what was reached in each dimension, what that means, and the points. */
import { get, Problem } from "../api.js";
import { Bar } from "../assessments/bar.js";
import { KeepSession } from "../assessments/keep-session.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { When } from "../parts/when.js";
import { html, useState } from "../vendor/ui.js";
import { number, say, t } from "../words.js";

/** @typedef {Schemas["DimensionResult"]} Dimension */

const ROUNDED = { maximumFractionDigits: 1 };

/** @param {{ id: string }} properties */
export default function AssessmentResult({ id }) {
  const loaded = useLoaded(async (signal) => {
    try {
      return await get("/api/v2/session/{session_id}/result", { params: { session_id: id }, signal });
    } catch (problem) {
      if (problem instanceof Problem && problem.code === "not_completed") return null;
      throw problem;
    }
  }, [id]);
  return html`
    <div class="narrow">
      <${Loaded} of=${loaded}>
        ${(/** @type {Schemas["SessionResult"] | null} */ result) =>
          result ? html`<${Result} result=${result} />` : html`<${NotYet} id=${id} />`}
      <//>
    </div>
  `;
}

/** @param {{ id: string }} properties */
function NotYet({ id }) {
  return html`
    <div class="stack">
      <${Title} of=${t("assessment_result.not_yet")} />
      <p>${t("assessment_result.not_yet_why")}</p>
      <p><a class="button" href="/assessment-sessions/${id}">${t("assessment.go_on")}</a></p>
    </div>
  `;
}

/** @param {{ result: Schemas["SessionResult"] }} properties */
function Result({ result }) {
  const [session, setSession] = useState(result.session);
  const { dimensions } = result;
  const { total_xp: points, questions_answered: answered, questions_total: all } = session.progress;
  return html`
    <article class="stack wide">
      <header class="stack tight">
        <p class="muted">${say("assessment_result.of", { time: html`<${When} at=${session.completed_at || session.starts_at} />` })}</p>
        <${Title} of=${session.title}><bdi>${session.title}</bdi><//>
        <p class="row">
          ${points > 0 && html`<span class="badge good">${t("assessment_result.gained", { count: points })}</span>`}
          <span class="muted">${t("taking.answered", { count: answered, all })}</span>
        </p>
      </header>
      <${KeepSession} session=${session} onKept=${setSession} />
      ${dimensions.length === 0 && html`<p class="notice good">${t("assessment_result.no_scores")}</p>`}
      ${dimensions.length === 1 && html`<${Single} dimension=${dimensions[0]} />`}
      ${dimensions.length > 1 && html`<${Several} dimensions=${dimensions} />`}
      <p class="row">
        <a class="button" href="/assessments">${t("assessments.all")}</a>
        <a class="button quiet" href="/assessments/${session.assessment}">${t("assessment_result.about")}</a>
      </p>
    </article>
  `;
}

/** @param {{ dimension: Dimension }} properties */
function Single({ dimension }) {
  const { title, score, highest, reached_percent: reached } = dimension;
  return html`
    <section class="card single-result stack" aria-labelledby="single">
      <h2 id="single"><bdi>${title}</bdi></h2>
      ${score === null && html`<p>${t("assessment_result.no_score")}</p>`}
      ${score !== null && html`
        <p class="score"><strong>${number(score, ROUNDED)}</strong> ${t("assessment_result.of_most", { most: number(highest || 0, ROUNDED) })}</p>
        <${Bar} percent=${reached || 0} />
      `}
      <${Meaning} dimension=${dimension} />
    </section>
  `;
}

/** The highest first, as the platform ranks them. @param {{ dimensions: Dimension[] }} properties */
function Several({ dimensions }) {
  return html`
    <section class="stack" aria-labelledby="several">
      <h2 id="several">${t("assessment_result.several")}</h2>
      <ol role="list" class="stack">
        ${dimensions.map((each) => html`
          <li key=${each.key} class="card stack tight">
            <div class="row apart">
              <h3><bdi>${each.title}</bdi></h3>
              <p class="muted">${each.score === null ? t("assessment_result.no_score") : scored(each)}</p>
            </div>
            ${each.score !== null && html`<${Bar} percent=${each.reached_percent || 0} />`}
            <${Meaning} dimension=${each} />
          </li>
        `)}
      </ol>
    </section>
  `;
}

/** @param {Dimension} dimension */
function scored({ score, lowest, highest }) {
  const shown = (/** @type {number | null} */ value) => number(value || 0, ROUNDED);
  return t("assessment_result.scored", { score: shown(score), least: shown(lowest), most: shown(highest) });
}

/** @param {{ dimension: Dimension }} properties */
function Meaning({ dimension: { band } }) {
  if (!band) return null;
  return html`
    <p><strong><bdi>${band.label}</bdi></strong></p>
    ${band.text && html`<p dir="auto">${band.text}</p>`}
  `;
}
