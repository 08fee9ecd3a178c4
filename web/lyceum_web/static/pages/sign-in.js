// @ts-check
/** Signing in: by password, with a code of the second factor where the account has one, or by passkey. */
import { Problem, post } from "../api.js";
import { canUsePasskeys, signInByPasskey } from "../account/passkeys.js";
import { Action } from "../parts/action.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { go, wantedOr } from "../router.js";
import { begin } from "../sign-in.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";

export default function SignIn() {
  const [ticket, setTicket] = useState("");
  return html`
    <div class="narrow stack">
      <${Title} of=${t("sign_in.title")} />
      ${ticket ? html`<${Code} ticket=${ticket} back=${() => setTicket("")} />` : html`<${Password} next=${setTicket} />`}
    </div>
  `;
}

/** @param {any} answer */
function enter(answer) {
  begin(answer);
  go(wantedOr("/dashboard"), { replace: true });
}

/** @param {{ next: (ticket: string) => void }} properties */
function Password({ next }) {
  const form = useForm(async ({ login, password }) => {
    try {
      enter(await post("/web/sign-in", { body: { login, password } }));
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code !== "mfa_required") throw problem;
      next(String(problem.document.ticket));
    }
  });
  return html`
    <${Form} of=${form} class="narrow">
      <${Field} of=${form} name="login" label=${t("sign_in.login")} autocomplete="username" dir="ltr" />
      <${Field} of=${form} name="password" type="password" label=${t("password")} autocomplete="current-password" />
      <div class="row">
        <${Submit} of=${form}>${t("sign_in")}<//>
        <a href="/forgot-password">${t("sign_in.forgot")}</a>
      </div>
    <//>
    ${canUsePasskeys() && html`<${Passkey} />`}
    <p>${t("sign_in.new_here")} <a href=${`/register${location.search}`}>${t("register")}</a></p>
  `;
}

function Passkey() {
  async function byPasskey() {
    const answer = await signInByPasskey();
    if (answer) enter(answer);
  }
  return html`<div><${Action} work=${byPasskey} kind="quiet">${t("sign_in.passkey")}<//></div>`;
}

/** @param {{ ticket: string, back: () => void }} properties */
function Code({ ticket, back }) {
  const form = useForm(async ({ code }) => enter(await post("/web/sign-in/code", { body: { ticket, code } })));
  return html`
    <${Form} of=${form} class="narrow">
      <${Field}
        of=${form} name="code" label=${t("sign_in.code")} hint=${t("sign_in.code_hint")}
        autocomplete="one-time-code" dir="ltr"
      />
      <div class="row">
        <${Submit} of=${form}>${t("sign_in")}<//>
        <button type="button" class="button quiet" onClick=${back}>${t("back")}</button>
      </div>
    <//>
  `;
}
