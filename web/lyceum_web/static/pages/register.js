// @ts-check
/** A new account: its time zone and language are those of the browser. */
import { patch, post } from "../api.js";
import { ZONE } from "../early.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { go, wantedOr } from "../router.js";
import { begin, remember } from "../sign-in.js";
import { html } from "../vendor/ui.js";
import { language, t } from "../words.js";

export default function Register() {
  const form = useForm(async (values) => {
    begin(await post("/web/register", { body: values }));
    await settle();
    go(wantedOr("/verify-email"), { replace: true });
  });
  return html`
    <div class="narrow stack">
      <${Title} of=${t("register.title")} />
      <p class="muted">${t("register.why")}</p>
      <${Form} of=${form} class="narrow">
        <${Field}
          of=${form} name="display_name" label=${t("register.name")} hint=${t("register.name_hint")}
          autocomplete="name" maxlength="100"
        />
        <${Field}
          of=${form} name="username" label=${t("register.username")} hint=${t("register.username_hint")}
          autocomplete="username" dir="ltr" maxlength="50" autocapitalize="none" spellcheck=${false}
        />
        <${Field} of=${form} name="email" type="email" label=${t("email")} autocomplete="email" maxlength="255" />
        <${Field}
          of=${form} name="password" type="password" label=${t("password")} hint=${t("password.hint")}
          autocomplete="new-password" minlength="8" maxlength="128"
        />
        <${Submit} of=${form}>${t("register")}<//>
      <//>
      <p>${t("register.known")} <a href=${`/sign-in${location.search}`}>${t("sign_in")}</a></p>
    </div>
  `;
}

/** The account begins in the browser's zone and language; without them it works as well. */
async function settle() {
  const body = { timezone: ZONE, locale: language.value };
  try {
    remember(await patch("/api/users/me", { body }));
  } catch {
    // The account is there, and its owner can set both later.
  }
}
