// @ts-check
/** The form of a session, to host one or to change it. What is typed is told to the page, which keeps it. */
import { clockTime, duration, MINUTE, moment, ownZone } from "../time.js";
import { html, useId } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field, Form, Submit } from "../parts/form.js";
import { PointField } from "./point-field.js";

const TYPES = ["discussion", "silent", "exam-prep"];
const MODES = ["in-person", "online", "hybrid"];

/** @typedef {import("./session-values.js").Values} Values */
/** @typedef {import("../parts/form.js").FormState} FormState */

/**
 * @param {{ form: FormState, values: Values, change: (changes: Values) => void, press: string, isLive?: boolean,
 *   repeat?: unknown, children?: unknown }} properties `repeat` stands below the time
 */
export function SessionForm({ form, values, change, press, isLive = false, repeat, children }) {
  function onInput(/** @type {Event} */ event) {
    const { form: element } = /** @type {HTMLInputElement} */ (event.target);
    change(/** @type {Values} */ (Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (element)))));
  }
  return html`
    <div onInput=${onInput}>
      <${Form} of=${form} class="session-form">
        ${children}
        <${Field} of=${form} name="title" label=${t("host.name")} value=${values.title} maxlength="200" />
        <${Field} of=${form} name="subject" label=${t("host.subject")} value=${values.subject} maxlength="100" hint=${t("host.subject_hint")} />
        ${!isLive && html`
          <div class="pair">
            <${Choice} form=${form} name="session_type" label=${t("near.type")} value=${values.session_type} words="type" of=${TYPES} />
            <${Choice} form=${form} name="mode" label=${t("near.mode")} value=${values.mode} words="mode" of=${MODES} />
          </div>
          <${Time} form=${form} values=${values} />
          ${repeat}
          <${Place} form=${form} values=${values} change=${change} />
        `}
        <${Field}
          of=${form} name="description" as="textarea" label=${t("host.description")} hint=${t("host.description_hint")}
          value=${values.description} maxlength="2000" optional
        />
        ${!isLive && html`
          <${Radios} name="visibility" legend=${t("host.visibility")} value=${values.visibility} of=${["public", "unlisted", "private"]} />
        `}
        <div><${Submit} of=${form}>${press}<//></div>
      <//>
    </div>
  `;
}

/** @param {{ form: FormState, name: string, label: string, value: string, words: string, of: string[] }} properties */
function Choice({ form, name, label, value, words, of: options }) {
  return html`
    <${Field} of=${form} name=${name} as="select" label=${label} value=${value}>
      ${options.map((each) => html`<option value=${each} selected=${each === value}>${t(`${words}.${each}`)}</option>`)}
    <//>
  `;
}

/** @param {{ form: FormState, values: Values }} properties */
function Time({ form, values }) {
  const minutes = Number(values.duration_minutes);
  const canTell = values.start_time && minutes > 0;
  const end = canTell && new Date(Date.parse(moment(values.start_time)) + minutes * MINUTE);
  return html`
    <${Field}
      of=${form} name="start_time" type="datetime-local" label=${t("host.start")} value=${values.start_time}
      hint=${t("host.zone", { zone: ownZone().replaceAll("_", " ") })}
    />
    <div class="pair">
      <${Field}
        of=${form} name="duration_minutes" type="number" label=${t("host.minutes")} value=${values.duration_minutes}
        min="5" max="1440" inputmode="numeric"
        hint=${end ? t("host.until", { time: clockTime(end), duration: duration(minutes) }) : " "}
      />
      <${Field}
        of=${form} name="max_participants" type="number" label=${t("host.seats")} value=${values.max_participants}
        min="2" max="500" inputmode="numeric" hint=${t("host.seats_hint")}
      />
    </div>
  `;
}

/** @param {{ form: FormState, values: Values, change: (changes: Values) => void }} properties */
function Place({ form, values, change }) {
  const isOnline = values.mode === "online";
  return html`
    <${PointField} form=${form} values=${values} change=${change} hint=${t(isOnline ? "host.place_online" : "host.place_hint")} />
    ${!isOnline && html`
      <${Field}
        of=${form} name="venue_name" label=${t("host.venue")} hint=${t("host.venue_hint")} value=${values.venue_name}
        maxlength="200" optional
      />
      <${Radios}
        name="location_visibility" legend=${t("host.location")} value=${values.location_visibility} of=${["exact", "approximate"]}
      />
    `}
    ${values.mode !== "in-person" && html`
      <${Field}
        of=${form} name="meeting_url" label=${t("session.link")} hint=${t("host.link_hint")} value=${values.meeting_url}
        type="url" placeholder="https://" maxlength="500" optional
      />
    `}
  `;
}

/** @param {{ name: string, legend: string, value: string, of: string[] }} properties */
function Radios({ name, legend, value, of: options }) {
  const id = useId();
  return html`
    <fieldset class="radios">
      <legend>${legend}</legend>
      ${options.map((each) => html`
        <div class="tick">
          <input type="radio" id="${id}-${each}" name=${name} value=${each} checked=${each === value} aria-describedby="${id}-${each}-hint" />
          <label for="${id}-${each}">${t(`${name}.${each}`)}</label>
          <p class="hint" id="${id}-${each}-hint">${t(`${name}.${each}_why`)}</p>
        </div>
      `)}
    </fieldset>
  `;
}
