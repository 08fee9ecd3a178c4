// @ts-check
/** People: their name as they write it, with a link to their page. */
import { html } from "../vendor/ui.js";
import { t } from "../words.js";

/**
 * @typedef {{ id: string | null, name: string | null, isLink?: boolean }} PersonProperties
 * A person without an id has left the platform; one without a name could not be asked for.
 */

/** @param {PersonProperties} properties */
export function Person({ id, name, isLink = true }) {
  if (!id) return html`<span class="muted">${t("person.gone")}</span>`;
  const shown = html`<bdi>${name || t("person.unknown")}</bdi>`;
  return isLink ? html`<a class="person" href="/users/${id}">${shown}</a>` : html`<span class="person">${shown}</span>`;
}

/** The beginnings of a name in a circle; pictures from other servers would tell these who looks. @param {{ name: string | null }} properties */
export function Initials({ name }) {
  const letters = (name || "?").split(/\s+/).slice(0, 2).map((word) => [...word][0]);
  return html`<span class="initials" aria-hidden="true">${letters.join("")}</span>`;
}
