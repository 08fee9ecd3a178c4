// @ts-check
/** A havruta in a list: what it studies, where it stopped, and when it goes on. */
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Ref } from "./reference-field.js";
import { When } from "../parts/when.js";

/** @param {{ havruta: Schemas["Havruta"] }} properties */
export function HavrutaCard({ havruta }) {
  const { id, name, book, last_place: last, member_count: count, active_session_id: active } = havruta;
  return html`
    <article class="card linked stack tight">
      <div class="row apart">
        <h2><a href="/havrutas/${id}"><bdi>${name}</bdi></a></h2>
        ${active && html`<span class="badge live">${t("havruta.live")}</span>`}
      </div>
      <p class="muted">${last ? say("havruta.stopped_at", { ref: html`<${Ref} of=${last} />` }) : html`<${Ref} of=${book} />`}</p>
      <p class="row small">
        <${Next} havruta=${havruta} />
        <span class="muted">${t("havruta.members", { count })}</span>
      </p>
    </article>
  `;
}

/** @param {{ havruta: Schemas["Havruta"] }} properties */
function Next({ havruta: { active_session_id: active, next_session_at: next, archived_at: archived } }) {
  if (archived) return html`<span class="badge plain">${t("havruta.archived")}</span>`;
  if (active) return html`<span>${t("havruta.now")}</span>`;
  if (next) return html`<span>${say("havruta.next", { time: html`<${When} at=${next} />` })}</span>`;
  return html`<span class="muted">${t("havruta.nothing_planned")}</span>`;
}
