// @ts-check
/** Which kinds of notifications come by e-mail as well. */
import { get, put } from "../api.js";
import { AccountPage } from "../account/account-tabs.js";
import { Form, Submit, Tick, useForm } from "../parts/form.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { hasWords, t } from "../words.js";

export default function NotificationSettings() {
  const preferences = useLoaded((signal) => get("/api/notifications/preferences", { signal }), []);
  return html`
    <${AccountPage}>
      <${Loaded} of=${preferences}>
        ${(/** @type {Schemas["NotificationPreferences"]} */ found) => html`<${Preferences} of=${found} />`}
      <//>
    <//>
  `;
}

/** @param {{ of: Schemas["NotificationPreferences"] }} properties */
function Preferences({ of: preferences }) {
  const kinds = Object.keys(preferences);
  const form = useForm(async (values) => {
    const body = Object.fromEntries(kinds.map((kind) => [kind, kind in values]));
    await put("/api/notifications/preferences", { body });
    tell(t("saved"));
  });
  return html`
    <${Form} of=${form}>
      <fieldset>
        <legend>${t("notification_settings.by_email")}</legend>
        <p class="hint">${t("notification_settings.why")}</p>
        ${Object.entries(preferences).map(([kind, isOn]) => html`
          <${Tick} key=${kind} name=${kind} defaultChecked=${isOn} label=${nameOf(kind)} />
        `)}
      </fieldset>
      <div><${Submit} of=${form}>${t("save")}<//></div>
    <//>
  `;
}

/** @param {string} kind */
function nameOf(kind) {
  return hasWords(`kind.${kind}`) ? t(`kind.${kind}`) : kind;
}
