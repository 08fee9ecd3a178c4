// @ts-check
/**
 * A question of an assessment, of any kind, with what is answered. It is the same for takers and in an author's preview.
 *
 * Its direction is that of its words, whatever the language of the page: a scale runs as the question is read.
 */
import { html, useId, useState } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { KINDS } from "./answer-fields.js";

/** @typedef {Schemas["ShownQuestion"]} Shown */

/**
 * @param {{ question: Shown, place: number, value: unknown, onAnswer: (value: unknown) => void, flaw?: string,
 *   error?: string, children?: unknown }} properties
 * `place` is its number in the assessment; `flaw` is said once the question is left, `error` at once
 */
export function Question({ question, place, value, onAnswer, flaw = "", error: urgent = "", children }) {
  const id = useId();
  const [isLeft, setLeft] = useState(false);
  const error = urgent || (isLeft && flaw) || "";
  const hint = hintOf(question);
  function onFocusOut(/** @type {FocusEvent} */ event) {
    const { currentTarget, relatedTarget } = event;
    setLeft(!(/** @type {Node} */ (currentTarget).contains(/** @type {Node | null} */ (relatedTarget))));
  }
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return html`
    <fieldset
      class="card question ${error ? "wrong" : ""}" id="question-${question.id}" dir="auto" aria-describedby=${described || undefined}
      onFocusOut=${onFocusOut}
    >
      <legend id=${id}>
        <span class="place">${number(place)}</span>
        <span class="asked">${question.text}</span>
        ${!question.required && html`<span class="muted small">${t("form.optional")}</span>`}
      </legend>
      ${hint && html`<p class="hint" dir="auto" id="${id}-hint">${hint}</p>`}
      <${KINDS[question.type]}
        question=${question} value=${value} onAnswer=${onAnswer} labelled=${id} wrong=${Boolean(error)}
      />
      ${error && html`<p class="error" dir="auto" id="${id}-error">${error}</p>`}
      ${children}
    </fieldset>
  `;
}

/** Why a value is no answer; nothing if it is one. @param {Shown} question @param {any} value */
export function flawOf(question, value) {
  if (isBlank(value)) return t("question.not_taken_back");
  if (question.type === "multiple_choice") return flawOfChoices(question, value.length);
  if (question.type === "number" && !isWithin(question, value)) return t("question.not_within", boundsOf(question));
  return "";
}

/** Whether a field was emptied. @param {unknown} value */
export const isBlank = (value) => value === undefined || (typeof value === "string" && !value.trim());

/** @param {Shown} question @param {number} count */
function flawOfChoices({ least_choices: least = 1, most_choices: most = Infinity }, count) {
  if (count < least) return t("question.too_few", { count: least });
  return count > most ? t("question.too_many", { count: most }) : "";
}

/** @param {Shown} question @param {unknown} value */
function isWithin({ bounds }, value) {
  return typeof value === "number" && (!bounds || (bounds.least <= value && value <= bounds.most));
}

/** @param {Shown} question */
function boundsOf({ bounds }) {
  return { least: bounds?.least ?? 0, most: bounds?.most ?? 0 };
}

/** @param {Shown} question */
function hintOf(question) {
  if (question.type === "number") return t("question.within", boundsOf(question));
  if (question.type === "ordering") return t("question.ordering");
  if (question.type !== "multiple_choice") return "";
  const { least_choices: least = 1, most_choices: most = 0, options = [] } = question;
  if (least === most) return t("question.choose", { count: least });
  if (most < options.length) return t("question.choose_most", { count: most });
  return least > 1 ? t("question.too_few", { count: least }) : t("question.choose_any");
}
