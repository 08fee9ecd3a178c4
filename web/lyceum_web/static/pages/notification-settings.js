// @ts-check
/** Which kinds of notifications come where, and the hours in which no e-mail comes. */
import { get, put } from "../api.js";
import { AccountPage } from "../account/account-tabs.js";
import { Field, Form, Submit, Tick, useForm } from "../parts/form.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { hasWords, t } from "../words.js";

/** @typedef {import("../parts/form.js").FormState} FormState */

const WAYS = /** @type {const} */ (["in_app", "email"]);

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
  const kinds = Object.keys(preferences.email);
  const form = useForm(async (values) => {
    const ticked = (/** @type {string} */ way) => Object.fromEntries(kinds.map((kind) => [kind, `${way}.${kind}` in values]));
    const hours = "quiet" in values ? { begins: values.begins, ends: values.ends } : null;
    const body = { email: ticked("email"), in_app: ticked("in_app"), quiet_hours: hours };
    await put("/api/notifications/preferences", { body });
    tell(t("saved"));
  });
  return html`
    <${Form} of=${form}>
      <table class="wanted">
        <caption>${t("notification_settings.where")}</caption>
        <thead>
          <tr>
            <th scope="col">${t("notification_settings.kind")}</th>
            ${WAYS.map((way) => html`<th key=${way} scope="col">${t(`notification_settings.${way}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${kinds.map((kind) => html`<${Kind} key=${kind} kind=${kind} of=${preferences} />`)}
        </tbody>
      </table>
      <${QuietHours} of=${form} hours=${preferences.quiet_hours} />
      <div><${Submit} of=${form}>${t("save")}<//></div>
    <//>
  `;
}

/** @param {{ kind: string, of: any }} properties */
function Kind({ kind, of: preferences }) {
  const name = hasWords(`kind.${kind}`) ? t(`kind.${kind}`) : kind;
  return html`
    <tr>
      <th scope="row">${name}</th>
      ${WAYS.map((way) => html`
        <td key=${way}>
          <label>
            <input
              type="checkbox" name="${way}.${kind}" defaultChecked=${preferences[way][kind]}
              aria-label="${name}: ${t(`notification_settings.${way}`)}"
            />
          </label>
        </td>
      `)}
    </tr>
  `;
}

/** @param {{ of: FormState, hours: Schemas["QuietHours"] | null }} properties */
function QuietHours({ of: form, hours }) {
  const [isOn, setOn] = useState(Boolean(hours));
  return html`
    <fieldset>
      <legend>${t("notification_settings.quiet")}</legend>
      <${Tick}
        name="quiet" checked=${isOn} label=${t("notification_settings.quiet_on")} hint=${t("notification_settings.quiet_hint")}
        onChange=${(/** @type {any} */ event) => setOn(event.currentTarget.checked)}
      />
      ${isOn && html`
        <div class="row">
          <${Field} of=${form} name="begins" type="time" label=${t("notification_settings.begins")} defaultValue=${shown(hours?.begins, "22:00")} />
          <${Field} of=${form} name="ends" type="time" label=${t("notification_settings.ends")} defaultValue=${shown(hours?.ends, "07:00")} />
        </div>
      `}
    </fieldset>
  `;
}

/** The time as a field takes it. @param {string | undefined} time @param {string} otherwise */
function shown(time, otherwise) {
  return time ? time.slice(0, 5) : otherwise;
}
