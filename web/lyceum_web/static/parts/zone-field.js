// @ts-check
/** A field for a time zone, out of those that the browser knows. */
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field } from "./form.js";

/** @param {{ of: import("./form.js").FormState, name: string, value: string, hint?: string }} properties */
export function ZoneField({ of: form, name, value, hint }) {
  const zones = [...new Set([value, ...Intl.supportedValuesOf("timeZone")])].sort();
  return html`
    <${Field} of=${form} name=${name} as="select" label=${t("zone.label")} hint=${hint}>
      ${zones.map((zone) => html`<option key=${zone} value=${zone} selected=${zone === value}>${zone.replaceAll("_", " ")}</option>`)}
    <//>
  `;
}
