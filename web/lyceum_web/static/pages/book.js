// @ts-check
/** Booking: a tutor plans a lesson or a series, a student takes a free time where the course lets them. */
import { post } from "../api.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { Booker } from "../tutoring/booker.js";
import { AboutFields, aboutOfFields, BeforeField, timesOf, WhenFields } from "../tutoring/lesson-fields.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Plan } from "../tutoring/lesson-plan.js";
import { RepeatFields, repetitionOf } from "../tutoring/repeat-fields.js";
import { Title } from "../parts/title.js";
import { readEnrollment, roleIn, zoneName } from "../tutoring/people.js";
import { DAY, isoDate } from "../time.js";
import { html, useRef, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

/** @typedef {Schemas["Enrollment"]} Enrollment */

/** @param {{ id: string }} properties */
export default function Book({ id }) {
  const found = useLoaded((signal) => readEnrollment(id, signal), [id]);
  return html`
    <div class="narrow stack">
      <${Loaded} of=${found}>
        ${(/** @type {Enrollment} */ enrollment) => html`<${bookingFor(enrollment)} enrollment=${enrollment} />`}
      <//>
    </div>
  `;
}

/** @param {Enrollment} enrollment */
function bookingFor(enrollment) {
  if (enrollment.status !== "active") return Closed;
  return roleIn(enrollment) === "student" && enrollment.course_booking === "book" ? Booker : ByTutor;
}

/** @param {{ enrollment: Enrollment }} properties */
function Closed({ enrollment }) {
  return html`
    <${Title} of=${t("book.title")} />
    <p class="notice">${t(`enrollment.why_${enrollment.status}`)}</p>
    <p><a href="/enrollments/${enrollment.id}"><bdi>${enrollment.course_title}</bdi></a></p>
  `;
}

/** All dates are shown first, with what is in their way. @param {{ enrollment: Enrollment }} properties */
function ByTutor({ enrollment }) {
  const { id, course_title: title } = enrollment;
  const name = enrollment.student_display_name || t("person.unknown");
  return html`
    <${Title} of=${t("book.title")} />
    <p>${say("book.of", { name, course: html`<a href="/enrollments/${id}"><bdi>${title}</bdi></a>` })}</p>
    <${Booking} enrollment=${enrollment} />
  `;
}

/** @param {{ enrollment: Enrollment }} properties */
function Booking({ enrollment }) {
  const [plan, setPlan] = useState(/** @type {import("../tutoring/lesson-plan.js").Planned | null} */ (null));
  const fields = useRef(/** @type {HTMLElement | null} */ (null));
  const [frequency, setFrequency] = useState("one-time");
  const form = useForm(async (values, key, element) => {
    const days = new FormData(element).getAll("days");
    const body = { ...bodyOf(enrollment, values), ...repetitionOf(values, days) };
    setPlan({ body, key, preview: await post("/api/sessions/preview", { body }) });
  });
  function change() {
    setPlan(null);
    fields.current?.querySelector("input")?.focus();
  }
  const tomorrow = isoDate(new Date(Date.now() + DAY), enrollment.timezone);
  return html`
    <div ref=${fields} onInput=${() => setPlan(null)}>
      <${Form} of=${form} label=${t("book.title")}>
        <${WhenFields} of=${form} date=${tomorrow} start="18:00" minutes=${60} />
        <p class="hint">${t("lesson_form.zone", { zone: zoneName(enrollment.timezone) })}</p>
        <${RepeatFields} of=${form} frequency=${frequency} setFrequency=${setFrequency} />
        <${AboutFields} of=${form} topics=${[]} mode="online" location=${null} />
        <${BeforeField} of=${form} name="before" label=${t("lesson_form.remind")} value="30" otherwise=${[["none", t("lesson_form.no_reminder")]]} />
        ${form.problem?.code === "invalid_recurrence" && html`<p class="error">${t("problem.invalid_recurrence")}</p>`}
        ${!plan && html`<div class="row"><${Submit} of=${form}>${t("book.preview")}<//></div>`}
      <//>
    </div>
    ${plan && html`<${Plan} key=${plan.key} plan=${plan} enrollment=${enrollment} change=${change} />`}
  `;
}

/** @param {Enrollment} enrollment @param {Record<string, string>} values */
function bodyOf(enrollment, values) {
  const isReminded = values.before !== "none";
  const reminder = { notification_enabled: isReminded, alarm_enabled: isReminded };
  return {
    enrolled_courses_id: enrollment.id,
    ...timesOf(values),
    ...aboutOfFields(values),
    ...reminder,
    ...(isReminded && { alarm_before_minutes: Number(values.before) }),
  };
}
