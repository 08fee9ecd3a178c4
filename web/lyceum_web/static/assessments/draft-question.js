// @ts-check
/** A question of a draft: its words, what it is answered by, and what it counts for. */
import { newOption } from "./definitions.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Add, DraftField, DraftTick, Fault, Parts } from "./draft-fields.js";

/** @typedef {import("./draft-fields.js").Editing} Editing */
/** @typedef {import("./definitions.js").Path} Path */
/** @typedef {{ of: Editing, path: Path, question: any }} Properties */

/** @type {Record<string, (properties: Properties) => any>} */
const KINDS = {
  likert: ScaleFields,
  slider: ScaleFields,
  single_choice: OptionFields,
  multiple_choice: OptionFields,
  ordering: OptionFields,
  true_false: TrueFalseFields,
  number: NumberFields,
  text: TextFields,
};

/** @param {Properties} properties */
export function DraftQuestion({ of: editing, path, question }) {
  const words = (/** @type {string} */ name) => t(`assessment_edit.${name}`);
  return html`
    <div class="stack">
      <${DraftField} of=${editing} path=${[...path, "text"]} label=${words("question_text")} as="textarea" rows="2" maxlength="2000" class="short" />
      <${KINDS[question.type]} of=${editing} path=${path} question=${question} />
      <div class="fields">
        <${DraftTick} of=${editing} path=${[...path, "required"]} label=${words("required")} otherwise=${true} />
        <${DraftField} of=${editing} path=${[...path, "xp"]} label=${words("xp")} type="number" min="0" max="1000" placeholder="10" optional=${true} />
      </div>
      <${Scores} of=${editing} path=${path} question=${question} />
    </div>
  `;
}

/** @param {Properties} properties */
function ScaleFields({ of: editing, path, question }) {
  const at = (/** @type {string} */ name) => [...path, "scale", name];
  const words = (/** @type {string} */ name) => t(`assessment_edit.${name}`);
  return html`
    <div class="fields">
      <${DraftField} of=${editing} path=${at("least")} label=${words("least")} type="number" />
      <${DraftField} of=${editing} path=${at("most")} label=${words("most")} type="number" />
      ${question.type === "slider" && html`<${DraftField} of=${editing} path=${at("step")} label=${words("step")} type="number" placeholder="1" optional=${true} />`}
      <${DraftField} of=${editing} path=${at("least_label")} label=${words("least_label")} maxlength="100" optional=${true} />
      <${DraftField} of=${editing} path=${at("most_label")} label=${words("most_label")} maxlength="100" optional=${true} />
    </div>
  `;
}

/** @param {Properties} properties */
function OptionFields({ of: editing, path, question }) {
  const isOrdering = question.type === "ordering";
  const nameOf = (/** @type {any} */ option, /** @type {number} */ index) => option.text || t("assessment_edit.option", { place: index + 1 });
  const option = (/** @type {any} */ _, /** @type {Path} */ at, /** @type {unknown} */ buttons) => html`
    <div class="option-row">
      <${DraftField} of=${editing} path=${[...at, "text"]} label=${t("assessment_edit.option", { place: Number(at.at(-1)) + 1 })} maxlength="500" />
      ${!isOrdering && html`<${DraftField} of=${editing} path=${[...at, "points"]} label=${t("assessment_edit.points")} type="number" placeholder="0" class="points-field" />`}
      ${buttons}
    </div>
  `;
  const hasOrder = Boolean(question.correct);
  return html`
    <fieldset>
      <legend>${t("assessment_edit.options")}</legend>
      <${Parts} of=${editing} path=${[...path, "options"]} nameOf=${nameOf} render=${option} fewest=${2} />
      <${Add} of=${editing} path=${[...path, "options"]} part=${newOption}>${t("assessment_edit.add_option")}<//>
    </fieldset>
    ${question.type === "multiple_choice" && html`
      <div class="fields">
        <${DraftField} of=${editing} path=${[...path, "least_choices"]} label=${t("assessment_edit.least_choices")} type="number" min="0" placeholder="1" optional=${true} />
        <${DraftField} of=${editing} path=${[...path, "most_choices"]} label=${t("assessment_edit.most_choices")} type="number" min="1" optional=${true} />
      </div>
    `}
    ${isOrdering && html`
      <label class="tick">
        <input type="checkbox" checked=${hasOrder} onChange=${() => editing.set([...path, "correct"], hasOrder ? undefined : [])} />
        <span>${t("assessment_edit.right_order")}</span>
      </label>
      <${Fault} of=${editing} path=${[...path, "correct"]} />
    `}
  `;
}

/** @param {Properties} properties */
function TrueFalseFields({ of: editing, path }) {
  return html`<${DraftTick} of=${editing} path=${[...path, "correct"]} label=${t("assessment_edit.is_true")} otherwise=${true} />`;
}

/** @param {Properties} properties */
function NumberFields({ of: editing, path, question }) {
  const at = (/** @type {string} */ name) => [...path, name];
  const words = (/** @type {string} */ name) => t(`assessment_edit.${name}`);
  return html`
    <div class="fields">
      <${DraftField} of=${editing} path=${at("least")} label=${words("least")} type="number" />
      <${DraftField} of=${editing} path=${at("most")} label=${words("most")} type="number" />
      <${DraftField} of=${editing} path=${at("correct")} label=${words("correct")} type="number" optional=${true} />
      ${question.correct !== undefined && html`
        <${DraftField} of=${editing} path=${at("tolerance")} label=${words("tolerance")} type="number" min="0" placeholder="0" optional=${true} />
      `}
    </div>
  `;
}

/** @param {Properties} properties */
function TextFields({ of: editing, path, question }) {
  const at = [...path, "accepted"];
  function onInput(/** @type {Event} */ event) {
    const { value } = /** @type {HTMLTextAreaElement} */ (event.target);
    editing.set(at, value ? value.split("\n") : undefined);
  }
  return html`
    <${DraftField}
      of=${editing} path=${at} label=${t("assessment_edit.accepted")} hint=${t("assessment_edit.accepted_hint")} as="textarea" optional=${true}
      rows="2" class="short" value=${(question.accepted || []).join("\n")} onInput=${onInput}
    />
    <div class="fields">
      <${DraftField} of=${editing} path=${[...path, "most_characters"]} label=${t("assessment_edit.most_characters")} type="number" min="1" max="10000" placeholder="1000" optional=${true} />
    </div>
  `;
}

/** @param {Properties} properties */
function Scores({ of: editing, path, question }) {
  const dimensions = /** @type {any[]} */ (editing.at(["dimensions"]) || []);
  const scores = /** @type {any[]} */ (question.scores || []);
  const at = [...path, "scores"];
  function toggle(/** @type {string} */ dimension, /** @type {number} */ index) {
    const left = index < 0 ? [...scores, { dimension }] : scores.filter((_, each) => each !== index);
    editing.set(at, left.length ? left : undefined);
  }
  if (!dimensions.length) return html`<${Fault} of=${editing} path=${at} />`;
  return html`
    <fieldset>
      <legend>${t("assessment_edit.counts_for")}</legend>
      ${dimensions.map((dimension, place) => {
        const index = scores.findIndex((score) => score.dimension === dimension.key);
        return html`
          <div key=${dimension.key} class="score-row">
            <label class="tick">
              <input type="checkbox" checked=${index >= 0} onChange=${() => toggle(dimension.key, index)} />
              <bdi>${dimension.title || t("assessment_edit.dimension", { place: place + 1 })}</bdi>
            </label>
            ${index >= 0 && html`
              <${DraftField} of=${editing} path=${[...at, index, "weight"]} label=${t("assessment_edit.weight")} type="number" min="0" placeholder="1" />
              <${DraftTick} of=${editing} path=${[...at, index, "reverse"]} label=${t("assessment_edit.reverse")} />
            `}
          </div>
        `;
      })}
      <${Fault} of=${editing} path=${at} />
    </fieldset>
  `;
}
