// @ts-check
/**
 * A month as a table of days, in which the arrow keys go from day to day, as
 * https://www.w3.org/WAI/ARIA/apg/patterns/dialog-modal/examples/datepicker-dialog/ describes it.
 */
import { dayAs, dayInFull, shifted, shiftedMonths, startOfWeek, today, weeksOfMonth } from "./days.js";
import { clockTime } from "../time.js";
import { html, useLayoutEffect, useRef } from "../vendor/ui.js";
import { number, t } from "../words.js";

/** @typedef {Schemas["CalendarEntry"]} Entry */

const MOST_SHOWN = 3; // entries of a day

/** The day to which a key leads. @type {Record<string, (day: string) => string>} */
const STEPS = {
  ArrowUp: (day) => shifted(day, -7),
  ArrowDown: (day) => shifted(day, 7),
  ArrowLeft: (day) => shifted(day, isRightToLeft() ? 1 : -1),
  ArrowRight: (day) => shifted(day, isRightToLeft() ? -1 : 1),
  PageUp: (day) => shiftedMonths(day, -1),
  PageDown: (day) => shiftedMonths(day, 1),
  Home: startOfWeek,
  End: (day) => shifted(startOfWeek(day), 6),
};

const isRightToLeft = () => document.documentElement.dir === "rtl";

/** @param {{ day: string, days: Map<string, Entry[]>, labelledBy: string, pick: (day: string) => void }} properties */
export function MonthGrid({ day, days, labelledBy, pick }) {
  const table = useRef(/** @type {HTMLElement | null} */ (null));
  const isByKey = useRef(false);
  const weeks = weeksOfMonth(day);

  useLayoutEffect(() => {
    const button = /** @type {HTMLElement | null | undefined} */ (table.current?.querySelector("button[tabindex='0']"));
    if (isByKey.current) button?.focus();
    isByKey.current = false;
  }, [day]);
  function onKeyDown(/** @type {KeyboardEvent} */ event) {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    isByKey.current = step(day) !== day;
    pick(step(day));
  }
  return html`
    <table class="month" role="grid" aria-labelledby=${labelledBy} ref=${table} onKeyDown=${onKeyDown}>
      <thead>
        <tr>${weeks[0].map((each) => html`
          <th scope="col"><abbr title=${dayAs(each, { weekday: "long" })}>${dayAs(each, { weekday: "short" })}</abbr></th>
        `)}</tr>
      </thead>
      <tbody>
        ${weeks.map((week) => html`
          <tr key=${week[0]}>
            ${week.map((date) => html`
              <td key=${date} role="gridcell" aria-selected=${date === day} class=${date.slice(0, 7) === day.slice(0, 7) ? "" : "outside"}>
                <${Day} date=${date} entries=${days.get(date) || []} isPicked=${date === day} pick=${pick} />
              </td>
            `)}
          </tr>
        `)}
      </tbody>
    </table>
  `;
}

/** @param {{ date: string, entries: Entry[], isPicked: boolean, pick: (day: string) => void }} properties */
function Day({ date, entries, isPicked, pick }) {
  const overlaps = entries.some((each) => each.overlaps);
  const rest = entries.length - MOST_SHOWN;
  return html`
    <button
      type="button" class="day" tabindex=${isPicked ? 0 : -1} aria-current=${date === today() ? "date" : undefined}
      onClick=${() => pick(date)}
    >
      <span class="for-readers">
        ${dayInFull(date)}${entries.length > 0 && `: ${t("calendar.count", { count: entries.length })}`}
        ${overlaps && `, ${t("calendar.some_overlap")}`}
      </span>
      <span class="day-number" aria-hidden="true">${number(Number(date.slice(8)))}</span>
      <span class="day-entries" aria-hidden="true">
        ${entries.slice(0, MOST_SHOWN).map((each) => html`
          <span class="chip ${each.kind}"><b>${clockTime(each.starts_at)}</b><span dir="auto">${each.title}</span></span>
        `)}
        ${rest > 0 && html`<span class="chip">${t("calendar.rest", { count: rest })}</span>`}
      </span>
      ${entries.length > 0 && html`<span class="day-count" aria-hidden="true">${number(entries.length)}</span>`}
    </button>
  `;
}
