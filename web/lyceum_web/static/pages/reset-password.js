// @ts-check
/** Setting a new password with the link from an e-mail: every device is signed out by it. */
import { post } from "../api.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { dropFragment, place } from "../router.js";
import { forget } from "../sign-in.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";

export default function ResetPassword() {
  const [token] = useState(() => place.value.fragment.get("token"));
  const [isDone, setDone] = useState(false);
  useEffect(dropFragment, []);
  const form = useForm(async ({ password }) => {
    await post("/api/auth/reset-password", { body: { token, password } });
    forget();
    setDone(true);
  });
  return html`
    <div class="narrow stack">
      <${Title} of=${t("reset_password.title")} />
      ${isDone && html`
        <p class="notice good" role="status">${t("reset_password.done")}</p>
        <p><a class="button" href="/sign-in">${t("sign_in")}</a></p>
      `}
      ${!isDone && !token && html`<p>${t("reset_password.no_link")} <a href="/forgot-password">${t("sign_in.forgot")}</a></p>`}
      ${!isDone && token && html`
        <p>${t("reset_password.why")}</p>
        <${Form} of=${form} class="narrow">
          <${Field}
            of=${form} name="password" type="password" label=${t("reset_password.new")} hint=${t("password.hint")}
            autocomplete="new-password" minlength="8" maxlength="128"
          />
          <div><${Submit} of=${form}>${t("reset_password.press")}<//></div>
        <//>
      `}
    </div>
  `;
}
