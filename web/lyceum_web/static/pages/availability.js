// @ts-check
/** The hours in which a tutor teaches: those of each week, and days that are otherwise. */
import { get, Problem, put } from "../api.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { ExceptionalDays } from "../tutoring/exceptional-days.js";
import { HoursOfDay } from "../tutoring/hours-of-day.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { WEEKDAYS, weekdayName } from "../tutoring/repeat-fields.js";
import { Title } from "../parts/title.js";
import { isTutor } from "../tutoring/people.js";
import { ZoneField } from "../parts/zone-field.js";
import { account } from "../sign-in.js";
import { isoDate, ownZone } from "../time.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { locale, t } from "../words.js";

/** @typedef {{ start_time: string, end_time: string }} Hours */
/** @typedef {{ timezone: string, weekly: Record<string, Hours[]>, exceptions: { date: string, hours: Hours[] }[] }} Week */

export default function Availability() {
  return html`
    <div class="narrow stack">
      <${Title} of=${t("availability.title")} />
      <p>${t("availability.why")}</p>
      ${isTutor()
        ? html`<${Own} />`
        : html`<p class="notice">${t("availability.for_tutors")}</p>`}
    </div>
  `;
}

function Own() {
  const week = useLoaded(read, []);
  return html`<${Loaded} of=${week}>${(/** @type {Week} */ found) => html`<${Hours} week=${found} />`}<//>`;
}

/** @param {AbortSignal} signal @returns {Promise<Week>} */
async function read(signal) {
  const params = { tutor_id: String(account.value?.id) };
  try {
    return weekOf(await get("/api/tutors/{tutor_id}/availability", { params, signal }));
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return { timezone: ownZone(), weekly: {}, exceptions: [] };
    throw problem;
  }
}

/** @param {Schemas["Availability"]} declared @returns {Week} */
function weekOf({ timezone, weekly, exceptions }) {
  const hoursOf = (/** @type {string} */ day) => weekly.filter((each) => each.weekday === day).map(short);
  const today = isoDate(new Date(), timezone);
  const ahead = exceptions.filter((each) => each.date >= today);
  return {
    timezone,
    weekly: Object.fromEntries(WEEKDAYS.map((day) => [day, hoursOf(day)])),
    exceptions: ahead.map(({ date, hours }) => ({ date, hours: hours.map(short) })),
  };
}

/** As fields of forms have it. @param {Hours} hours @returns {Hours} */
const short = ({ start_time: start, end_time: end }) => ({ start_time: start.slice(0, 5), end_time: end.slice(0, 5) });

/** The days of the week in the order of the person's country. */
function daysInOrder() {
  const own = /** @type {any} */ (new Intl.Locale(locale()));
  const first = (own.getWeekInfo?.() || own.weekInfo)?.firstDay ?? 1;
  return WEEKDAYS.map((_, index) => WEEKDAYS[(index + first) % 7]);
}

/** @param {{ week: Week }} properties */
function Hours({ week }) {
  const [weekly, setWeekly] = useState(week.weekly);
  const [exceptions, setExceptions] = useState(week.exceptions);
  const form = useForm(async ({ timezone }) => {
    const all = WEEKDAYS.flatMap((weekday) => (weekly[weekday] || []).map((hours) => ({ ...short(hours), weekday })));
    const sorted = exceptions.toSorted((one, other) => one.date.localeCompare(other.date));
    await put("/api/tutors/me/availability", { body: { timezone, weekly: all, exceptions: sorted } });
    tell(t("availability.saved"));
  });
  const error = form.errors.weekly || form.errors.exceptions;
  return html`
    <${Form} of=${form} class="wide" label=${t("availability.title")}>
      ${error && html`<p class="error">${error}</p>`}
      <${ZoneField} of=${form} name="timezone" value=${week.timezone} />
      <section class="stack" aria-labelledby="weekly">
        <h2 id="weekly">${t("availability.weekly")}</h2>
        <ul role="list" class="week">
          ${daysInOrder().map((weekday) => html`
            <li key=${weekday}>
              <${HoursOfDay}
                name=${weekdayName(weekday)} hours=${weekly[weekday] || []} none=${t("availability.free_day")}
                change=${(/** @type {Hours[]} */ hours) => setWeekly((all) => ({ ...all, [weekday]: hours }))}
              />
            </li>
          `)}
        </ul>
      </section>
      <${ExceptionalDays} all=${exceptions} change=${setExceptions} />
      <div class="row"><${Submit} of=${form}>${t("save")}<//><a class="button quiet" href="/enrollments">${t("lessons.title")}</a></div>
    <//>
  `;
}
