// @ts-check
/** What a tutor says about themselves on their public page. */
import { get, Problem, put } from "../api.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { LANGUAGES, languageName } from "../tutoring/languages.js";
import { isTutor } from "../tutoring/people.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { go } from "../router.js";

/** @typedef {{ about: string | null, languages: string[] }} Said */

export default function TutorProfile() {
  return html`
    <div class="narrow stack">
      <${Title} of=${t("tutor_profile.title")} />
      <p>${t("tutor_profile.why")}</p>
      ${isTutor()
        ? html`<${Own} />`
        : html`<p class="notice">${t("availability.for_tutors")}</p>`}
    </div>
  `;
}

function Own() {
  const said = useLoaded(read, []);
  return html`<${Loaded} of=${said}>${(/** @type {Said} */ found) => html`<${Fields} said=${found} />`}<//>`;
}

/** The public page has what was said; who has said and offers nothing has none. @param {AbortSignal} signal @returns {Promise<Said>} */
async function read(signal) {
  try {
    return await get("/api/tutors/{tutor_id}", { params: { tutor_id: String(account.value?.id) }, signal, cache: "reload" });
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return { about: null, languages: [] };
    throw problem;
  }
}

/** @param {{ said: Said }} properties */
function Fields({ said }) {
  const form = useForm(async ({ about }, _key, element) => {
    const languages = new FormData(element).getAll("languages");
    await put("/api/tutors/me/profile", { body: { about: about || null, languages } });
    tell(t("tutor_profile.saved"));
    go(`/tutors/${account.value?.id}`);
  }, "tutor-profile");
  const all = [...new Set([...LANGUAGES, ...said.languages])];
  return html`
    <${Form} of=${form}>
      <${Field}
        of=${form} name="about" as="textarea" label=${t("tutor_profile.about")} hint=${t("tutor_profile.about_hint")}
        maxlength="2000" defaultValue=${said.about || ""} optional
      />
      <fieldset>
        <legend>${t("tutor_profile.languages")}</legend>
        <div class="row">
          ${all.map((tag) => html`
            <label key=${tag} class="choice">
              <input type="checkbox" name="languages" value=${tag} defaultChecked=${said.languages.includes(tag)} />
              <span>${languageName(tag)}</span>
            </label>
          `)}
        </div>
      </fieldset>
      <div class="row"><${Submit} of=${form}>${t("save")}<//><a class="button quiet" href="/tutors/${account.value?.id}">${t("back")}</a></div>
    <//>
  `;
}
