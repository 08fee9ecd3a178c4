// @ts-check
/** Days that are not like others of their kind: other hours, or none. */
import { formatted, isoDate } from "../time.js";
import { html, useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { HoursOfDay } from "./hours-of-day.js";

/** @typedef {{ date: string, hours: { start_time: string, end_time: string }[] }} Day */

/** @param {string} date */
const nameOf = (date) => formatted(date, { weekday: "long", day: "numeric", month: "long", year: "numeric" }, "UTC");

/** @param {{ all: Day[], change: (all: Day[]) => void }} properties */
export function ExceptionalDays({ all, change }) {
  const [date, setDate] = useState("");
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const isKnown = all.some((each) => each.date === date);
  function add() {
    if (date && !isKnown) change([...all, { date, hours: [] }]);
    setDate("");
    field.current?.focus();
  }
  function take(/** @type {string} */ gone) {
    change(all.filter((each) => each.date !== gone));
    field.current?.focus();
  }
  const days = all.toSorted((one, other) => one.date.localeCompare(other.date));
  return html`
    <section class="stack" aria-labelledby="exceptions">
      <h2 id="exceptions">${t("availability.exceptions")}</h2>
      <p class="muted">${t("availability.exceptions_why")}</p>
      <ul role="list" class="week">
        ${days.map((each) => html`
          <li key=${each.date}>
            <${HoursOfDay}
              name=${nameOf(each.date)} hours=${each.hours} none=${t("availability.day_off")}
              change=${(/** @type {Day["hours"]} */ hours) => change(all.map((one) => (one === each ? { ...one, hours } : one)))}
            />
            <button type="button" class="button quiet" onClick=${() => take(each.date)}>
              ${t("availability.usual", { day: nameOf(each.date) })}
            </button>
          </li>
        `)}
      </ul>
      <div class="row fields bottom">
        <label class="field"><span>${t("availability.date")}</span>
          <input
            type="date" ref=${field} min=${isoDate(new Date())} value=${date}
            onInput=${(/** @type {any} */ event) => setDate(event.target.value)}
          />
        </label>
        <button type="button" class="button quiet" onClick=${add}>${t("availability.add_date")}</button>
      </div>
    </section>
  `;
}
