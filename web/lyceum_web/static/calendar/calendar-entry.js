// @ts-check
/** A session of any kind in a calendar. */
import { nearDay } from "./days.js";
import { clockTime, isoDate } from "../time.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Icon } from "../parts/icon.js";
import { LeaveWaitlist } from "../sessions/waitlist.js";

/** @typedef {Schemas["CalendarEntry"]} Entry */

/** @type {Record<Entry["kind"], any>} */
const ICONS = { study_session: "pin", tutoring_session: "tutor", havruta_session: "book" };
const LIVE = new Set(["live", "in-progress", "active"]);
const OVER = new Set(["finished", "completed"]);

/** The entries of each day. @param {Entry[]} entries @param {string} first the first day that is shown */
export function byDay(entries, first) {
  /** @type {Map<string, Entry[]>} */
  const days = new Map();
  for (const entry of entries) {
    const began = isoDate(entry.starts_at);
    const day = began < first ? first : began;
    days.set(day, [...(days.get(day) || []), entry]);
  }
  return days;
}

/** @param {{ day: string, entries: Entry[], again: () => void }} properties */
export function Entries({ day, entries, again }) {
  return html`
    <ol role="list" class="card entries">
      ${entries.map((each) => html`<${CalendarEntry} key=${each.kind + each.id} day=${day} again=${again} ...${each} />`)}
    </ol>
  `;
}

/** What began on an earlier day says so. @param {Entry & { day: string, again: () => void }} properties */
function CalendarEntry({ day, again, ...entry }) {
  const { id, kind, title, starts_at: from, ends_at: to, status, location, path, tentative, overlaps } = entry;
  const began = isoDate(from);
  return html`
    <li class="entry ${kind} ${OVER.has(status) ? "over" : ""} ${tentative ? "tentative" : ""}">
      <p class="entry-when">
        <time datetime=${from}>${began !== day && `${nearDay(began)} `}${clockTime(from)}</time>–<time datetime=${to}>${clockTime(to)}</time>
      </p>
      <div>
        <h3><a href=${path.replace(/^\/api/, "")}><bdi>${title}</bdi></a></h3>
        <p class="row small">
          ${LIVE.has(status) && html`<span class="badge live">${t("status.live")}</span>`}
          ${OVER.has(status) && html`<span class="badge plain">${t("status.finished")}</span>`}
          ${tentative && html`<span class="badge">${t("calendar.tentative")}</span>`}
          ${overlaps && html`<span class="badge bad">${t("calendar.overlaps")}</span>`}
          <span class="muted row tight"><${Icon} name=${ICONS[kind]} />${t(`calendar.${kind}`)}</span>
          ${location && html`<bdi class="muted">${location}</bdi>`}
        </p>
        ${tentative && html`<p><${LeaveWaitlist} id=${id} title=${title} again=${again} /></p>`}
      </div>
    </li>
  `;
}
