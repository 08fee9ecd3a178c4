// @ts-check
/** Plans a session of a havruta, or a series; when it would be is shown while one chooses. */
import { post } from "../api.js";
import { duration, HOUR, moment, ownZone, wallTime } from "../time.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { ONCE, PlanPreview, RepeatFields, repetitionOf } from "../parts/repeat-field.js";
import { Ref } from "./reference-field.js";
import { ZoneField } from "../parts/zone-field.js";

export const LENGTHS = [30, 45, 60, 90, 120, 180]; // minutes

/** What is asked of the platform. @param {Record<string, string>} values */
function planOf({ start_time: start, planned_minutes: minutes, timezone, ...values }) {
  const once = { start_time: start ? moment(start, timezone) : start, planned_minutes: Number(minutes) };
  return { ...once, ...repetitionOf(values, timezone) };
}

/** Tomorrow at the next full hour. */
const proposed = () => wallTime(new Date(Math.ceil((Date.now() + 24 * HOUR) / HOUR) * HOUR));

/** @param {{ havruta: Schemas["Havruta"], close: () => void, done: () => void }} properties */
export function SessionPlan({ havruta, close, done }) {
  const params = { havruta_id: havruta.id };
  const [start] = useState(proposed);
  const [values, setValues] = useState(/** @type {Record<string, string>} */ ({
    ...ONCE, start_time: start, planned_minutes: "60", timezone: ownZone(),
  }));
  const form = useForm(async (sent, key) => {
    await post("/api/havrutas/{havruta_id}/sessions", { params, body: { type: "scheduled", ...planOf({ ...values, ...sent }) }, key });
    tell(t("plan.done"));
    done();
    close();
  });
  const ask = (/** @type {AbortSignal} */ signal) =>
    post("/api/havrutas/{havruta_id}/sessions/preview", { params, body: planOf(values), signal });
  function onInput(/** @type {Event} */ event) {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    setValues({ ...values, [name]: value });
  }
  return html`
    <${Dialog} title=${t("plan.title")} close=${close}>
      <${Form} of=${form}>
        <div class="form" onInput=${onInput}>
          <${Field} of=${form} name="start_time" type="datetime-local" label=${t("plan.start")} value=${values.start_time} />
          <${Field} of=${form} name="planned_minutes" as="select" label=${t("plan.length")}>
            ${LENGTHS.map((minutes) => html`<option value=${minutes} selected=${minutes === 60}>${duration(minutes)}</option>`)}
          <//>
          <${RepeatFields} of=${form} values=${values} />
          <${ZoneField} of=${form} name="timezone" value=${ownZone()} />
        </div>
        <${PlanPreview} plan=${planOf(values)} ask=${ask} />
        <p class="muted small">${say("plan.studies", { ref: html`<${Ref} of=${havruta.last_place || havruta.book} />` })}</p>
        <p><${Submit} of=${form}>${t("plan.press")}<//></p>
      <//>
    <//>
  `;
}
