// @ts-check
/** What is refused of a draft: by its path for the fields, and all of it with its place in words. */
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { wordsOnField } from "../parts/field-words.js";

/** @typedef {Record<string, string>} Errors by path, such as `pages/0/title` */

/** @type {[RegExp, string][]} */
const SENTENCES = [
  [/^There is no page\.$/, "draft_fault.no_page"],
  [/^Attempts of people without an account/, "draft_fault.attempts"],
  [/^More than (?<most>\d+) questions\.$/, "draft_fault.questions"],
  [/^Length must be between 2 and (?<most>\d+)\.$/, "draft_fault.options"],
  [/^Must be (at most \d+ )?texts of 1 to (?<most>\d+) characters\.$/, "draft_fault.accepted"],
  [/^There is nothing to score/, "draft_fault.nothing_to_score"],
  [/^No question counts/, "draft_fault.no_question"],
  [/^Must (be above the least|end 1 to \d+ above)/, "draft_fault.order"],
  [/^Must not lie below where the band begins/, "draft_fault.order"],
  [/^Must lie between the least choices/, "draft_fault.choices"],
  [/^Must divide the scale/, "draft_fault.step"],
  [/^Must be positive/, "draft_fault.positive"],
  [/^Begin at (?<from>[\d.e+-]+), but (?<least>[\d.e+-]+) can/, "draft_fault.begin"],
  [/^After (?<end>[\d.e+-]+) the next/, "draft_fault.gap"],
  [/^End at (?<to>[\d.e+-]+), but (?<most>[\d.e+-]+) can/, "draft_fault.end"],
];

/** @param {import("../api.js").Problem} problem @returns {Errors} */
export function errorsOf(problem) {
  /** @type {Errors} */
  const errors = {};
  for (const { pointer, detail } of problem.errors) {
    const path = pointer.replace(/^\/definition\/?/, "");
    const words = wordsOnField(detail, SENTENCES);
    errors[path] = errors[path] ? `${errors[path]} ${words}` : words;
  }
  return errors;
}

/** @param {{ errors: Errors }} properties */
export function Faults({ errors }) {
  const all = Object.entries(errors);
  if (!all.length) return html`<div role="alert"></div>`;
  return html`
    <div class="refusal" role="alert">
      <p>${t("assessment_edit.faults", { count: all.length })}</p>
      <ul>${all.map(([path, words]) => html`<li key=${path}>${[...placeOf(path), words].join(" · ")}</li>`)}</ul>
    </div>
  `;
}

/** @param {string} path */
function placeOf(path) {
  const parts = /^(pages|dimensions)\/(\d+)(?:\/questions\/(\d+))?/.exec(path);
  if (!parts) return [];
  const [, list, index, question] = parts;
  const first = t(list === "pages" ? "assessment_edit.page" : "assessment_edit.dimension", { place: Number(index) + 1 });
  return question ? [first, t("assessment_edit.question", { place: Number(question) + 1 })] : [first];
}
