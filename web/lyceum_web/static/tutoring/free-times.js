// @ts-check
/** The free times of a tutor, of the length that the person chooses. */
import { get } from "../api.js";
import { duration } from "../time.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { SlotDays } from "./slot-days.js";

/** @typedef {import("./slot-days.js").Period} Period */

const LENGTHS = [30, 45, 60, 90, 120]; // minutes

/**
 * @param {{ tutor: string, zone: string, minutes: number, setMinutes: (minutes: number) => void,
 *   onPick: (slot: Schemas["Slot"]) => void, turn: number }} properties `turn` changes when the times are to be read again
 */
export function FreeTimes({ tutor, zone, minutes, setMinutes, onPick, turn }) {
  const params = { tutor_id: tutor };
  const read = (/** @type {Period} */ period, /** @type {AbortSignal} */ signal) =>
    get("/api/tutors/{tutor_id}/slots", { params, query: { ...period, duration: minutes }, signal });
  return html`
    <label class="field slot-length"><span>${t("ask.length")}</span>
      <select onChange=${(/** @type {any} */ event) => setMinutes(Number(event.target.value))} value=${minutes}>
        ${LENGTHS.map((each) => html`<option value=${each}>${duration(each)}</option>`)}
      </select>
    </label>
    <${SlotDays}
      read=${read} on=${[tutor, minutes, turn]} zone=${zone} onPick=${onPick}
      none=${t("ask.none")} missing=${t("ask.undeclared")}
    />
  `;
}
