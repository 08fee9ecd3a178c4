// @ts-check
/** The fields by which a person proves that they own the account, before it changes in what protects it. */
import { get } from "../api.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field } from "../parts/form.js";
import { useLoaded } from "../parts/loading.js";

/** What is needed besides the password. */
export function useSecondFactor() {
  return useLoaded((signal) => get("/api/users/me/second-factor", { signal }), []);
}

/** @param {{ of: import("../parts/form.js").FormState, needsCode: boolean, name?: string, label?: string }} properties */
export function Proof({ of: form, needsCode, name = "password", label = t("proof.password") }) {
  return html`
    <${Field} of=${form} name=${name} type="password" label=${label} autocomplete="current-password" />
    ${needsCode && html`
      <${Field}
        of=${form} name="code" label=${t("sign_in.code")} hint=${t("sign_in.code_hint")}
        autocomplete="one-time-code" dir="ltr"
      />
    `}
  `;
}
