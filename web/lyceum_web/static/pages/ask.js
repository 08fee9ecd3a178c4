// @ts-check
/** A student asks the tutor for a lesson, at one of the tutor's free times or at another. */
import { post } from "../api.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { FreeTimes } from "../tutoring/free-times.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { linesOf, readEnrollment } from "../tutoring/people.js";
import { useOwnEvents } from "../parts/own-events.js";
import { Elsewhere, Span } from "../parts/when.js";
import { go } from "../router.js";
import { isoDate, MINUTE, moment, wallTime } from "../time.js";
import { tell } from "../told.js";
import { html, useCallback, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

/** @typedef {Schemas["Enrollment"]} Enrollment */
/** @typedef {Schemas["Slot"]} Slot */

/** @param {{ id: string }} properties */
export default function Ask({ id }) {
  const found = useLoaded((signal) => readEnrollment(id, signal), [id]);
  return html`
    <div class="narrow stack">
      <${Title} of=${t("ask.title")} />
      <${Loaded} of=${found}>
        ${(/** @type {Enrollment} */ enrollment) => html`
          <p>${say("ask.of", { name: enrollment.tutor_display_name || t("person.unknown"), course: html`<a href="/enrollments/${id}"><bdi>${enrollment.course_title}</bdi></a>` })}</p>
          ${enrollment.status === "active"
            ? html`<${Choice} enrollment=${enrollment} />`
            : html`<p class="notice">${t(`enrollment.why_${enrollment.status}`)}</p>`}
        `}
      <//>
    </div>
  `;
}

/** @param {{ enrollment: Enrollment }} properties */
function Choice({ enrollment }) {
  const [minutes, setMinutes] = useState(60);
  const [picked, setPicked] = useState(/** @type {Slot | null} */ (null));
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((last) => last + 1), []);
  useOwnEvents(again);
  function close() {
    setPicked(null);
    again();
  }
  return html`
    <${FreeTimes}
      tutor=${enrollment.tutor_id} zone=${enrollment.timezone} turn=${turn}
      minutes=${minutes} setMinutes=${setMinutes} onPick=${setPicked}
    />
    <${OtherTime} minutes=${minutes} onPick=${setPicked} />
    ${picked && html`<${Asking} slot=${picked} enrollment=${enrollment} close=${close} />`}
  `;
}

/** @param {{ minutes: number, onPick: (slot: Slot) => void }} properties */
function OtherTime({ minutes, onPick }) {
  const form = useForm(async ({ date, time }) => {
    const start = moment(`${date}T${time}`);
    onPick({ starts_at: start, ends_at: new Date(Date.parse(start) + minutes * MINUTE).toISOString() });
  });
  return html`
    <details class="fold">
      <summary>${t("ask.another")}</summary>
      <${Form} of=${form} label=${t("ask.another")}>
        <p class="muted">${t("ask.another_why")}</p>
        <div class="row fields">
          <${Field} of=${form} name="date" type="date" label=${t("lesson_form.date")} min=${isoDate(new Date())} />
          <${Field} of=${form} name="time" type="time" label=${t("lesson_form.start")} />
        </div>
        <div class="row"><${Submit} of=${form} quiet>${t("ask.choose")}<//></div>
      <//>
    </details>
  `;
}

/** @param {{ slot: Slot, enrollment: Enrollment, close: () => void }} properties */
function Asking({ slot, enrollment, close }) {
  const { id, timezone: zone } = enrollment;
  const [start, end] = [wallTime(slot.starts_at, zone), wallTime(slot.ends_at, zone)];
  const when = { session_date: start.slice(0, 10), start_time: start.slice(11), end_time: end.slice(11) };
  const form = useForm(async ({ topics, message }, key) => {
    const body = { ...when, topics: linesOf(topics), message: message || null };
    await post("/api/enrollments/{enrollment_id}/requests", { params: { enrollment_id: id }, body, key });
    tell(t("ask.sent"));
    go(`/enrollments/${id}`);
  }, `ask.${id}`);
  const past = form.errors.session_date || form.errors.start_time;
  return html`
    <${Dialog} title=${t("ask.confirm")} close=${close}>
      <${Form} of=${form}>
        <div>
          <p class="strong"><${Span} at=${slot.starts_at} minutes=${(Date.parse(slot.ends_at) - Date.parse(slot.starts_at)) / MINUTE} /></p>
          <p><${Elsewhere} at=${slot.starts_at} zone=${zone} /></p>
          ${past && html`<p class="error">${past}</p>`}
        </div>
        <${Field} of=${form} name="message" as="textarea" label=${t("ask.message")} maxlength="1000" optional />
        <${Field} of=${form} name="topics" label=${t("ask.topic")} maxlength="200" optional />
        <div class="row">
          <${Submit} of=${form}>${t("ask.press")}<//>
          <button type="button" class="button quiet" onClick=${close}>${t("back")}</button>
        </div>
      <//>
    <//>
  `;
}
