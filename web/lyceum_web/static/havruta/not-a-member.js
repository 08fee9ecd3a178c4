// @ts-check
/** In place of a havruta that the person was in a moment ago. */
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Title } from "../parts/title.js";

export function NotAMember() {
  return html`
    <div class="narrow stack">
      <${Title} of=${t("havruta.out")} />
      <p role="alert">${t("havruta.out_why")}</p>
      <p><a class="button" href="/havrutas">${t("havrutas.title")}</a></p>
    </div>
  `;
}
