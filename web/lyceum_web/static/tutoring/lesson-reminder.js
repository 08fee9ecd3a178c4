// @ts-check
/** When the person is reminded of a lesson: as it was planned, at another time, or not at all. */
import { get, put } from "../api.js";
import { tell } from "../told.js";
import { duration } from "../time.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { BeforeField } from "./lesson-fields.js";
import { useLoaded } from "../parts/loading.js";
import { roleIn } from "./people.js";

/** @param {{ lesson: Schemas["TutoringSession"] }} properties */
export function Reminder({ lesson }) {
  const isAhead = lesson.status === "scheduled" && Date.parse(lesson.starts_at) > Date.now();
  return isAhead && roleIn(lesson) !== "admin" ? html`<${Own} id=${lesson.id} />` : null;
}

/** @param {{ id: number }} properties */
function Own({ id }) {
  const params = { session_id: id };
  const reminder = useLoaded((signal) => get("/api/sessions/{session_id}/reminder", { params, signal }), [id]);
  const form = useForm(async ({ before }) => {
    reminder.set(await put("/api/sessions/{session_id}/reminder", { params, body: choiceOf(before) }));
    tell(t("reminder.saved"));
  });
  if (!reminder.value) return null;
  const { chosen, planned } = standing(reminder.value);
  const otherwise = [["planned", planned], ["none", t("lesson_form.no_reminder")]];
  return html`
    <section class="stack" aria-labelledby="reminder">
      <h2 id="reminder">${t("reminder.title")}</h2>
      <${Form} of=${form} class="narrow" label=${t("reminder.title")}>
        <${BeforeField} of=${form} name="before" label=${t("reminder.when")} value=${chosen} otherwise=${otherwise} />
        <div class="row"><${Submit} of=${form} quiet>${t("save")}<//></div>
      <//>
    </section>
  `;
}

/** @param {string} before */
function choiceOf(before) {
  if (before === "planned") return { notification_enabled: null, alarm_enabled: null, alarm_before_minutes: null };
  if (before === "none") return { notification_enabled: false, alarm_enabled: false, alarm_before_minutes: null };
  return { notification_enabled: true, alarm_enabled: true, alarm_before_minutes: Number(before) };
}

/**
 * What the person has chosen, and the words for what holds otherwise.
 * @param {Schemas["Reminder"]} reminder
 */
function standing({ notification_enabled: own, alarm_before_minutes: minutes, effective }) {
  const isOff = !effective.notification_enabled && !effective.alarm_enabled;
  const now = isOff ? t("lesson_form.no_reminder") : t("lesson_form.before", { time: duration(effective.alarm_before_minutes) });
  if (own === null && minutes === null) return { chosen: "planned", planned: t("reminder.as_planned_now", { now }) };
  return { chosen: isOff ? "none" : String(effective.alarm_before_minutes), planned: t("reminder.as_planned") };
}
