// @ts-check
/** All accounts, for admins: found by name, suspended, given roles. */
import { post, put } from "../api.js";
import { AdminPage, Confirmed } from "../account/admin-tabs.js";
import { AskButton } from "../parts/ask.js";
import { Form, Submit, Tick, useForm } from "../parts/form.js";
import { More, usePages } from "../parts/loading.js";
import { Person } from "../parts/person.js";
import { Ago } from "../parts/when.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

const STATES = ["active", "suspended", "unverified"];
const ROLES = /** @type {const} */ (["learner", "tutor", "parent", "author", "admin"]);

export default function AdminUsers() {
  const [wish, setWish] = useState({ q: "", state: "" });
  const users = usePages("/api/admin/users", { query: wish }, [wish.q, wish.state]);
  const chosen = (/** @type {"q" | "state"} */ name) => (/** @type {Event} */ event) =>
    setWish({ ...wish, [name]: /** @type {HTMLInputElement} */ (event.target).value });
  return html`
    <${AdminPage}>
      <search class="row">
        <label class="field"><span>${t("admin.name_begins")}</span>
          <input type="search" dir="ltr" value=${wish.q} onChange=${chosen("q")} />
        </label>
        <label class="field"><span>${t("admin.state")}</span>
          <select value=${wish.state} onChange=${chosen("state")}>
            <option value="">${t("near.any")}</option>
            ${STATES.map((state) => html`<option value=${state}>${t(`admin.${state}`)}</option>`)}
          </select>
        </label>
      </search>
      <${Confirmed} of=${users}>
        ${(/** @type {Schemas["SeenUserPage"]} */ { items }) => html`
          ${items.length === 0 && html`<p class="empty">${t("admin.no_users")}</p>`}
          <ul role="list" class="stack">
            ${items.map((each) => html`<li key=${each.id}><${User} of=${each} again=${users.again} /></li>`)}
          </ul>
          <${More} of=${users} />
        `}
      <//>
    <//>
  `;
}

/** @param {{ of: Schemas["SeenUser"], again: () => void }} properties */
function User({ of: user, again }) {
  const params = { user_id: user.id };
  async function suspend(/** @type {string} */ reason) {
    await post("/api/admin/users/{user_id}/suspend", { params, body: { reason } });
    again();
  }
  async function lift(/** @type {string} */ reason) {
    await post("/api/admin/users/{user_id}/lift-suspension", { params, body: { reason } });
    again();
  }
  const isSuspended = Boolean(user.suspension && !user.suspension.lifted_at);
  return html`
    <article class="card stack">
      <p class="row">
        <${Person} id=${user.id} name=${user.display_name} />
        <span class="muted" dir="ltr">@${user.username}</span>
        <span class="muted" dir="ltr">${user.email}</span>
        ${!user.email_verified && html`<span class="badge plain">${t("admin.unverified")}</span>`}
        ${isSuspended && html`<span class="badge bad">${t("admin.suspended")}</span>`}
      </p>
      ${user.last_signed_in_at && html`
        <p class="muted small">${say("admin.last_signed_in", { time: html`<${Ago} at=${user.last_signed_in_at} />` })}</p>
      `}
      ${isSuspended && html`<p dir="auto">${user.suspension?.reason}</p>`}
      <div class="row">
        ${isSuspended
          ? html`<${AskButton} work=${lift} title=${t("admin.lift")} why=${t("admin.lift_why")} kind="quiet" reason=${t("reason")} needsReason>${t("admin.lift")}<//>`
          : html`<${AskButton} work=${suspend} title=${t("admin.suspend")} why=${t("admin.suspend_why")} kind="danger" reason=${t("reason")} needsReason>${t("admin.suspend")}<//>`}
      </div>
      <${Roles} of=${user} again=${again} />
    </article>
  `;
}

/** @param {{ of: Schemas["SeenUser"], again: () => void }} properties */
function Roles({ of: user, again }) {
  const form = useForm(async (values) => {
    const roles = ROLES.filter((role) => role in values);
    await put("/api/users/{user_id}/roles", { params: { user_id: user.id }, body: { roles } });
    tell(t("saved"));
    again();
  });
  return html`
    <details class="fold">
      <summary>${t("account.roles")}: ${user.roles.map((role) => t(`role.${role}`)).join(", ")}</summary>
      <${Form} of=${form} label=${`${t("account.roles")}: ${user.username}`}>
        ${ROLES.map((role) => html`
          <${Tick} key=${role} name=${role} label=${t(`role.${role}`)} defaultChecked=${user.roles.includes(role)} />
        `)}
        <div><${Submit} of=${form} quiet>${t("save")}<//></div>
      <//>
    </details>
  `;
}
