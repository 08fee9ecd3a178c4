// @ts-check
/**
 * Free times as one list of days, with the times beneath each. A button says the day, the time and whose clocks are
 * meant, as it may be met without the heading above it.
 */
import { clockTime, DAY, day, isoDate } from "../time.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { differs } from "./lesson-card.js";
import { useLoaded } from "../parts/loading.js";
import { zoneName } from "./people.js";
import { Refusal } from "../parts/trouble.js";

/** @typedef {Schemas["Slot"]} Slot */
/** @typedef {{ from: string, to: string }} Period */

const TERM = 14; // days
const LONGEST = 84; // days

/**
 * @param {{ read: (period: Period, signal: AbortSignal) => Promise<{ items: Slot[] }>, on: unknown[], zone: string,
 *   none: string, missing?: string, onPick: (slot: Slot) => void }} properties the times are read again when one of
 *   `on` changes; `none` and `missing` say that there are no times, or that the tutor has declared no hours
 */
export function SlotDays({ read, on, zone, none, missing, onPick }) {
  const [days, setDays] = useState(TERM);
  const period = { from: new Date().toISOString(), to: new Date(Date.now() + days * DAY).toISOString() };
  const slots = useLoaded((signal) => read(period, signal), [...on, days]);
  const found = slots.value?.items || [];
  useEffect(() => {
    // Some weeks may be full: those after them are looked at by themselves.
    if (slots.value && !found.length && !slots.isStale && days < LONGEST) setDays(LONGEST);
  }, [slots.value, slots.isStale]);

  if (missing && slots.problem?.status === 404) return html`<p class="notice">${missing}</p>`;
  return html`
    <p role="status" class="muted">${words(slots, found.length, none)}</p>
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

/** @param {{ isStale: boolean, value: unknown }} slots @param {number} count @param {string} none */
function words({ isStale, value }, count, none) {
  if (isStale) return t("loading");
  if (!value) return "";
  return count ? t("ask.found", { count }) : none;
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
