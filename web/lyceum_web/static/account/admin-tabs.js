// @ts-check
/** The head of each page for admins. What they do there needs a second factor, shown within the last 15 minutes. */
import { post } from "../api.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Tabbed } from "../parts/tabbed.js";
import { Trouble } from "../parts/trouble.js";

const TABS = [
  { address: "/admin/reports", words: "admin.reports" },
  { address: "/admin/users", words: "admin.users" },
  { address: "/admin/applications", words: "admin.applications" },
];

/** @param {{ children: unknown }} properties */
export function AdminPage({ children }) {
  return html`<${Tabbed} tabs=${TABS} label=${t("admin.tabs")}>${children}<//>`;
}

/** What is shown to an admin once they have confirmed who they are. @param {{ of: any, children: (value: any) => unknown }} properties */
export function Confirmed({ of: loaded, children }) {
  const { value, problem, again } = loaded;
  if (problem?.code === "confirmation_required") return html`<${Confirm} again=${again} />`;
  if (problem?.code === "second_factor_needed") {
    return html`<p class="notice">${t("admin.second_factor")} <a href="/account/security">${t("account.security")}</a></p>`;
  }
  if (value !== undefined) return children(value);
  if (problem) return html`<${Trouble} problem=${problem} again=${again} />`;
  return html`<div class="loading" aria-busy="true"></div>`;
}

/** @param {{ again: () => void }} properties */
function Confirm({ again }) {
  const form = useForm(async (values) => {
    await post("/api/auth/confirm", { body: values });
    again();
  });
  return html`
    <${Form} of=${form} class="narrow">
      <p>${t("admin.confirm_why")}</p>
      <${Field}
        of=${form} name="code" label=${t("sign_in.code")} hint=${t("sign_in.code_hint")} autocomplete="one-time-code" dir="ltr"
      />
      <div><${Submit} of=${form}>${t("admin.confirm")}<//></div>
    <//>
  `;
}
