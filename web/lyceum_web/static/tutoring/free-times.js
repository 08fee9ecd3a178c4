// @ts-check
/**
 * The free times of a tutor as one list of days, with the times beneath each. A button says the day, the time and
 * whose clocks are meant, as it may be met without the heading above it.
 */
import { get } from "../api.js";
import { clockTime, DAY, day, duration, isoDate } from "../time.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { differs } from "./lesson-card.js";
import { useLoaded } from "../parts/loading.js";
import { zoneName } from "./people.js";
import { Refusal } from "../parts/trouble.js";

/** @typedef {Schemas["Slot"]} Slot */

const LENGTHS = [30, 45, 60, 90, 120]; // minutes
const TERM = 14; // days
const LONGEST = 84; // days

/**
 * @param {{ tutor: string, zone: string, minutes: number, setMinutes: (minutes: number) => void,
 *   onPick: (slot: Slot) => void, turn: number }} properties `turn` changes when the times are to be read again
 */
export function FreeTimes({ tutor, zone, minutes, setMinutes, onPick, turn }) {
  const [days, setDays] = useState(TERM);
  const to = new Date(Date.now() + days * DAY).toISOString();
  const options = { params: { tutor_id: tutor }, query: { to, from: new Date().toISOString(), duration: minutes } };
  const slots = useLoaded((signal) => get("/api/tutors/{tutor_id}/slots", { ...options, signal }), [tutor, minutes, days, turn]);
  const found = slots.value?.items || [];
  const undeclared = slots.problem?.status === 404;
  useEffect(() => {
    // Some weeks may be full: those after them are looked at by themselves.
    if (slots.value && !found.length && !slots.isStale && days < LONGEST) setDays(LONGEST);
  }, [slots.value, slots.isStale]);

  if (undeclared) return html`<p class="notice">${t("ask.undeclared")}</p>`;
  return html`
    <label class="field slot-length"><span>${t("ask.length")}</span>
      <select onChange=${(/** @type {any} */ event) => setMinutes(Number(event.target.value))} value=${minutes}>
        ${LENGTHS.map((each) => html`<option value=${each}>${duration(each)}</option>`)}
      </select>
    </label>
    <p role="status" class="muted">${words(slots, found.length)}</p>
    ${found.some((each) => differs(each.starts_at, zone)) && html`<p class="muted">${t("ask.clocks", { zone: zoneName(zone) })}</p>`}
    ${slots.problem && html`
      <${Refusal} problem=${slots.problem} />
      <div><button class="button quiet" onClick=${slots.again}>${t("again")}</button></div>
    `}
    ${byDay(found).map(([date, times]) => html`<${Day} key=${date} times=${times} zone=${zone} onPick=${onPick} />`)}
    ${slots.value && days < LONGEST && html`
      <div><button class="button quiet" onClick=${() => setDays(days + TERM)}>${t("ask.later")}</button></div>
    `}
  `;
}

/** @param {{ isStale: boolean, value: unknown }} slots @param {number} count */
function words({ isStale, value }, count) {
  if (isStale) return t("loading");
  if (!value) return "";
  return count ? t("ask.found", { count }) : t("ask.none");
}

/** @param {Slot[]} slots @returns {[string, Slot[]][]} */
function byDay(slots) {
  /** @type {Map<string, Slot[]>} */
  const days = new Map();
  for (const slot of slots) {
    const date = isoDate(slot.starts_at);
    days.set(date, [...(days.get(date) || []), slot]);
  }
  return [...days];
}

/** @param {{ times: Slot[], zone: string, onPick: (slot: Slot) => void }} properties */
function Day({ times, zone, onPick }) {
  return html`
    <section class="slot-day">
      <h2>${day(times[0].starts_at)}</h2>
      <ul role="list" class="slots">
        ${times.map((slot) => html`<li key=${slot.starts_at}><${Time} slot=${slot} zone=${zone} onPick=${onPick} /></li>`)}
      </ul>
    </section>
  `;
}

/** @param {{ slot: Slot, zone: string, onPick: (slot: Slot) => void }} properties */
function Time({ slot, zone, onPick }) {
  const at = slot.starts_at;
  return html`
    <button type="button" class="button quiet slot" aria-label=${spoken(at, zone)} onClick=${() => onPick(slot)}>
      <span>${clockTime(at)}</span>
      ${differs(at, zone) && html`<span class="small muted">${clockTime(at, zone)}</span>`}
    </button>
  `;
}

/** The time in full words, in both zones if their clocks differ. @param {string} at @param {string} zone */
export function spoken(at, zone) {
  const own = t("ask.slot", { day: day(at), time: clockTime(at) });
  if (!differs(at, zone)) return own;
  return t("ask.slot_and_there", { own, day: day(at, zone), time: clockTime(at, zone), zone: zoneName(zone) });
}
