// @ts-check
/** How far a havruta has come through its book, and how long each member has studied. */
import { get } from "../api.js";
import { duration } from "../time.js";
import { html, useId } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Person } from "../parts/person.js";
import { Ref } from "./reference-field.js";

/** @param {{ id: string, changes: number }} properties */
export function HavrutaProgress({ id, changes }) {
  const progress = useLoaded(
    (signal) => get("/api/havrutas/{havruta_id}/progress", { params: { havruta_id: id }, signal }), [id, changes],
  );
  return html`
    <section class="stack">
      <h2>${t("progress.title")}</h2>
      <${Loaded} of=${progress}>
        ${(/** @type {Schemas["HavrutaProgress"]} */ found) => html`<${Shown} ...${found} />`}
      <//>
    </section>
  `;
}

/** @param {Schemas["HavrutaProgress"]} properties */
function Shown({ studied_percent: percent, sessions, minutes_together: together, ranges, members }) {
  const label = useId();
  const share = number(percent / 100, { style: "percent", maximumFractionDigits: 1 });
  return html`
    <p id=${label}><strong class="share">${share}</strong> ${t("progress.of_book")}</p>
    <progress class="progress" max="100" value=${percent} aria-labelledby=${label}></progress>
    ${sessions > 0 && html`
      <p class="muted">${t("progress.sessions", { count: sessions })} · ${t("progress.together", { time: duration(together) })}</p>
      <details class="fold">
        <summary>${t("progress.more")}</summary>
        <div class="stack">
          <ul>${ranges.map((range) => html`<li key=${range}><${Ref} of=${range} /></li>`)}</ul>
          <dl class="facts">
            ${members.map(({ user_id: person, display_name: name, minutes }) => html`
              <dt key=${person}><${Person} id=${person} name=${name} isLink=${false} /></dt>
              <dd>${duration(minutes)}</dd>
            `)}
          </dl>
        </div>
      </details>
    `}
  `;
}
