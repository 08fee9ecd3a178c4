// @ts-check
/** A draft as a taker sees it; nothing that is answered here is sent. */
import { asShown } from "./definitions.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { flawOf, Question } from "./question.js";

/** @param {{ definition: Schemas["AssessmentDefinition"] }} properties */
export function DraftPreview({ definition }) {
  const [values, setValues] = useState(/** @type {Record<string, unknown>} */ ({}));
  const pages = definition.pages || [];
  let place = 0;
  return html`
    <div class="stack wide">
      <p class="notice">${t("assessment_edit.preview_why")}</p>
      ${definition.description && html`<p class="lead" dir="auto">${definition.description}</p>`}
      ${pages.map((page, index) => html`
        <section key=${page.key} class="stack">
          <h2><bdi>${page.title || t("assessment_edit.page", { place: index + 1 })}</bdi></h2>
          ${(page.questions || []).map((question) => {
            place += 1;
            const shown = asShown(question, place);
            const value = values[question.key];
            return html`
              <${Question}
                key=${question.key} question=${shown} place=${place} value=${value} flaw=${value === undefined ? "" : flawOf(shown, value)}
                onAnswer=${(/** @type {unknown} */ given) => setValues({ ...values, [question.key]: given })}
              />
            `;
          })}
        </section>
      `)}
    </div>
  `;
}
