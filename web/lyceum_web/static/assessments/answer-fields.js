// @ts-check
/** What a question is answered by: choices, a scale, a slider, a number, words, an order. */
import { html, useState } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Sortable } from "./sortable.js";

/** @typedef {Schemas["ShownQuestion"]} Shown */
/** @typedef {{ question: Shown, value: any, onAnswer: (value: unknown) => void, labelled: string, wrong: boolean }} Properties */

/** @param {Properties & { choices: { value: unknown, label: string }[] }} properties */
function Choices({ question, value, onAnswer, choices }) {
  return html`
    <div class="choices">
      ${choices.map((choice) => html`
        <label key=${choice.value} class="choice">
          <input
            type="radio" name="question-${question.id}" checked=${value === choice.value}
            onChange=${() => onAnswer(choice.value)}
          />
          <bdi>${choice.label}</bdi>
        </label>
      `)}
    </div>
  `;
}

/** @param {Properties} properties */
function SingleChoice(properties) {
  const choices = (properties.question.options || []).map(({ key, text }) => ({ value: key, label: text }));
  return html`<${Choices} ...${properties} choices=${choices} />`;
}

/** @param {Properties} properties */
function TrueFalse(properties) {
  const choices = [true, false].map((value) => ({ value, label: t(`question.${value}`) }));
  return html`<${Choices} ...${properties} choices=${choices} />`;
}

/** @param {Properties} properties */
function MultipleChoice({ question, value = [], onAnswer }) {
  function toggle(/** @type {string} */ key) {
    onAnswer(value.includes(key) ? value.filter((/** @type {string} */ each) => each !== key) : [...value, key]);
  }
  return html`
    <div class="choices">
      ${question.options?.map(({ key, text }) => html`
        <label key=${key} class="choice">
          <input type="checkbox" checked=${value.includes(key)} onChange=${() => toggle(key)} />
          <bdi>${text}</bdi>
        </label>
      `)}
    </div>
  `;
}

/** @param {Properties} properties */
function Likert({ question, value, onAnswer }) {
  const { least, most, step, least_label: from, most_label: to } = scaleOf(question);
  const steps = Array.from({ length: Math.floor((most - least) / step) + 1 }, (_, index) => least + index * step);
  const ends = new Map([[least, from], [most, to]]);
  return html`
    <div class="scale">
      <bdi class="scale-end">${from}</bdi>
      <div class="scale-steps">
        ${steps.map((each) => html`
          <label key=${each}>
            <input
              type="radio" name="question-${question.id}" checked=${value === each} onChange=${() => onAnswer(each)}
              aria-label=${ends.get(each) ? `${number(each)}: ${ends.get(each)}` : undefined}
            />
            <span>${number(each)}</span>
          </label>
        `)}
      </div>
      <bdi class="scale-end">${to}</bdi>
    </div>
  `;
}

/** A slider has a position before it is answered: touching it, Enter or Space take that. @param {Properties} properties */
function Slider({ question, value, onAnswer, labelled }) {
  const { least, most, step, least_label: from, most_label: to } = scaleOf(question);
  const isOpen = value === undefined;
  const shown = isOpen ? least + Math.round((most - least) / step / 2) * step : value;
  const take = (/** @type {Event} */ event) => onAnswer(Number(/** @type {HTMLInputElement} */ (event.target).value));
  function onKeyDown(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    take(event);
  }
  return html`
    <div class="slider ${isOpen ? "open" : ""}">
      <output aria-hidden="true">${isOpen ? t("question.slide") : number(shown)}</output>
      <input
        type="range" min=${least} max=${most} step=${step} value=${shown} aria-labelledby=${labelled}
        aria-valuetext=${isOpen ? t("question.slide") : number(shown)}
        onInput=${take} onPointerUp=${take} onKeyDown=${onKeyDown}
      />
      <div class="row apart muted small"><bdi>${from || number(least)}</bdi><bdi>${to || number(most)}</bdi></div>
    </div>
  `;
}

/** @param {Shown} question */
const scaleOf = ({ scale }) => scale || { least: 1, most: 5, step: 1, least_label: "", most_label: "" };

/** @param {Properties} properties */
function Quantity({ value, onAnswer, labelled, wrong }) {
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  function onInput(/** @type {Event} */ event) {
    const { value: words } = /** @type {HTMLInputElement} */ (event.target);
    setTyped(words);
    onAnswer(quantityIn(words));
  }
  const isTyped = typed !== null && Object.is(quantityIn(typed), value);
  return html`
    <input
      class="quantity" type="text" inputmode="decimal" dir="ltr" autocomplete="off" value=${isTyped ? typed : (value ?? "")}
      aria-labelledby=${labelled} aria-invalid=${wrong ? "true" : undefined} onInput=${onInput}
    />
  `;
}

/** With a point or a comma. @param {string} words */
const quantityIn = (words) => (words.trim() ? Number(words.replace(",", ".")) : undefined);

/** @param {Properties} properties */
function Words({ question, value = "", onAnswer, labelled, wrong }) {
  const most = question.most_characters || 1000;
  const onInput = (/** @type {Event} */ event) => onAnswer(/** @type {HTMLInputElement} */ (event.target).value);
  return html`
    <${most > 120 ? "textarea" : "input"}
      dir="auto" value=${value} maxlength=${most} aria-labelledby=${labelled} aria-invalid=${wrong ? "true" : undefined}
      onInput=${onInput}
    />
  `;
}

/** Takers see an order of the platform's, which is no answer before it is taken. @param {Properties} properties */
function Ordering({ question, value, onAnswer }) {
  const options = question.options || [];
  const texts = new Map(options.map(({ key, text }) => [key, text]));
  const order = /** @type {string[]} */ (value || options.map(({ key }) => key));
  return html`
    <${Sortable} keys=${order} nameOf=${(/** @type {string} */ key) => texts.get(key) || key} onOrder=${onAnswer} />
    ${!value && html`<p><button type="button" class="button quiet" onClick=${() => onAnswer(order)}>${t("question.keep_order")}</button></p>`}
  `;
}

/** @type {Record<Shown["type"], (properties: Properties) => any>} */
export const KINDS = {
  likert: Likert,
  slider: Slider,
  single_choice: SingleChoice,
  multiple_choice: MultipleChoice,
  ordering: Ordering,
  true_false: TrueFalse,
  number: Quantity,
  text: Words,
};
