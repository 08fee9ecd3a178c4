// @ts-check
/** A choice among the time zones that the browser knows. */
import { ownZone } from "../time.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field } from "./form.js";

/** @param {{ of: import("./form.js").FormState, name?: string }} properties */
export function ZoneField({ of: form, name = "timezone" }) {
  const own = ownZone();
  const zones = [...new Set([own, ...Intl.supportedValuesOf("timeZone")])];
  return html`
    <${Field} of=${form} name=${name} as="select" label=${t("plan.zone")}>
      ${zones.map((zone) => html`<option value=${zone} selected=${zone === own}>${zone.replaceAll("_", " ")}</option>`)}
    <//>
  `;
}
