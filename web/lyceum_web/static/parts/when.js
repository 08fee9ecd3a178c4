// @ts-check
/** Times, as elements that programs can read, too. */
import { clockTime, dayAndTime, duration, fromNow, ownZone } from "../time.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";

/** @param {{ at: string, zone?: string }} properties */
export function When({ at, zone }) {
  return html`<time datetime=${at}>${dayAndTime(at, zone)}</time>`;
}

/** @param {{ at: string }} properties */
export function Ago({ at }) {
  return html`<time datetime=${at} title=${dayAndTime(at)}>${fromNow(at)}</time>`;
}

/** From when to when, and how long. @param {{ at: string, minutes: number, zone?: string }} properties */
export function Span({ at, minutes, zone }) {
  const end = new Date(new Date(at).getTime() + minutes * 60_000);
  return html`
    <span>
      <${When} at=${at} zone=${zone} />–<time datetime=${end.toISOString()}>${clockTime(end, zone)}</time>
      ${" "}<span class="muted">(${duration(minutes)})</span>
    </span>
  `;
}

/** The time in another zone, if its clocks say something else. @param {{ at: string, zone: string | null | undefined }} properties */
export function Elsewhere({ at, zone }) {
  if (!zone || clockTime(at, zone) === clockTime(at, ownZone())) return null;
  return html`<span class="muted">${t("time.there", { time: dayAndTime(at, zone), zone: zone.replaceAll("_", " ") })}</span>`;
}
