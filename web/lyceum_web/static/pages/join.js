// @ts-check
/** A parent enters the code that their child has given them. */
import { post, Problem } from "../api.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";

/** A code that is none is told like anything that is not there; here it belongs to the field. @param {unknown} problem @returns {never} */
function atField(problem) {
  if (!(problem instanceof Problem) || problem.status !== 404) throw problem;
  throw new Problem(422, { code: "invalid", errors: [{ pointer: "/code", detail: problem.detail }] });
}

export default function Join() {
  const form = useForm(async ({ code }) => {
    const { id } = await post("/api/enrollments/join", { body: { code: code.trim() } }).catch(atField);
    tell(t("join.done"));
    go(`/enrollments/${id}`);
  });
  return html`
    <div class="narrow stack">
      <${Title} of=${t("join.title")} />
      <p>${t("join.why")}</p>
      <${Form} of=${form} class="narrow">
        <${Field}
          of=${form} name="code" label=${t("join.code")} hint=${t("join.hint")} maxlength="20" dir="ltr"
          autocomplete="off" autocapitalize="characters" spellcheck="false"
        />
        <div class="row"><${Submit} of=${form}>${t("join.press")}<//><a class="button quiet" href="/enrollments">${t("back")}</a></div>
      <//>
    </div>
  `;
}
