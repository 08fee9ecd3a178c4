// @ts-check
/** What protects an account: its address, its password, the second factor, passkeys. */
import { get, put, post, remove } from "../api.js";
import { AccountPage } from "../account/account-tabs.js";
import { Action } from "../parts/action.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Loaded } from "../parts/loading.js";
import { Passkeys } from "../account/passkey-list.js";
import { Proof, useSecondFactor } from "../account/proof.js";
import { SecondFactor } from "../account/second-factor.js";
import { account, remember } from "../sign-in.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";

export default function Security() {
  const factor = useSecondFactor();
  return html`
    <${AccountPage}>
      <${Loaded} of=${factor}>
        ${(/** @type {Schemas["SecondFactor"]} */ found) => html`
          <${Address} needsCode=${found.enabled} />
          <${Password} needsCode=${found.enabled} />
          <${SecondFactor} of=${found} again=${factor.again} />
          <${Passkeys} needsCode=${found.enabled} />
        `}
      <//>
    <//>
  `;
}

/** @param {{ needsCode: boolean }} properties */
function Address({ needsCode }) {
  const own = account.value;
  const form = useForm(async (values, _key, element) => {
    await post("/api/users/me/email", { body: values });
    element.reset();
    remember(await get("/api/users/me"));
    tell(t("security.address_sent"));
  });
  async function withdraw() {
    await remove("/api/users/me/email");
    remember(await get("/api/users/me"));
  }
  async function resend() {
    await post("/api/auth/verify-email/resend");
    tell(t("verify_email.sent"));
  }
  if (!own) return null;
  return html`
    <section class="stack">
      <h2>${t("email")}</h2>
      <p>
        <bdi>${own.email}</bdi>${" "}
        <span class="badge ${own.email_verified ? "good" : "bad"}">
          ${t(own.email_verified ? "security.confirmed" : "security.unconfirmed")}
        </span>
      </p>
      ${!own.email_verified && html`<${Action} work=${resend} kind="quiet">${t("verify_email.again")}<//>`}
      ${own.pending_email && html`
        <p class="notice">${say("security.address_pending", { email: own.pending_email })}</p>
        <${Action} work=${withdraw} kind="quiet">${t("security.address_withdraw")}<//>
      `}
      <details class="fold">
        <summary>${t("security.address_change")}</summary>
        <${Form} of=${form}>
          <${Field} of=${form} name="email" type="email" label=${t("security.address_new")} autocomplete="email" maxlength="255" />
          <${Proof} of=${form} needsCode=${needsCode} />
          <div><${Submit} of=${form}>${t("security.address_change")}<//></div>
        <//>
      </details>
    </section>
  `;
}

/** @param {{ needsCode: boolean }} properties */
function Password({ needsCode }) {
  const form = useForm(async (values, _key, element) => {
    await put("/api/users/me/password", { body: values });
    element.reset();
    tell(t("security.password_changed"));
  });
  return html`
    <section class="stack">
      <h2>${t("password")}</h2>
      <details class="fold">
        <summary>${t("security.password_change")}</summary>
        <${Form} of=${form}>
          <p class="muted">${t("security.password_why")}</p>
          <${Proof} of=${form} name="current_password" needsCode=${needsCode} />
          <${Field}
            of=${form} name="new_password" type="password" label=${t("reset_password.new")} hint=${t("password.hint")}
            autocomplete="new-password" minlength="8" maxlength="128"
          />
          <div><${Submit} of=${form}>${t("security.password_change")}<//></div>
        <//>
      </details>
    </section>
  `;
}
