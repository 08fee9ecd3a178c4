// @ts-check
/** The second factor of an account: a code from an authenticator at each sign-in. */
import { post, remove } from "../api.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Proof } from "./proof.js";

/** @param {{ of: Schemas["SecondFactor"], again: () => void }} properties */
export function SecondFactor({ of: factor, again }) {
  const [codes, setCodes] = useState(/** @type {string[]} */ ([]));
  return html`
    <section class="stack">
      <h2>${t("second_factor.title")}</h2>
      <p>
        ${t("second_factor.why")}${" "}
        <span class="badge ${factor.enabled ? "good" : "plain"}">${t(factor.enabled ? "second_factor.on" : "second_factor.off")}</span>
      </p>
      ${codes.length > 0 && html`<${RecoveryCodes} codes=${codes} />`}
      ${factor.enabled
        ? html`<${WhileOn} left=${factor.recovery_codes_left} show=${setCodes} again=${again} />`
        : html`<${TurnOn} show=${setCodes} again=${again} />`}
    </section>
  `;
}

/** @param {{ show: (codes: string[]) => void, again: () => void }} properties */
function TurnOn({ show, again }) {
  const [secret, setSecret] = useState(/** @type {Schemas["SecondFactorSecret"] | null} */ (null));
  const asking = useForm(async ({ password }) => {
    setSecret(await post("/api/users/me/second-factor", { body: { password } }));
  });
  const enabling = useForm(async ({ code }) => {
    const { recovery_codes } = await post("/api/users/me/second-factor/enable", { body: { code } });
    show(recovery_codes);
    again();
  });
  if (!secret) {
    return html`
      <details class="fold">
        <summary>${t("second_factor.turn_on")}</summary>
        <${Form} of=${asking}>
          <${Proof} of=${asking} needsCode=${false} />
          <div><${Submit} of=${asking}>${t("second_factor.begin")}<//></div>
        <//>
      </details>
    `;
  }
  return html`
    <${Form} of=${enabling}>
      <p>${t("second_factor.scan")}</p>
      <img class="qr" src=${`data:image/svg+xml,${encodeURIComponent(secret.qr_code)}`} alt=${t("second_factor.qr")} />
      <p>${t("second_factor.by_hand")} <code dir="ltr">${secret.secret}</code></p>
      <${Field} of=${enabling} name="code" label=${t("second_factor.first_code")} autocomplete="one-time-code" inputmode="numeric" dir="ltr" />
      <div><${Submit} of=${enabling}>${t("second_factor.turn_on")}<//></div>
    <//>
  `;
}

/** @param {{ left: number, show: (codes: string[]) => void, again: () => void }} properties */
function WhileOn({ left, show, again }) {
  const renewing = useForm(async (values, _key, element) => {
    const { recovery_codes } = await post("/api/users/me/second-factor/recovery-codes", { body: values });
    element.reset();
    show(recovery_codes);
    again();
  });
  const ending = useForm(async (values) => {
    await remove("/api/users/me/second-factor", { body: values });
    show([]);
    again();
  });
  return html`
    <p>${t("second_factor.codes_left", { count: left })}</p>
    <details class="fold">
      <summary>${t("second_factor.new_codes")}</summary>
      <${Form} of=${renewing}>
        <${Proof} of=${renewing} needsCode />
        <div><${Submit} of=${renewing}>${t("second_factor.new_codes")}<//></div>
      <//>
    </details>
    <details class="fold">
      <summary>${t("second_factor.turn_off")}</summary>
      <${Form} of=${ending}>
        <p class="muted">${t("second_factor.turn_off_why")}</p>
        <${Proof} of=${ending} needsCode />
        <div><${Submit} of=${ending} quiet>${t("second_factor.turn_off")}<//></div>
      <//>
    </details>
  `;
}

/** @param {{ codes: string[] }} properties */
function RecoveryCodes({ codes }) {
  return html`
    <div class="notice stack" role="status">
      <p>${t("second_factor.keep_codes")}</p>
      <ul class="codes" role="list" dir="ltr">${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}</ul>
    </div>
  `;
}
