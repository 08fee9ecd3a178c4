// @ts-check
/** Says what is wrong with a field in the language of the page: the API says it in English. */
import { t } from "../words.js";

/** @type {[RegExp, string][]} what the API says, and the sentence for it; groups are the sentence's values */
const SENTENCES = [
  [/^Missing data for required field\.$/, "field.missing"],
  [/^Must not be blank\.$/, "field.missing"],
  [/^Must be an https address\.$/, "field.https"],
  [/^Must be at a public host/, "field.public_address"],
  [/^Lies in the past\.$/, "field.past"],
  [/^Lies more than a year ahead\.$/, "field.far"],
  [/^Fixed once live\.$/, "field.fixed_once_live"],
  [/^Not a valid number\.$/, "field.number"],
  [/^Not a valid integer\.$/, "field.number"],
  [/^Not a valid email address\.$/, "field.email"],
  [/^Not a valid URL\.$/, "field.address"],
  [/^Shorter than minimum length (?<count>\d+)\.$/, "field.too_short"],
  [/^Longer than maximum length (?<count>\d+)\.$/, "field.too_long"],
  [/^Length must be between (?<least>\d+) and (?<most>\d+)\.$/, "field.length"],
  [/^Must be greater than or equal to (?<least>[\d.-]+)/, "field.too_small"],
  [/^Must be less than or equal to (?<most>[\d.-]+)/, "field.too_large"],
  [/^Must lie ahead, by two years at most\.$/, "field.ahead"],
  [/^Needed if session_mode is /, "field.place"],
  [/^This code is not valid\.$/, "field.code"],
  [/^Must be after start_time; /, "field.end_before_start"],
];

/** @param {string} detail what the API says of the field @param {[RegExp, string][]} [more] what it says of these fields alone */
export function wordsOnField(detail, more = []) {
  for (const [form, key] of [...more, ...SENTENCES]) {
    const found = form.exec(detail);
    if (found) return t(key, asNumbers(found.groups));
  }
  return detail;
}

/** @param {Record<string, string> | undefined} groups */
function asNumbers(groups = {}) {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, Number(value)]));
}
