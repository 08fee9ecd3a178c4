// @ts-check
/** Whether lessons are repeated: how often, on which days of the week, and how many. */
import { formatted } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field } from "../parts/form.js";

const FREQUENCIES = ["one-time", "weekly", "bi-weekly", "monthly", "daily"];
export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const A_SUNDAY = Date.UTC(2026, 2, 1);

/** What the day is called. @param {string} weekday @param {"long" | "short"} [width] */
export function weekdayName(weekday, width = "long") {
  const date = new Date(A_SUNDAY + WEEKDAYS.indexOf(weekday) * 86_400_000);
  return formatted(date, { weekday: width }, "UTC");
}

/** @param {{ of: import("../parts/form.js").FormState, frequency: string, setFrequency: (frequency: string) => void }} properties */
export function RepeatFields({ of: form, frequency, setFrequency }) {
  const [end, setEnd] = useState("count");
  const isRepeated = frequency !== "one-time";
  return html`
    <${Field} of=${form} name="session_frequency" as="select" label=${t("repeat.label")} onChange=${(/** @type {any} */ event) => setFrequency(event.target.value)}>
      ${FREQUENCIES.map((each) => html`<option key=${each} value=${each} selected=${each === frequency}>${t(`repeat.${each}`)}</option>`)}
    <//>
    ${frequency.endsWith("weekly") && html`
      <fieldset>
        <legend>${t("repeat.days")}</legend>
        <p class="hint">${t("repeat.days_hint")}</p>
        <div class="row">
          ${WEEKDAYS.map((each) => html`
            <label class="choice"><input type="checkbox" name="days" value=${each} /><span>${weekdayName(each)}</span></label>
          `)}
        </div>
      </fieldset>
    `}
    ${isRepeated && html`
      <div class="row fields">
        <${Field} of=${form} name="end" as="select" label=${t("repeat.end")} onChange=${(/** @type {any} */ event) => setEnd(event.target.value)}>
          <option value="count" selected=${end === "count"}>${t("repeat.by_count")}</option>
          <option value="until" selected=${end === "until"}>${t("repeat.by_date")}</option>
        <//>
        ${end === "count"
          ? html`<${Field} of=${form} key="count" name="recurrence_count" type="number" min="2" max="366" label=${t("repeat.count")} defaultValue="8" />`
          : html`<${Field} of=${form} key="until" name="recurrence_until" type="date" label=${t("repeat.until")} />`}
      </div>
    `}
  `;
}

/** How the lessons are repeated, as the API takes it. @param {Record<string, string>} values @param {unknown[]} days */
export function repetitionOf({ session_frequency: frequency, recurrence_count: count, recurrence_until: until }, days) {
  if (frequency === "one-time") return {};
  return {
    session_frequency: frequency,
    ...(days.length && { recurring_pattern: { days } }),
    ...(count && { recurrence_count: Number(count) }),
    ...(until && { recurrence_until: until }),
  };
}
