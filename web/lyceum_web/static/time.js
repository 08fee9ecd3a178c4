// @ts-check
/**
 * Dates and durations as people write them, by `Intl`: in the language of the page and the person's time zone.
 */
import { ZONE } from "./early.js";
import { account } from "./sign-in.js";
import { format, t } from "./words.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The time zone of the person: that of the account, or of the browser. */
export function ownZone() {
  return account.value?.timezone || ZONE;
}

/** @param {string | Date} at @param {Intl.DateTimeFormatOptions} options @param {string} [zone] */
export function formatted(at, options, zone = ownZone()) {
  return format(Intl.DateTimeFormat, { timeZone: zone, ...options }).format(new Date(at));
}

/** Such as "Tue 4 Mar, 18:00", with the year if it is another. @param {string | Date} at @param {string} [zone] */
export function dayAndTime(at, zone) {
  const year = formatted(at, { year: "numeric" }, zone) === formatted(new Date(), { year: "numeric" }, zone);
  return formatted(
    at,
    { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit", year: year ? undefined : "numeric" },
    zone,
  );
}

/** @param {string | Date} at @param {string} [zone] */
export const clockTime = (at, zone) => formatted(at, { hour: "numeric", minute: "2-digit" }, zone);

/** @param {string | Date} at @param {string} [zone] */
export const day = (at, zone) => formatted(at, { weekday: "long", day: "numeric", month: "long" }, zone);

/** The date in the zone as `2026-03-04`. @param {string | Date} at @param {string} [zone] */
export function isoDate(at, zone = ownZone()) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(at));
}

/** How long ago, or until, it is. @param {string | Date} at */
export function fromNow(at) {
  const distance = new Date(at).getTime() - Date.now();
  const relative = format(Intl.RelativeTimeFormat, { numeric: "auto" });
  if (Math.abs(distance) < HOUR) return relative.format(Math.round(distance / MINUTE), "minute");
  if (Math.abs(distance) < DAY) return relative.format(Math.round(distance / HOUR), "hour");
  return relative.format(Math.round(distance / DAY), "day");
}

/** @param {number} minutes */
export function duration(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return t("time.minutes", { count: rest });
  if (rest === 0) return t("time.hours", { count: hours });
  return t("time.hours_and_minutes", { hours, minutes: rest });
}

/**
 * The moment of a wall time in a zone, such as `2026-03-04T18:00`. A time that a clock change skips is taken as the
 * one after it.
 * @param {string} wall @param {string} [zone]
 */
export function moment(wall, zone = ownZone()) {
  const asUtc = new Date(`${wall}Z`).getTime();
  const first = asUtc - offset(asUtc, zone);
  return new Date(asUtc - offset(first, zone)).toISOString().replace(/\.000Z$/, "Z");
}

/** The wall time of a moment in a zone, as fields of forms take it. @param {string | Date} at @param {string} [zone] */
export function wallTime(at, zone = ownZone()) {
  const time = new Date(at).getTime();
  return new Date(time + offset(time, zone)).toISOString().slice(0, 16);
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. @param {number} time @param {string} zone */
function offset(time, zone) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(time);
  /** @type {Record<string, number>} */
  const of = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute, of.second);
  return wall - Math.floor(time / 1000) * 1000;
}
