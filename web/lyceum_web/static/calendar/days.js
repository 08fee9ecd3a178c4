// @ts-check
/** Days without a time, such as `2026-03-04`, and the weeks and months that they are in. */
import { DAY, formatted, isoDate } from "../time.js";
import { format, locale } from "../words.js";

const MONDAY = 1;

export const today = () => isoDate(new Date());

/** @param {string} date @param {number} days */
export const shifted = (date, days) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);

/** The same day of another month, or its last day if it has fewer. @param {string} date @param {number} months */
export function shiftedMonths(date, months) {
  const [year, month, day] = date.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0));
  last.setUTCDate(Math.min(day, last.getUTCDate()));
  return last.toISOString().slice(0, 10);
}

/** The first day of the week that the date is in, as weeks are where the person lives. @param {string} date */
export function startOfWeek(date) {
  const weekday = new Date(date).getUTCDay();
  return shifted(date, -((weekday - firstWeekday() + 7) % 7));
}

/** The day that weeks begin with, by `Intl`: 1 is Monday, 7 is Sunday. */
function firstWeekday() {
  const region = /** @type {any} */ (new Intl.Locale(locale()));
  const week = region.getWeekInfo?.() || region.weekInfo;
  return week?.firstDay ?? MONDAY;
}

/** The weeks that the month of the date is in, each as its seven days. @param {string} date */
export function weeksOfMonth(date) {
  const month = date.slice(0, 7);
  const weeks = [];
  for (let day = startOfWeek(`${month}-01`); day.slice(0, 7) <= month; day = shifted(day, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, index) => shifted(day, index)));
  }
  return weeks;
}

/** @param {string} date @param {Intl.DateTimeFormatOptions} options */
export const dayAs = (date, options) => formatted(`${date}T12:00:00Z`, options, "UTC");

/** Such as "Tuesday 3 March". @param {string} date */
export const dayInFull = (date) => dayAs(date, { weekday: "long", day: "numeric", month: "long" });

/** From one day to another, such as "3–9 March 2026". @param {string} first @param {string} last */
export function daysBetween(first, last) {
  const options = /** @type {const} */ ({ timeZone: "UTC", day: "numeric", month: "long", year: "numeric" });
  return format(Intl.DateTimeFormat, options).formatRange(new Date(first), new Date(last));
}

/** "today", "tomorrow", or such as "Tue 3 Mar". @param {string} date */
export function nearDay(date) {
  const distance = Math.round((Date.parse(date) - Date.parse(today())) / DAY);
  if (Math.abs(distance) <= 1) return format(Intl.RelativeTimeFormat, { numeric: "auto" }).format(distance, "day");
  return dayAs(date, { weekday: "short", day: "numeric", month: "short" });
}
