// @ts-check
/** A session as the fields of a form have it, and back. */
import { lastPlace } from "../places.js";
import { DAY, isoDate, moment, wallTime } from "../time.js";

/** @typedef {Record<string, string>} Values */

const NUMBERS = ["latitude", "longitude", "duration_minutes", "max_participants"];
const MAYBE = ["venue_name", "meeting_url", "description"];
export const CHANGEABLE_WHILE_LIVE = ["title", "subject", "description"];

/** What a new session begins with: tomorrow evening, where the person looked last. @returns {Values} */
export function fresh() {
  const spot = lastPlace();
  return {
    title: "",
    subject: "",
    session_type: "discussion",
    mode: "in-person",
    place: spot?.name || "",
    latitude: spot ? String(spot.lat) : "",
    longitude: spot ? String(spot.lng) : "",
    venue_name: "",
    meeting_url: "",
    start_time: `${isoDate(new Date(Date.now() + DAY))}T18:00`,
    duration_minutes: "90",
    max_participants: "10",
    visibility: "public",
    location_visibility: "exact",
    description: "",
  };
}

/** @param {Schemas["StudySessionDetails"]} session @returns {Values} */
export function valuesOf(session) {
  /** @type {any} */
  const all = { ...session, place: "", start_time: wallTime(session.start_time) };
  return Object.fromEntries(Object.keys(fresh()).map((name) => [name, String(all[name] ?? "")]));
}

/** As the API takes it. @param {Values} values @returns {Record<string, unknown>} */
export function bodyOf(values) {
  const { place, ...body } = /** @type {Record<string, any>} */ (values);
  for (const name of NUMBERS) body[name] = values[name] === "" ? undefined : Number(values[name]);
  for (const name of MAYBE) body[name] = values[name].trim() ? values[name] : null;
  body.start_time = values.start_time ? moment(values.start_time) : undefined;
  if (values.mode === "online") body.venue_name = null;
  if (values.mode === "in-person") body.meeting_url = null;
  return body;
}

/** The names of what differs. @param {Values} one @param {Values} other */
export function differing(one, other) {
  return Object.keys(one).filter((name) => name !== "place" && one[name] !== other[name]);
}

/** What was typed into the form of a former state, put into the present one. @param {Values} former @param {Values} typed @param {Values} present */
export function carriedOver(former, typed, present) {
  const own = differing(former, typed);
  return { ...present, ...Object.fromEntries(own.map((name) => [name, typed[name]])), place: typed.place };
}
