// @ts-check
/** What a draft says of the whole assessment: its words, who may take it and how often, and what is measured. */
import { newBand, newDimension } from "./definitions.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Add, DraftField, DraftTick, Fault, Parts } from "./draft-fields.js";

/** @typedef {import("./draft-fields.js").Editing} Editing */
/** @typedef {import("./definitions.js").Path} Path */

const words = (/** @type {string} */ name) => t(`assessment_edit.${name}`);

/** @param {{ of: Editing }} properties */
export function DraftDetails({ of: editing }) {
  const isForMembers = editing.at(["audience"]) === "members";
  return html`
    <section class="card stack" aria-labelledby="details">
      <h2 id="details">${words("details")}</h2>
      <${DraftField} of=${editing} path=${["title"]} label=${words("title_field")} maxlength="200" />
      <${DraftField} of=${editing} path=${["description"]} label=${words("description")} as="textarea" rows="3" maxlength="2000" optional=${true} />
      <div class="fields">
        <${DraftField} of=${editing} path=${["audience"]} label=${words("audience")} as="select" value=${isForMembers ? "members" : "public"}>
          <option value="public">${words("public")}</option>
          <option value="members">${words("members")}</option>
        <//>
        <${DraftField} of=${editing} path=${["time_limit_minutes"]} label=${words("time_limit")} type="number" min="1" max="1440" placeholder=${words("unlimited")} />
        ${(isForMembers || editing.at(["max_attempts"])) && html`
          <${DraftField} of=${editing} path=${["max_attempts"]} label=${words("max_attempts")} type="number" min="1" max="1000" placeholder=${words("unlimited")} />
        `}
        ${(isForMembers || editing.at(["hours_between_attempts"])) && html`
          <${DraftField} of=${editing} path=${["hours_between_attempts"]} label=${words("hours_between")} type="number" min="1" placeholder="0" />
        `}
      </div>
      <div>
        <${DraftTick} of=${editing} path=${["shuffle", "questions"]} label=${words("shuffle_questions")} />
        <${DraftTick} of=${editing} path=${["shuffle", "options"]} label=${words("shuffle_options")} />
      </div>
    </section>
  `;
}

/** @param {{ of: Editing }} properties */
export function DraftDimensions({ of: editing }) {
  const nameOf = (/** @type {any} */ dimension, /** @type {number} */ index) => dimension.title || t("assessment_edit.dimension", { place: index + 1 });
  const render = (/** @type {any} */ _, /** @type {Path} */ path, /** @type {unknown} */ buttons) => html`
    <div class="card stack">
      <div class="option-row">
        <${DraftField} of=${editing} path=${[...path, "title"]} label=${words("dimension_title")} maxlength="200" />
        <${DraftField} of=${editing} path=${[...path, "method"]} label=${words("method")} as="select" value=${editing.at([...path, "method"]) || "sum"}>
          <option value="sum">${words("sum")}</option>
          <option value="mean">${words("mean")}</option>
        <//>
        ${buttons}
      </div>
      <${Fault} of=${editing} path=${path} />
      <${Bands} of=${editing} path=${[...path, "bands"]} />
    </div>
  `;
  return html`
    <section class="stack" aria-labelledby="dimensions">
      <h2 id="dimensions">${words("dimensions")}</h2>
      <p class="muted">${words("dimensions_why")}</p>
      <${Parts} of=${editing} path=${["dimensions"]} nameOf=${nameOf} render=${render} />
      <${Add} of=${editing} path=${["dimensions"]} part=${newDimension}>${words("add_dimension")}<//>
    </section>
  `;
}

/** @param {{ of: Editing, path: Path }} properties */
function Bands({ of: editing, path }) {
  const nameOf = (/** @type {any} */ band, /** @type {number} */ index) => band.label || t("assessment_edit.band", { place: index + 1 });
  const render = (/** @type {any} */ _, /** @type {Path} */ at, /** @type {unknown} */ buttons) => html`
    <div class="stack band">
      <div class="option-row">
        <${DraftField} of=${editing} path=${[...at, "from"]} label=${words("from")} type="number" class="points-field" />
        <${DraftField} of=${editing} path=${[...at, "to"]} label=${words("to")} type="number" class="points-field" />
        <${DraftField} of=${editing} path=${[...at, "label"]} label=${words("band_label")} maxlength="100" />
        ${buttons}
      </div>
      <${DraftField} of=${editing} path=${[...at, "text"]} label=${words("band_text")} maxlength="2000" optional=${true} />
    </div>
  `;
  return html`
    <fieldset>
      <legend>${words("bands")}</legend>
      <p class="hint">${words("bands_why")}</p>
      <${Parts} of=${editing} path=${path} nameOf=${nameOf} render=${render} />
      <${Add} of=${editing} path=${path} part=${() => newBand(editing.at(path) || [])}>${words("add_band")}<//>
    </fieldset>
  `;
}
