// @ts-check
/** The hours of one day: any number of stretches, each from when until when. */
import { html, useRef } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Icon } from "../parts/icon.js";

/** @typedef {{ start_time: string, end_time: string }} Hours */

const FIRST = { start_time: "16:00", end_time: "20:00" };

/** The next stretch begins where the last ends. @param {Hours[]} hours @returns {Hours} */
function nextAfter(hours) {
  const last = hours.at(-1);
  return last ? { start_time: last.end_time, end_time: "00:00" } : FIRST;
}

/** @param {{ name: string, hours: Hours[], none: string, change: (hours: Hours[]) => void }} properties */
export function HoursOfDay({ name, hours, none, change }) {
  const adding = useRef(/** @type {HTMLButtonElement | null} */ (null));
  function set(/** @type {number} */ index, /** @type {Partial<Hours>} */ changes) {
    change(hours.map((each, at) => (at === index ? { ...each, ...changes } : each)));
  }
  function take(/** @type {number} */ index) {
    change(hours.filter((_, at) => at !== index));
    adding.current?.focus();
  }
  return html`
    <fieldset class="day-hours">
      <legend>${name}</legend>
      <div class="stretches">
        ${hours.length === 0 && html`<p class="muted">${none}</p>`}
        ${hours.map((each, index) => html`
          <div key=${index} class="row">
            <${TimeField}
              label=${t("availability.from", { day: name, number: number(index + 1) })} value=${each.start_time}
              set=${(/** @type {string} */ time) => set(index, { start_time: time })}
            />
            <span aria-hidden="true">–</span>
            <${TimeField}
              label=${t("availability.until", { day: name, number: number(index + 1) })} value=${each.end_time}
              set=${(/** @type {string} */ time) => set(index, { end_time: time })}
            />
            <button
              type="button" class="icon-button" onClick=${() => take(index)}
              aria-label=${t("availability.remove", { day: name, from: each.start_time, until: each.end_time })}
            ><${Icon} name="close" /></button>
          </div>
        `)}
      </div>
      <button
        type="button" class="button quiet" ref=${adding} aria-label=${t("availability.add_to", { day: name })}
        onClick=${() => change([...hours, nextAfter(hours)])}
      >${t("availability.add")}</button>
    </fieldset>
  `;
}

/** @param {{ label: string, value: string, set: (time: string) => void }} properties */
function TimeField({ label, value, set }) {
  return html`
    <input
      type="time" required aria-label=${label} value=${value}
      onChange=${(/** @type {any} */ event) => set(event.target.value)}
    />
  `;
}
