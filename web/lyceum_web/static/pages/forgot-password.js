// @ts-check
/** Asking for an e-mail with which a new password can be set. */
import { post } from "../api.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

export default function ForgotPassword() {
  const [sentTo, setSentTo] = useState("");
  const form = useForm(async ({ email }) => {
    await post("/api/auth/forgot-password", { body: { email } });
    setSentTo(email);
  });
  return html`
    <div class="narrow stack">
      <${Title} of=${t("forgot_password.title")} />
      ${sentTo && html`<p class="notice good" role="status">${say("forgot_password.sent", { email: sentTo })}</p>`}
      ${!sentTo && html`
        <p>${t("forgot_password.why")}</p>
        <${Form} of=${form} class="narrow">
          <${Field} of=${form} name="email" type="email" label=${t("email")} autocomplete="email" />
          <div><${Submit} of=${form}>${t("forgot_password.press")}<//></div>
        <//>
      `}
      <p><a href="/sign-in">${t("sign_in")}</a></p>
    </div>
  `;
}
