// @ts-check
/** Plans a session of a havruta, or a series; when it would be is shown while one chooses. */
import { post } from "../api.js";
import { duration, HOUR, moment, ownZone, wallTime } from "../time.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { useLoaded } from "../parts/loading.js";
import { Ref } from "./reference-field.js";
import { When } from "../parts/when.js";
import { ZoneField } from "../parts/zone-field.js";

export const LENGTHS = [30, 45, 60, 90, 120, 180]; // minutes
const RULES = { once: "", daily: "FREQ=DAILY", weekly: "FREQ=WEEKLY", fortnightly: "FREQ=WEEKLY;INTERVAL=2" };
const MOST_SHOWN = 6;

/** What is asked of the platform. @param {Record<string, string>} values */
function planOf({ start_time: start, planned_minutes: minutes, rrule, count, timezone }) {
  const once = { start_time: start ? moment(start, timezone) : start, planned_minutes: Number(minutes) };
  return rrule ? { ...once, rrule: `${rrule};COUNT=${count}`, timezone } : once;
}

/** Tomorrow at the next full hour. */
const proposed = () => wallTime(new Date(Math.ceil((Date.now() + 24 * HOUR) / HOUR) * HOUR));

/** @param {{ havruta: Schemas["Havruta"], close: () => void, done: () => void }} properties */
export function SessionPlan({ havruta, close, done }) {
  const params = { havruta_id: havruta.id };
  const [start] = useState(proposed);
  const [values, setValues] = useState(/** @type {Record<string, string>} */ ({
    start_time: start, planned_minutes: "60", rrule: "", count: "4", timezone: ownZone(),
  }));
  const form = useForm(async (sent, key) => {
    await post("/api/havrutas/{havruta_id}/sessions", { params, body: { type: "scheduled", ...planOf({ ...values, ...sent }) }, key });
    tell(t("plan.done"));
    done();
    close();
  });
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
          <${Field} of=${form} name="rrule" as="select" required=${false} label=${t("plan.repeat")}>
            ${Object.entries(RULES).map(([name, rule]) => html`<option value=${rule}>${t(`plan.${name}`)}</option>`)}
          <//>
          ${values.rrule && html`
            <${Field} of=${form} name="count" type="number" min="2" max="366" label=${t("plan.count")} value=${values.count} />
          `}
          <${ZoneField} of=${form} name="timezone" value=${ownZone()} />
        </div>
        <${Preview} params=${params} plan=${planOf(values)} />
        <p class="muted small">${say("plan.studies", { ref: html`<${Ref} of=${havruta.last_place || havruta.book} />` })}</p>
        <p><${Submit} of=${form}>${t("plan.press")}<//></p>
      <//>
    <//>
  `;
}

/** @param {{ params: { havruta_id: string }, plan: Record<string, any> }} properties */
function Preview({ params, plan }) {
  const dates = useLoaded(
    (signal) => (plan.start_time ? post("/api/havrutas/{havruta_id}/sessions/preview", { params, body: plan, signal }) : Promise.resolve(null)),
    [JSON.stringify(plan)],
  );
  const times = dates.problem || dates.isStale ? [] : dates.value?.start_times || [];
  return html`
    <div class="preview" role="status">
      ${times.length > 0 && html`
        <div class="notice">
          <p>${t("plan.preview", { count: times.length })}</p>
          <ul>
            ${times.slice(0, MOST_SHOWN).map((at) => html`<li key=${at}><${When} at=${at} /></li>`)}
            ${times.length > MOST_SHOWN && html`<li>… <${When} at=${times[times.length - 1]} /></li>`}
          </ul>
        </div>
      `}
    </div>
  `;
}
