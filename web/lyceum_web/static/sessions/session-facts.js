// @ts-check
/** When, where and with whom a session is. */
import { fromNow } from "../time.js";
import { html } from "../vendor/ui.js";
import { number, say, t } from "../words.js";
import { Person } from "../parts/person.js";
import { Seats, Status } from "./session-card.js";
import { Title } from "../parts/title.js";
import { Span } from "../parts/when.js";

/** @param {{ session: Schemas["StudySessionDetails"], isInside: boolean }} properties */
export function SessionFacts({ session, isInside }) {
  const isOpen = session.status === "live" || session.status === "starting-soon";
  return html`
    <header class="session-head stack">
      <div>
        <p class="row small">
          <${Status} session=${session} />
          <span class="muted"><bdi>${session.subject}</bdi> · ${t(`type.${session.session_type}`)} · ${t(`mode.${session.mode}`)}</span>
          ${session.visibility !== "public" && html`<span class="badge plain">${t(`visibility.${session.visibility}`)}</span>`}
        </p>
        <${Title} of=${session.title}><bdi>${session.title}</bdi><//>
      </div>
      <dl class="session-facts">
        <div>
          <dt>${t("session.when")}</dt>
          <dd>
            <${Span} at=${session.starts_at} minutes=${minutesOf(session)} />
            ${session.status === "starting-soon" && html`<br /><span class="muted">${fromNow(session.starts_at)}</span>`}
          </dd>
        </div>
        ${session.mode !== "online" && html`<div><dt>${t("session.where")}</dt><dd><${Where} session=${session} /></dd></div>`}
        ${session.mode !== "in-person" && html`<div><dt>${t("session.link")}</dt><dd><${Meeting} session=${session} isInside=${isInside} /></dd></div>`}
        <div><dt>${t("session.host")}</dt><dd><${Person} id=${session.host_id} name=${session.host_display_name ?? null} /></dd></div>
        ${isOpen && html`<div><dt>${t("session.seats")}</dt><dd><${Seats} session=${session} /></dd></div>`}
      </dl>
      ${session.status === "cancelled" && html`
        <div class="notice bad-notice">
          <p>${t("session.cancelled")}</p>
          ${session.cancellation_reason && html`<p dir="auto">“${session.cancellation_reason}”</p>`}
        </div>
      `}
    </header>
  `;
}

/** How long it is, or was. @param {Schemas["StudySessionDetails"]} session */
const minutesOf = ({ starts_at: from, ends_at: to }) => Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 60_000));

/** @param {{ session: Schemas["StudySessionDetails"] }} properties */
function Where({ session: { venue_name: venue, latitude, longitude, location_visibility: shown, my_participation: mine } }) {
  const isRough = shown === "approximate" && !mine?.is_active;
  const degrees = (/** @type {number} */ value) => number(value, { maximumFractionDigits: isRough ? 2 : 5 });
  return html`
    ${venue && html`<bdi>${venue}</bdi><br />`}
    <span class="muted small" dir="ltr">${degrees(latitude)}, ${degrees(longitude)}</span>
    ${isRough && html`<br /><span class="muted small">${t("session.rough")}</span>`}
  `;
}

/** @param {{ session: Schemas["StudySessionDetails"], isInside: boolean }} properties */
function Meeting({ session: { meeting_url: url }, isInside }) {
  if (!isInside) return html`<span class="muted">${t("session.link_later")}</span>`;
  if (!url) return html`<span class="muted">${t("session.no_link")}</span>`;
  const site = new URL(url).host;
  return html`<a href=${url} target="_blank" rel="noopener noreferrer">${say("session.open_link", { site })}</a>`;
}
