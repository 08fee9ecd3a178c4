// @ts-check
/** Says what is wrong with a field in the language of the page: the API says it in English. */
import { language, t } from "../words.js";

/** @type {[RegExp, string][]} what the API says, and the sentence for it; groups are the sentence's values */
const SENTENCES = [
  [/^Missing data for required field\.$/, "field.missing"],
  [/^Field may not be null\.$/, "field.missing"],
  [/^Must not be blank\.$/, "field.missing"],
  [/^Must hold a visible character\.$/, "field.missing"],
  [/^Say what you teach\.$/, "field.missing"],
  [/^Must not (hold (control|invisible)|override)/, "field.characters"],
  [/^Must not hold so many marks/, "field.characters"],
  [/^Must end each direction of text/, "field.characters"],
  [/^(Not|A name is not) storable text/, "field.characters"],
  [/^Must not mix alphabets/, "field.alphabets"],
  [/^Must not hold an address/, "field.name_address"],
  [/^This name is kept for the people who run the platform\.$/, "field.name_kept"],
  [/^Must be 3 to 50 of a-z/, "field.username"],
  [/^Must be 1 to 80 characters of a-z/, "field.slug"],
  [/^This is one of the commonest passwords\.$/, "field.password_common"],
  [/^A sequence or a few repeated characters are no password\.$/, "field.password_common"],
  [/^(Words of this platform alone|Names of the account alone) are no password\.$/, "field.password_names"],
  [/^A name of the account is no password\.$/, "field.password_names"],
  [/^Must be an https address\.$/, "field.https"],
  [/^Must be at a public host/, "field.public_address"],
  [/\bemail address|@-sign/, "field.email"],
  [/^This code is not valid\.$/, "field.code"],
  [/^Fixed once live\.$/, "field.fixed_once_live"],
  [/^Needed if session_mode is /, "field.place"],
  [/^(Not a valid (number|integer)|Must be a number)\.$/, "field.number"],
  [/^Must be greater than or equal to (?<least>-?[\d.]+) and less than or equal to (?<most>-?[\d.]*\d)\.$/, "field.between"],
  [/^COUNT is (?<least>\d+) to (?<most>\d+)\.$/, "field.between"],
  // Of a text or a list: only from 2 on it is sure to be a text.
  [/^Length must be between 0 and (?<most>\d+)\.$/, "field.too_long"],
  [/^Length must be between 1 and (?<most>\d+)\.$/, "field.one_or_more"],
  [/^Longer than maximum length (?<most>\d+)\.$/, "field.too_long"],
  [/^Length must be between (?<least>\d+) and (?<most>\d+)\.$/, "field.length"],
  [/^Not a valid (date|time|date and time)\.$/, "field.time"],
  [/^Not an RFC 3339 date and time/, "field.time"],
  [/^Not a time of the day/, "field.time"],
  [/^Not (the name of )?an IANA time zone\.$/, "field.zone"],
  [/^Must lie between the years/, "field.years"],
  [/^Lies in the past\.$/, "field.past"],
  [/^One of the sessions would begin before now\.$/, "field.one_past"],
  [/^Lies more than a year ahead\.$/, "field.far"],
  [/^Lies more than two years ahead\.$/, "field.ahead"],
  [/^The last session would begin more than two years/, "field.series_end"],
  [/^Must lie ahead, by two years at most\.$/, "field.ahead"],
  [/^Several sessions can only be moved to another time/, "field.same_day"],
  [/^A session takes (?<least>\d+) minutes to (?<most>\d+) hours\.$/, "field.lesson_length"],
  [/^Must be after start_time; /, "field.end_before_start"],
  [/^A date occurs twice\.$/, "field.date_twice"],
  [/^UNTIL (must lie within two years|lies too far away)/, "field.series_end"],
  [/^(The rule has more than|The rule does not reach its COUNT|A series has at most)/, "field.series_long"],
  [/^No date meets this /, "problem.invalid_recurrence"],
];

/** What the API writes. A page that says itself what is wrong says it in its own language. */
const PLAIN = /^[ -~]+$/;

/** @param {string} detail what the API says of the field @param {[RegExp, string][]} [more] what it says of these fields alone */
export function wordsOnField(detail, more = []) {
  for (const [form, key] of [...more, ...SENTENCES]) {
    const found = form.exec(detail);
    if (found) return t(key, asNumbers(found.groups));
  }
  return language.value !== "en" && PLAIN.test(detail) ? t("field.unknown") : detail;
}

/** @param {Record<string, string> | undefined} groups */
function asNumbers(groups = {}) {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, Number(value)]));
}
