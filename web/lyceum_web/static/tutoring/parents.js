// @ts-check
/** The parents who follow a student's lessons: the student lets them in, and out. */
import { get, post, remove } from "../api.js";
import { account } from "../sign-in.js";
import { copy } from "../copying.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Action } from "../parts/action.js";
import { go } from "../router.js";
import { AskButton } from "../parts/ask.js";
import { useLoaded } from "../parts/loading.js";
import { Person } from "../parts/person.js";
import { roleIn, useKeptFocus } from "./people.js";
import { When } from "../parts/when.js";

/** @typedef {Schemas["Enrollment"]} Enrollment */

/** @param {{ enrollment: Enrollment }} properties */
export function Parents({ enrollment }) {
  const role = roleIn(enrollment);
  if (role === "parent") return html`<${Leaving} enrollment=${enrollment} />`;
  return html`<${Following} enrollment=${enrollment} isStudent=${role === "student"} />`;
}

/** @param {{ enrollment: Enrollment, isStudent: boolean }} properties */
function Following({ enrollment, isStudent }) {
  const params = { enrollment_id: enrollment.id };
  const path = "/api/enrollments/{enrollment_id}/parents";
  const parents = useLoaded((signal) => get(path, { params, query: { limit: 100 }, signal }), [enrollment]);
  const all = parents.value?.items || [];
  useKeptFocus(all.length);
  if (!all.length && !isStudent) return null;
  return html`
    <section class="stack" aria-labelledby="parents">
      <h2 id="parents">${t("parents.title")}</h2>
      <ul role="list" class="parents">
        ${all.map((each) => html`
          <li key=${each.parent_id} class="row apart">
            <${Person} id=${each.parent_id} name=${each.parent_display_name} />
            ${isStudent && html`<${Removal} enrollment=${enrollment} parent=${each} done=${parents.again} />`}
          </li>
        `)}
      </ul>
      ${isStudent && html`<${Code} enrollment=${enrollment} />`}
    </section>
  `;
}

/** @param {{ enrollment: Enrollment, parent: Schemas["EnrollmentParent"], done: () => void }} properties */
function Removal({ enrollment, parent, done }) {
  const name = parent.parent_display_name || t("person.unknown");
  async function end(/** @type {string | null} */ reason) {
    const params = { enrollment_id: enrollment.id, parent_id: parent.parent_id };
    await remove("/api/enrollments/{enrollment_id}/parents/{parent_id}", { params, body: { reason } });
    tell(t("parents.removed", { name }));
    done();
  }
  return html`
    <${AskButton} work=${end} kind="quiet" title=${t("parents.remove_title", { name })} why=${t("parents.remove_why")} reason=${t("reason")}>
      ${t("parents.remove")}
    <//>
  `;
}

/** @param {{ enrollment: Enrollment }} properties */
function Code({ enrollment }) {
  const [code, setCode] = useState(/** @type {Schemas["ParentCode"] | null} */ (null));
  async function create() {
    setCode(await post("/api/enrollments/{enrollment_id}/parent-codes", { params: { enrollment_id: enrollment.id } }));
  }
  return html`
    <p class="muted">${t("parents.why")}</p>
    <div role="status">
      ${code && html`
        <div class="notice stack">
          <p class="code" dir="ltr">${code.code}</p>
          <p>${say("parents.code", { page: html`<a href="/enrollments/join">${t("join.title")}</a>`, time: html`<${When} at=${code.expires_at} />` })}</p>
        </div>
      `}
    </div>
    <div class="row top">
      ${code && html`<button type="button" class="button quiet" onClick=${() => copy(code.code)}>${t("parents.copy")}</button>`}
      <${Action} work=${create} kind="quiet">${code ? t("parents.new_code") : t("parents.create")}<//>
    </div>
  `;
}

/** A parent's own way out. @param {{ enrollment: Enrollment }} properties */
function Leaving({ enrollment }) {
  async function leave() {
    const params = { enrollment_id: enrollment.id, parent_id: String(account.value?.id) };
    await remove("/api/enrollments/{enrollment_id}/parents/{parent_id}", { params, body: {} });
    tell(t("parents.left"));
    go("/enrollments");
  }
  return html`
    <section class="stack" aria-labelledby="parents">
      <h2 id="parents">${t("parents.following")}</h2>
      <p class="muted">${t("parents.following_why")}</p>
      <div class="row"><${Action} work=${leave} kind="quiet">${t("parents.leave")}<//></div>
    </section>
  `;
}
