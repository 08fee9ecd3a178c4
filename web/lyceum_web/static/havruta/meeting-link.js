// @ts-check
/** The way to where the members of a havruta see and hear each other, if there is one. */
import { html } from "../vendor/ui.js";
import { t } from "../words.js";

/** @param {{ havruta: Schemas["Havruta"] }} properties */
export function MeetingLink({ havruta: { meeting_url: address } }) {
  if (!address) return null;
  return html`<p><a class="button quiet" href=${address} target="_blank" rel="noopener noreferrer">${t("havruta.meet")}</a></p>`;
}
