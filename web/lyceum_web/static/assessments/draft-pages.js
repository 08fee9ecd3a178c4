// @ts-check
/** The pages of a draft with their questions. */
import { newPage, newQuestion, TYPES } from "./definitions.js";
import { html, useId, useRef, useState } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Add, DraftField, Parts } from "./draft-fields.js";
import { DraftQuestion } from "./draft-question.js";

/** @typedef {import("./draft-fields.js").Editing} Editing */
/** @typedef {import("./definitions.js").Path} Path */

/** @param {{ of: Editing }} properties */
export function DraftPages({ of: editing }) {
  const nameOf = (/** @type {any} */ page, /** @type {number} */ index) => page.title || t("assessment_edit.page", { place: index + 1 });
  const render = (/** @type {any} */ _, /** @type {Path} */ path, /** @type {unknown} */ buttons) => html`
    <div class="card stack">
      <div class="option-row">
        <${DraftField} of=${editing} path=${[...path, "title"]} label=${t("assessment_edit.page", { place: Number(path.at(-1)) + 1 })} maxlength="200" />
        ${buttons}
      </div>
      <${Questions} of=${editing} path=${[...path, "questions"]} />
    </div>
  `;
  return html`
    <section class="stack" aria-labelledby="pages">
      <h2 id="pages">${t("assessment_edit.pages")}</h2>
      <${Parts} of=${editing} path=${["pages"]} nameOf=${nameOf} render=${render} />
      <${Add} of=${editing} path=${["pages"]} part=${newPage}>${t("assessment_edit.add_page")}<//>
    </section>
  `;
}

/** @param {{ of: Editing, path: Path }} properties */
function Questions({ of: editing, path }) {
  const added = useRef("");
  const nameOf = (/** @type {any} */ question, /** @type {number} */ index) => question.text || t("assessment_edit.question", { place: index + 1 });
  const render = (/** @type {any} */ question, /** @type {Path} */ at, /** @type {unknown} */ buttons) => {
    const place = Number(at.at(-1)) + 1;
    return html`
      <div class="draft-question">
        <details open=${question.key === added.current}>
          <summary>
            <span class="place">${number(place)}</span>
            <span class="name"><bdi>${nameOf(question, place - 1)}</bdi></span>
            <span class="badge plain">${t(`question_type.${question.type}`)}</span>
          </summary>
          <${DraftQuestion} of=${editing} path=${at} question=${question} />
        </details>
        ${buttons}
      </div>
    `;
  };
  function add(/** @type {string} */ type) {
    const question = newQuestion(type);
    added.current = question.key;
    editing.set(path, [...(editing.at(path) || []), question]);
    requestAnimationFrame(() => {
      const fields = document.querySelectorAll(".draft-question details[open] textarea");
      const last = fields[fields.length - 1];
      if (last instanceof HTMLElement) last.focus();
    });
  }
  return html`
    <${Parts} of=${editing} path=${path} nameOf=${nameOf} render=${render} />
    <${AddQuestion} add=${add} />
  `;
}

/** @param {{ add: (type: string) => void }} properties */
function AddQuestion({ add }) {
  const id = useId();
  const [type, setType] = useState(/** @type {string} */ (TYPES[0]));
  return html`
    <div class="row add-question">
      <label for=${id} class="for-readers">${t("assessment_edit.question_type")}</label>
      <select id=${id} value=${type} onChange=${(/** @type {Event} */ event) => setType(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${TYPES.map((each) => html`<option value=${each}>${t(`question_type.${each}`)}</option>`)}
      </select>
      <button type="button" class="button quiet" onClick=${() => add(type)}>${t("assessment_edit.add_question")}</button>
    </div>
  `;
}
