// @ts-check
/** Whether sessions are repeated, how often and how many times; and when they would be. */
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field } from "./form.js";
import { useLoaded } from "./loading.js";
import { When } from "./when.js";

const RULES = {
  once: "",
  daily: "FREQ=DAILY",
  weekly: "FREQ=WEEKLY",
  fortnightly: "FREQ=WEEKLY;INTERVAL=2",
  monthly: "FREQ=MONTHLY",
};
const MOST_SHOWN = 6;

/** What a form begins with. */
export const ONCE = { rrule: "", count: "4" };

/** As the API takes it. @param {Record<string, string>} values @param {string} timezone */
export const repetitionOf = ({ rrule, count }, timezone) => (rrule ? { rrule: `${rrule};COUNT=${count}`, timezone } : {});

/** @param {{ of: import("./form.js").FormState, values: Record<string, string> }} properties */
export function RepeatFields({ of: form, values: { rrule, count } }) {
  return html`
    <${Field} of=${form} name="rrule" as="select" required=${false} label=${t("plan.repeat")}>
      ${Object.entries(RULES).map(([name, rule]) => html`<option value=${rule} selected=${rule === rrule}>${t(`plan.${name}`)}</option>`)}
    <//>
    ${rrule && html`
      <${Field} of=${form} name="count" type="number" min="2" max="366" label=${t("plan.count")} value=${count} inputmode="numeric" />
    `}
  `;
}

/**
 * When it would be, as the platform says.
 * @param {{ plan: Record<string, any>, ask: (signal: AbortSignal) => Promise<{ start_times: string[] }> }} properties
 */
export function PlanPreview({ plan, ask }) {
  const dates = useLoaded((signal) => (plan.start_time ? ask(signal) : Promise.resolve(null)), [JSON.stringify(plan)]);
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
