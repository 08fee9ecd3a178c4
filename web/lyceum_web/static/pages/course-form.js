// @ts-check
/** Writing a course, a new one or what is said of one that there is. */
import { get, patch, post } from "../api.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { ZoneField } from "../parts/zone-field.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { ownZone } from "../time.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { AS_ASKED, BookingFields, bookingOf } from "../tutoring/booking-fields.js";
import { whileKept } from "../tutoring/conflict.js";

/** @typedef {Schemas["Course"]} Course */
/** @typedef {import("../tutoring/booking-fields.js").BookingTerms} BookingTerms */
/** @typedef {BookingTerms & { title: string, subject: string | null, description: string | null, timezone: string, cancel_notice_hours: number }} Said */

const NEW = { title: "", subject: "", description: "", timezone: ownZone(), cancel_notice_hours: 24, ...AS_ASKED };

/** @param {{ id?: string }} properties */
export default function CourseForm({ id }) {
  return html`<div class="narrow stack">${id ? html`<${Known} id=${id} />` : html`<${Fresh} />`}</div>`;
}

function Fresh() {
  async function publish(/** @type {object} */ body, /** @type {string} */ key) {
    const { id } = await post("/api/courses", { body, key });
    tell(t("course.published"));
    go(`/courses/${id}`);
  }
  return html`
    <${Title} of=${t("courses.new")} />
    <p>${t("course.new_why")}</p>
    <${Fields} said=${NEW} draft="course.new" send=${publish} button=${t("course.publish")} back="/courses" />
  `;
}

/** @param {{ id: string }} properties */
function Known({ id }) {
  const params = { course_id: id };
  const read = (/** @type {AbortSignal} */ signal) => get("/api/courses/{course_id}", { params, signal });
  const course = useLoaded(read, [id]);
  async function change(/** @type {object} */ body) {
    await whileKept(() => patch("/api/courses/{course_id}", { params, body, of: course.value }), course.again);
    tell(t("course.saved"));
    go(`/courses/${id}`);
  }
  return html`
    <${Title} of=${t("course.edit")} />
    <${Loaded} of=${course}>
      ${(/** @type {Course} */ said) => html`
        <${Fields} said=${said} draft="course.${id}" send=${change} button=${t("save")} back="/courses/${id}" />
      `}
    <//>
  `;
}

/** @param {{ said: Said, draft: string, send: (body: object, key: string) => Promise<void>, button: string, back: string }} properties */
function Fields({ said, draft, send, button, back }) {
  const form = useForm((values, key) => {
    const body = { ...values, subject: values.subject || null, description: values.description || null };
    return send({ ...body, cancel_notice_hours: Number(values.cancel_notice_hours), ...bookingOf(values) }, key);
  }, draft);
  return html`
    <${Form} of=${form}>
      <${Field} of=${form} name="title" label=${t("course.name")} maxlength="200" defaultValue=${said.title} />
      <${Field} of=${form} name="subject" label=${t("course.subject")} maxlength="100" defaultValue=${said.subject || ""} optional />
      <${Field}
        of=${form} name="description" as="textarea" label=${t("course.description")} hint=${t("course.description_hint")}
        maxlength="5000" defaultValue=${said.description || ""} optional
      />
      <${ZoneField} of=${form} name="timezone" value=${said.timezone} hint=${t("course.zone_hint")} />
      <${Field}
        of=${form} name="cancel_notice_hours" type="number" min="0" max="720" label=${t("course.notice_hours")}
        hint=${t("course.notice_hint")} defaultValue=${said.cancel_notice_hours}
      />
      <${BookingFields} of=${form} said=${said} />
      <div class="row"><${Submit} of=${form}>${button}<//><a class="button quiet" href=${back}>${t("back")}</a></div>
    <//>
  `;
}
