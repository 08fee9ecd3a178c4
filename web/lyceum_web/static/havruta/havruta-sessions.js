// @ts-check
/** The planned sessions of a havruta, the next one first. */
import { html, useState } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Rsvp } from "./rsvp.js";
import { SessionPlan } from "./session-plan.js";
import { Span } from "../parts/when.js";

const FIRST = 3;
const USUAL = 60; // minutes, of a plan that says nothing

/** @param {{ havruta: Schemas["Havruta"], sessions: Schemas["ListedHavrutaSession"][], again: () => void }} properties */
export function ComingSessions({ havruta, sessions, again }) {
  const [isPlanning, setPlanning] = useState(false);
  const [shown, setShown] = useState(FIRST);
  const left = sessions.length - shown;
  return html`
    <section class="stack">
      <div class="row apart">
        <h2>${t("havruta.coming")}</h2>
        <button type="button" class="button quiet" onClick=${() => setPlanning(true)}>${t("havruta.plan")}</button>
      </div>
      ${sessions.length === 0 && html`<p class="muted">${t("havruta.nothing_planned")}</p>`}
      <ul role="list" class="stack">
        ${sessions.slice(0, shown).map((each) => html`
          <li key=${each.id} class="card stack">
            <h3><a href="/havruta-sessions/${each.id}"><${Span} at=${each.starts_at} minutes=${each.planned_minutes || USUAL} /></a></h3>
            <${Rsvp} id=${each.id} />
          </li>
        `)}
      </ul>
      ${left > 0 && html`
        <p><button type="button" class="button quiet" onClick=${() => setShown(shown + 10)}>
          ${t("more")} <span class="muted">(${number(left)})</span>
        </button></p>
      `}
      ${isPlanning && html`<${SessionPlan} havruta=${havruta} close=${() => setPlanning(false)} done=${again} />`}
    </section>
  `;
}
