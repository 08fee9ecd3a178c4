// @ts-check
/** How the students of a course get lessons, and what bounds them if they book themselves. */
import { duration } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field } from "../parts/form.js";

/** @typedef {import("../parts/form.js").FormState} FormState */
/**
 * @typedef {{ booking: "ask" | "book", session_minutes: number, minimum_notice_minutes: number,
 *   buffer_before_minutes: number, buffer_after_minutes: number, most_per_week: number | null }} BookingTerms
 */

const HOUR = 60; // minutes, as are these:
const LENGTHS = [30, 45, 60, 90, 120];
const NOTICES = [0, HOUR, 2 * HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 72 * HOUR, 168 * HOUR];
const BUFFERS = [0, 5, 10, 15, 30, 45, 60];
const MINUTES = ["session_minutes", "minimum_notice_minutes", "buffer_before_minutes", "buffer_after_minutes"];

/** @type {BookingTerms} */
export const AS_ASKED = {
  booking: "ask",
  session_minutes: 60,
  minimum_notice_minutes: 24 * HOUR,
  buffer_before_minutes: 0,
  buffer_after_minutes: 0,
  most_per_week: null,
};

/** @param {{ of: FormState, said: BookingTerms }} properties */
export function BookingFields({ of: form, said }) {
  const [kind, setKind] = useState(said.booking);
  const change = (/** @type {any} */ event) => setKind(event.target.value);
  return html`
    <${Field} of=${form} name="booking" as="select" label=${t("course.booking")} onChange=${change}>
      <option value="ask" selected=${said.booking === "ask"}>${t("course.booking_ask")}</option>
      <option value="book" selected=${said.booking === "book"}>${t("course.booking_book")}</option>
    <//>
    ${kind === "book" && html`
      <p class="hint">${t("course.booking_hint")}</p>
      <${Minutes} of=${form} name="session_minutes" label=${t("course.session_minutes")} steps=${LENGTHS} said=${said} />
      <${Minutes} of=${form} name="minimum_notice_minutes" label=${t("course.minimum_notice")} steps=${NOTICES} said=${said} />
      <div class="row fields">
        <${Minutes} of=${form} name="buffer_before_minutes" label=${t("course.buffer_before")} steps=${BUFFERS} said=${said} />
        <${Minutes} of=${form} name="buffer_after_minutes" label=${t("course.buffer_after")} steps=${BUFFERS} said=${said} />
      </div>
      <${Field}
        of=${form} name="most_per_week" type="number" min="1" max="50" label=${t("course.most_per_week")}
        hint=${t("course.most_per_week_hint")} defaultValue=${said.most_per_week ?? ""} optional
      />
    `}
  `;
}

/** @param {{ of: FormState, name: keyof BookingTerms, label: string, steps: number[], said: BookingTerms }} properties */
function Minutes({ of: form, name, label, steps, said }) {
  const value = Number(said[name]);
  const choices = [...new Set([...steps, value])].sort((one, other) => one - other);
  return html`
    <${Field} of=${form} name=${name} as="select" label=${label}>
      ${choices.map((each) => html`
        <option key=${each} value=${each} selected=${each === value}>${each ? duration(each) : t("course.none")}</option>
      `)}
    <//>
  `;
}

/** What the fields say, as the API takes it. @param {Record<string, string>} values */
export function bookingOf({ booking, most_per_week: most, ...values }) {
  if (booking !== "book") return { booking };
  const minutes = Object.fromEntries(MINUTES.map((name) => [name, Number(values[name])]));
  return { booking, ...minutes, most_per_week: most ? Number(most) : null };
}
