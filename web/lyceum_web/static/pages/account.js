// @ts-check
/** What others see of a person, and how the pages speak to them. */
import { get, patch, post, put, remove } from "../api.js";
import { AccountPage } from "../account/account-tabs.js";
import { draftOf } from "../drafts.js";
import { Action } from "../parts/action.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Loaded, useLoaded, usePages } from "../parts/loading.js";
import { Proof, useSecondFactor } from "../account/proof.js";
import { Ago } from "../parts/when.js";
import { account, remember } from "../sign-in.js";
import { ownZone } from "../time.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

export default function AccountProfile() {
  const own = useLoaded((signal) => get("/api/users/me", { signal }), []);
  return html`
    <${AccountPage}>
      <${Loaded} of=${own}>
        ${(/** @type {Schemas["Account"]} */ found) => html`
          <${Profile} of=${found} />
          <${Username} />
          <${Roles} of=${found} />
        `}
      <//>
    <//>
  `;
}

/** @param {{ of: Schemas["Account"] }} properties */
function Profile({ of: own }) {
  const form = useForm(async ({ display_name, bio, timezone }) => {
    remember(await patch("/api/users/me", { body: { display_name, bio: bio || null, timezone } }));
    tell(t("saved"));
  }, "profile");
  const zones = new Set([own.timezone, ownZone(), ...Intl.supportedValuesOf("timeZone"), "UTC"]);
  return html`
    <${Form} of=${form}>
      <${Field} of=${form} name="display_name" label=${t("register.name")} defaultValue=${own.display_name} maxlength="100" />
      <${Field}
        of=${form} as="textarea" name="bio" label=${t("account.bio")} hint=${t("account.bio_hint")} optional
        defaultValue=${own.bio || ""} maxlength="1000"
      />
      <${Field} of=${form} as="select" name="timezone" label=${t("account.zone")}>
        ${[...zones].map((zone) => html`
          <option value=${zone} selected=${zone === own.timezone}>${zone.replaceAll("_", " ")}</option>
        `)}
      <//>
      <div class="row">
        <${Submit} of=${form}>${t("save")}<//>
        <a href="/users/${own.id}">${t("account.as_others")}</a>
      </div>
    <//>
  `;
}

function Username() {
  const factor = useSecondFactor();
  const form = useForm(async (values, _key, element) => {
    remember(await put("/api/users/me/username", { body: values }));
    element.reset();
    tell(t("saved"));
  });
  return html`
    <section class="stack">
      <h2>${t("register.username")}</h2>
      <p>${say("account.username_now", { name: account.value?.username })}</p>
      <details class="fold">
        <summary>${t("account.username_change")}</summary>
        <${Form} of=${form}>
          <${Field}
            of=${form} name="username" label=${t("account.username_new")} hint=${t("account.username_hint")}
            dir="ltr" maxlength="50" autocomplete="off" autocapitalize="none" spellcheck=${false}
          />
          <${Proof} of=${form} needsCode=${Boolean(factor.value?.enabled)} />
          <div><${Submit} of=${form}>${t("account.username_change")}<//></div>
        <//>
      </details>
    </section>
  `;
}

/** @param {{ of: Schemas["Account"] }} properties */
function Roles({ of: own }) {
  const applications = usePages("/api/users/me/applications", {}, []);
  const open = /** @type {const} */ (["tutor", "author"]).filter((role) => !own.roles.includes(role));
  return html`
    <section class="stack">
      <h2>${t("account.roles")}</h2>
      <p class="row">${own.roles.map((role) => html`<span class="badge">${t(`role.${role}`)}</span>`)}</p>
      <${Loaded} of=${applications}>
        ${(/** @type {Schemas["ApplicationPage"]} */ { items }) => html`
          <ul role="list" class="stack">
            ${items.map((each) => html`<${Sent} key=${each.id} of=${each} again=${applications.again} />`)}
          </ul>
          ${open
            .filter((role) => !items.some((each) => each.role === role && each.status === "pending"))
            .map((role) => html`<${Apply} key=${role} role=${role} again=${applications.again} />`)}
        `}
      <//>
    </section>
  `;
}

/** @param {{ of: Schemas["Application"], again: () => void }} properties */
function Sent({ of: { id, role, status, reason, created_at: at }, again }) {
  async function withdraw() {
    await remove("/api/users/me/applications/{application_id}", { params: { application_id: id } });
    again();
  }
  return html`
    <li class="card row apart">
      <div>
        <p>${t(`application.${role}`)} <span class="badge plain">${t(`application.${status}`)}</span></p>
        <p class="muted small"><${Ago} at=${at} /></p>
        ${reason && html`<p dir="auto">${reason}</p>`}
      </div>
      ${status === "pending" && html`<${Action} work=${withdraw} kind="quiet">${t("application.withdraw")}<//>`}
    </li>
  `;
}

/** @param {{ role: "tutor" | "author", again: () => void }} properties */
function Apply({ role, again }) {
  const [isOpen, setOpen] = useState(() => Boolean(draftOf(`application.${role}`, null)));
  const form = useForm(async ({ text, subjects }, key) => {
    const named = subjects.split(",").map((each) => each.trim()).filter(Boolean);
    await post("/api/users/me/applications", { body: { role, text, subjects: named }, key });
    tell(t("application.sent"));
    again();
  }, `application.${role}`);
  if (!isOpen) {
    return html`<div><button class="button quiet" onClick=${() => setOpen(true)}>${t(`application.become_${role}`)}</button></div>`;
  }
  return html`
    <${Form} of=${form} label=${t(`application.become_${role}`)}>
      <${Field}
        of=${form} as="textarea" name="text" label=${t(`application.become_${role}`)} hint=${t("application.hint")} maxlength="2000"
      />
      <${Field} of=${form} name="subjects" label=${t("application.subjects")} hint=${t("application.subjects_hint")} optional />
      <div class="row">
        <${Submit} of=${form}>${t("application.send")}<//>
        <button type="button" class="button quiet" onClick=${() => setOpen(false)}>${t("back")}</button>
      </div>
    <//>
  `;
}
