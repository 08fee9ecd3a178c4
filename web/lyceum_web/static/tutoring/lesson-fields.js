// @ts-check
/** The fields of a lesson: when it is, what it is about, how one meets. */
import { duration } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field } from "../parts/form.js";
import { linesOf } from "./people.js";

/** @typedef {import("../parts/form.js").FormState} FormState */

const MODES = ["online", "in-person", "hybrid"];
const BEFORE = [10, 30, 60, 120, 24 * 60]; // minutes
const DURATIONS = [30, 45, 60, 90, 120]; // minutes

/** @param {{ of: FormState, date: string, start: string, minutes: number }} properties */
export function WhenFields({ of: form, date, start, minutes }) {
  const lengths = [...new Set([...DURATIONS, minutes])].sort((one, other) => one - other);
  return html`
    <div class="row fields">
      <${Field} of=${form} name="session_date" type="date" label=${t("lesson_form.date")} defaultValue=${date} />
      <${Field} of=${form} name="start_time" type="time" label=${t("lesson_form.start")} defaultValue=${start} />
      <${Field} of=${form} name="minutes" as="select" label=${t("lesson_form.length")}>
        ${lengths.map((each) => html`<option key=${each} value=${each} selected=${each === minutes}>${duration(each)}</option>`)}
      <//>
    </div>
  `;
}

/** Date, start and end as the API takes them. @param {Record<string, string>} values */
export function timesOf({ session_date: date, start_time: start, minutes }) {
  const end = new Date(Date.parse(`${date}T${start}Z`) + Number(minutes) * 60_000);
  return { session_date: date, start_time: start, end_time: end.toISOString().slice(11, 16) };
}

/** @param {{ of: FormState, topics: string[], mode: string, location: string | null }} properties */
export function AboutFields({ of: form, topics, mode: first, location }) {
  const [mode, setMode] = useState(first);
  return html`
    <${Topics} of=${form} name="topics" label=${t("lesson_form.topics")} value=${topics} />
    <div class="row fields">
      <${Field} of=${form} name="session_mode" as="select" label=${t("lesson_form.mode")} onChange=${(/** @type {any} */ event) => setMode(event.target.value)}>
        ${MODES.map((each) => html`<option key=${each} value=${each} selected=${each === first}>${t(`mode.${each}`)}</option>`)}
      <//>
      ${mode !== "online" && html`
        <${Field} of=${form} name="location" label=${t("lesson_form.place")} maxlength="255" defaultValue=${location || ""} />
      `}
    </div>
  `;
}

/** @param {{ of: FormState, name: string, label: string, value: string[] }} properties */
export function Topics({ of: form, name, label, value }) {
  return html`
    <${Field} of=${form} name=${name} as="textarea" label=${label} hint=${t("lesson_form.topics_hint")} defaultValue=${value.join("\n")} optional />
  `;
}

/** What a lesson is about, as the API takes it. @param {Record<string, string>} values */
export function aboutOfFields({ topics, session_mode: mode, location }) {
  return { topics: linesOf(topics), session_mode: mode, location: mode === "online" ? null : location || null };
}

/**
 * How many minutes before, or what `otherwise` says.
 * @param {{ of: FormState, name: string, label: string, value: string, otherwise: [string, string][] }} properties
 */
export function BeforeField({ of: form, name, label, value, otherwise }) {
  const others = otherwise.map(([each]) => each);
  const own = others.includes(value) ? [] : [Number(value)];
  const steps = [...new Set([...BEFORE, ...own])].sort((one, other) => one - other);
  const choices = [...otherwise, ...steps.map((each) => [String(each), t("lesson_form.before", { time: duration(each) })])];
  return html`
    <${Field} of=${form} name=${name} as="select" label=${label}>
      ${choices.map(([each, words]) => html`<option key=${each} value=${each} selected=${each === value}>${words}</option>`)}
    <//>
  `;
}
