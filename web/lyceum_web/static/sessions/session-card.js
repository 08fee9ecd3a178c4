// @ts-check
/** A study session in a list. */
import { html } from "../vendor/ui.js";
import { number, say, t } from "../words.js";
import { Person } from "../parts/person.js";
import { Span } from "../parts/when.js";

/** @param {{ session: any, index?: number }} properties */
export function SessionCard({ session, index }) {
  return html`
    <article class="card linked session-card">
      ${index && html`<span class="number" aria-hidden="true">${number(index)}</span>`}
      <div>
        <h2><a href="/study-sessions/${session.id}"><bdi>${session.title}</bdi></a></h2>
        <p class="row small">
          <${Status} session=${session} />
          <${Span} at=${session.starts_at} minutes=${session.duration_minutes} />
        </p>
        <p class="muted small">${facts(session)}</p>
        <p class="small">
          <${Person} id=${session.host_id} name=${session.host_display_name} isLink=${false} />
          ${" · "}<${Seats} session=${session} />
          ${session.series_id && html`${" · "}<span>${t("series.one_of")}</span>`}
        </p>
      </div>
    </article>
  `;
}

/** @param {{ session: any }} properties */
export function Status({ session }) {
  if (session.status === "live") return html`<span class="badge live">${t("status.live")}</span>`;
  if (session.status === "cancelled") return html`<span class="badge bad">${t("status.cancelled")}</span>`;
  if (session.status === "finished") return html`<span class="badge plain">${t("status.finished")}</span>`;
  return null;
}

/** @param {{ session: any }} properties */
export function Seats({ session }) {
  if (session.seats_left === 0) return html`<span>${t("seats.full")}</span>`;
  return html`<span>${t("seats.left", { count: session.seats_left, all: session.max_participants })}</span>`;
}

/** Subject, kind and place, as one line. @param {any} session */
export function facts(session) {
  /** @type {any[]} */
  const pieces = [html`<bdi>${session.subject}</bdi>`, t(`type.${session.session_type}`)];
  if (session.mode !== "in-person") pieces.push(t(`mode.${session.mode}`));
  if (session.venue_name && session.mode !== "online") pieces.push(html`<bdi>${session.venue_name}</bdi>`);
  if (session.distance_m !== null && session.distance_m !== undefined && session.mode !== "online") {
    pieces.push(say("near.away", { distance: distance(session.distance_m) }));
  }
  return pieces.map((piece, index) => (index ? html`${" · "}${piece}` : piece));
}

/** @param {number} metres */
function distance(metres) {
  if (metres < 950) return number(Math.round(metres / 50) * 50, { style: "unit", unit: "meter" });
  return number(metres / 1000, { style: "unit", unit: "kilometer", maximumFractionDigits: metres < 9950 ? 1 : 0 });
}
