// @ts-check
/** How an assessment is doing, for its author: counts as bars and as numbers, never names. */
import { get } from "../api.js";
import { Bar } from "../assessments/bar.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { note, place } from "../router.js";
import { duration } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { hasWords, number, t } from "../words.js";

/** @typedef {Schemas["AssessmentStatistics"]} Statistics */
/** @typedef {Schemas["QuestionStatistics"]} QuestionFigures */

const MOST_SHOWN = 16; // choices of a question of which also those that nobody made are shown

/** @param {{ slug: string }} properties */
export default function AssessmentStatistics({ slug }) {
  const [wanted, setWanted] = useState(() => place.value.query.get("version") || "");
  const versions = useLoaded((signal) => get("/api/v2/assessments/{slug}/versions", { params: { slug }, query: { limit: 100 }, signal }), [slug]);
  const loaded = useLoaded((signal) => get("/api/v2/assessments/{slug}/statistics", { params: { slug }, query: { version: wanted }, signal }), [slug, wanted]);
  const published = (versions.value?.items || []).filter((version) => version.published_at);
  function choose(/** @type {string} */ version) {
    setWanted(version);
    note({ version });
  }
  return html`
    <div class="narrow stack wide">
      <header class="stack">
        <p><a href="/assessments/${slug}/edit">${t("assessment_statistics.back")}</a></p>
        <div class="row apart">
          <${Title} of=${t("assessment_statistics.title")} />
          ${published.length > 1 && html`
            <label class="row"><span>${t("assessment_statistics.version")}</span>
              <select value=${wanted || loaded.value?.version} onChange=${(/** @type {Event} */ event) => choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
                ${published.map((version) => html`<option value=${version.number}>${number(version.number)}</option>`)}
              </select>
            </label>
          `}
        </div>
      </header>
      <${Loaded} of=${loaded}>
        ${(/** @type {Statistics} */ found) => html`
          <${Figures} found=${found} />
          ${found.started === 0 && html`<p class="empty">${t("assessment_statistics.none")}</p>`}
          ${found.started > 0 && found.questions.map((question, index) => html`
            <${Question} key=${question.question_id} question=${question} place=${index + 1} />
          `)}
        `}
      <//>
    </div>
  `;
}

/** @param {{ found: Statistics }} properties */
function Figures({ found }) {
  const { started, sessions, completed_percent: completed, median_seconds: seconds } = found;
  /** @type {[string, string][]} */
  const figures = [
    ["started", number(started)],
    ["completed", completed === null ? "–" : number(completed / 100, { style: "percent" })],
    ["median", seconds === null ? "–" : timeTaken(seconds)],
    ["active", number(sessions.active)],
    ["given_up", number(sessions.user_abandoned_not_completed)],
    ["expired", number(sessions.expired)],
  ];
  return html`
    <dl class="figures">
      ${figures.map(([name, shown]) => html`<div key=${name}><dt>${t(`assessment_statistics.${name}`)}</dt><dd>${shown}</dd></div>`)}
    </dl>
  `;
}

/** @param {number} seconds */
const timeTaken = (seconds) => (seconds < 60 ? t("assessment_statistics.seconds", { count: Math.round(seconds) }) : duration(Math.round(seconds / 60)));

/** @param {{ question: QuestionFigures, place: number }} properties */
function Question({ question, place }) {
  const { distribution, answered, text } = question;
  const rows = distribution.length > MOST_SHOWN ? distribution.filter((each) => each.times > 0) : distribution;
  return html`
    <section class="card stack tight">
      <h2><span class="place">${number(place)}</span> <bdi>${text}</bdi></h2>
      <p class="muted small">${t("assessment_statistics.answered", { count: answered })}</p>
      ${rows.length > 0 && html`
        <table class="distribution">
          <caption class="for-readers">${text}</caption>
          <thead>
            <tr>
              <th scope="col">${t("assessment_statistics.answer")}</th>
              <td></td>
              <th scope="col">${t("assessment_statistics.times")}</th>
              <th scope="col">${t("assessment_statistics.share")}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((each) => html`
              <tr key=${each.choice}>
                <th scope="row"><bdi>${labelOf(question, each)}</bdi></th>
                <td><${Bar} percent=${each.chosen_percent} /></td>
                <td>${number(each.times)}</td>
                <td>${number(each.chosen_percent / 100, { style: "percent" })}</td>
              </tr>
            `)}
          </tbody>
        </table>
      `}
      ${rows.length === 0 && answered > 0 && html`<p class="muted">${t("assessment_statistics.free_text")}</p>`}
    </section>
  `;
}

/** @param {QuestionFigures} question @param {Schemas["ChoiceStatistics"]} choice */
function labelOf({ type }, { choice, label }) {
  const key = `question.${choice}`;
  return type === "true_false" && hasWords(key) ? t(key) : label;
}
