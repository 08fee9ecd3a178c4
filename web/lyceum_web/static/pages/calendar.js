// @ts-check
/** All sessions of the person: as a list by days, or as a month. */
import { get } from "../api.js";
import { dayAs, dayInFull, daysBetween, shifted, shiftedMonths, today, weeksOfMonth } from "../calendar/days.js";
import { byDay, Entries } from "../calendar/calendar-entry.js";
import { CalendarFeed } from "../calendar/calendar-feed.js";
import { Icon } from "../parts/icon.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { MonthGrid } from "../calendar/month-grid.js";
import { useOwnEvents } from "../parts/own-events.js";
import { Title } from "../parts/title.js";
import { note, place } from "../router.js";
import { moment } from "../time.js";
import { html, useId, useState } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {Schemas["CalendarEntry"]} Entry */
/** @typedef {{ entries: Entry[], isWhole: boolean }} Found */

const LISTED = 28; // days of the list

/** What the address asks for. */
function asked() {
  const { query } = place.value;
  const day = query.get("day") || "";
  return { day: Number.isNaN(Date.parse(`${day}T00:00Z`)) ? today() : day, isMonth: query.get("view") === "month" };
}

export default function Calendar() {
  const [{ day, isMonth }, setShown] = useState(asked);
  const [first, last] = isMonth ? monthAround(day) : [day, shifted(day, LISTED - 1)];
  const found = useLoaded((signal) => entriesOf(first, last, signal), [first, last]);
  useOwnEvents(found.again);

  function show(/** @type {Partial<ReturnType<typeof asked>>} */ changes) {
    const next = { day, isMonth, ...changes };
    setShown(next);
    note({ view: next.isMonth ? "month" : "", day: next.day === today() ? "" : next.day });
  }
  const period = isMonth ? dayAs(day, { month: "long", year: "numeric" }) : daysBetween(first, last);
  const move = (/** @type {number} */ by) => show({ day: isMonth ? shiftedMonths(day, by) : shifted(day, by * LISTED) });
  const id = useId();
  return html`
    <div class="stack calendar">
      <div class="row apart">
        <${Title} of=${t("calendar.title")} />
        <div class="row tight" role="group" aria-label=${t("calendar.view")}>
          <button class="button quiet" aria-pressed=${!isMonth} onClick=${() => show({ isMonth: false })}>${t("calendar.list")}</button>
          <button class="button quiet" aria-pressed=${isMonth} onClick=${() => show({ isMonth: true })}>${t("calendar.month")}</button>
        </div>
      </div>
      <div class="row apart">
        <h2 id=${id}><span role="status">${period}</span></h2>
        <div class="row tight">
          <button class="icon-button turned" aria-label=${t("calendar.previous")} onClick=${() => move(-1)}><${Icon} name="back" /></button>
          <button class="button quiet" onClick=${() => show({ day: today() })}>${t("calendar.today")}</button>
          <button class="icon-button turned next" aria-label=${t("calendar.next")} onClick=${() => move(1)}><${Icon} name="back" /></button>
        </div>
      </div>
      <${Loaded} of=${found}>
        ${(/** @type {Found} */ { entries, isWhole }) => html`
          ${!isWhole && html`<p class="notice warm" role="status">${t("calendar.not_whole")}</p>`}
          ${isMonth
            ? html`<${Month} day=${day} days=${byDay(entries, first)} labelledBy=${id} again=${found.again} pick=${(/** @type {string} */ to) => show({ day: to })} />`
            : html`<${Agenda} days=${byDay(entries, first)} isStale=${found.isStale} again=${found.again} />`}
        `}
      <//>
      <${CalendarFeed} />
    </div>
  `;
}

/** The first and the last day that the month's table has. @param {string} day @returns {[string, string]} */
function monthAround(day) {
  const weeks = weeksOfMonth(day);
  return [weeks[0][0], weeks[weeks.length - 1][6]];
}

/**
 * Everything from one day to another: the platform gives it in pieces, and what goes on between two is in both.
 * @param {string} first @param {string} last @param {AbortSignal} signal @returns {Promise<Found>}
 */
async function entriesOf(first, last, signal) {
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  let isWhole = true;
  /** @type {string | null} */
  let from = moment(`${first}T00:00`);
  const to = moment(`${shifted(last, 1)}T00:00`);
  while (from) {
    const page = /** @type {Schemas["Calendar"]} */ (await get("/api/calendar", { query: { from, to }, signal }));
    for (const entry of page.items) {
      const known = entries.get(entry.kind + entry.id);
      entries.set(entry.kind + entry.id, { ...entry, overlaps: entry.overlaps || Boolean(known?.overlaps) });
    }
    isWhole &&= !page.degraded?.length;
    from = page.next_from;
  }
  return { entries: [...entries.values()], isWhole };
}

/** @param {{ days: Map<string, Entry[]>, isStale: boolean, again: () => void }} properties */
function Agenda({ days, isStale, again }) {
  if (days.size === 0) return isStale ? null : html`<${Nothing} />`;
  return [...days].map(([date, entries]) => html`
    <section key=${date} class="agenda-day" aria-labelledby="day-${date}">
      <h3 id="day-${date}" class=${date === today() ? "is-today" : ""}>
        ${dayInFull(date)}${date === today() && html` <span class="badge">${t("calendar.today")}</span>`}
      </h3>
      <${Entries} day=${date} entries=${entries} again=${again} />
    </section>
  `);
}

/**
 * @param {{ day: string, days: Map<string, Entry[]>, labelledBy: string, pick: (day: string) => void, again: () => void }}
 *   properties
 */
function Month({ day, days, labelledBy, pick, again }) {
  const entries = days.get(day) || [];
  return html`
    <${MonthGrid} day=${day} days=${days} labelledBy=${labelledBy} pick=${pick} />
    <section class="stack" aria-labelledby="picked">
      <h2 id="picked">${dayInFull(day)}</h2>
      ${entries.length > 0 ? html`<${Entries} day=${day} entries=${entries} again=${again} />` : html`<p class="muted">${t("calendar.free")}</p>`}
    </section>
  `;
}

function Nothing() {
  return html`
    <div class="empty stack">
      <p>${t("calendar.nothing")}</p>
      <p class="row"><a class="button" href="/">${t("dashboard.find_session")}</a><a class="button quiet" href="/courses">${t("dashboard.find_tutor")}</a></p>
    </div>
  `;
}
