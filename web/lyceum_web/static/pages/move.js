// @ts-check
/** A tutor moves a lesson, or its series, and changes what it is about; a student who books moves their own. */
import { get, patch, Problem } from "../api.js";
import { whileKept } from "../tutoring/conflict.js";
import { Form, Submit, Tick, useForm } from "../parts/form.js";
import { minutesOf } from "../tutoring/lesson-card.js";
import { AboutFields, aboutOfFields, timesOf, WhenFields } from "../tutoring/lesson-fields.js";
import { ScopeField } from "../tutoring/lesson-steps.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Mover } from "../tutoring/mover.js";
import { Title } from "../parts/title.js";
import { roleIn, zoneName } from "../tutoring/people.js";
import { Span } from "../parts/when.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {Schemas["TutoringSession"]} Lesson */

/** @param {{ id: string }} properties */
export default function Move({ id }) {
  const params = { session_id: id };
  const lesson = useLoaded((signal) => get("/api/sessions/{session_id}", { params, signal }), [id]);
  return html`
    <div class="narrow stack">
      <p><a href="/sessions/${id}">${t("move.back")}</a></p>
      <${Title} of=${t("move.title")} />
      <${Loaded} of=${lesson}>
        ${(/** @type {Lesson} */ found) => (roleIn(found) === "tutor"
          ? html`<${Fields} lesson=${found} again=${lesson.again} />`
          : html`<${Mover} lesson=${found} again=${lesson.again} />`)}
      <//>
    </div>
  `;
}

/** @param {{ lesson: Lesson, again: () => void }} properties */
function Fields({ lesson, again }) {
  const params = { session_id: lesson.id };
  const [isOutside, setOutside] = useState(false);
  const form = useForm(async (values) => {
    const body = changesOf(lesson, values);
    try {
      await whileKept(() => patch("/api/sessions/{session_id}", { params, body, of: lesson }), again);
    } catch (problem) {
      if (problem instanceof Problem && problem.code === "outside_working_hours") setOutside(true);
      throw problem;
    }
    tell(t("move.done"));
    go(`/sessions/${lesson.id}`);
  });
  return html`
    <${Form} of=${form}>
      <${Conflicts} problem=${form.problem} />
      <${WhenFields} of=${form} date=${lesson.session_date} start=${lesson.start_time.slice(0, 5)} minutes=${minutesOf(lesson)} />
      <p class="hint">${t("lesson_form.zone", { zone: zoneName(lesson.timezone) })}</p>
      ${isOutside && html`<${Tick} name="force" label=${t("move.force")} />`}
      <${AboutFields} of=${form} topics=${lesson.topics || []} mode=${lesson.session_mode || "online"} location=${lesson.location} />
      ${lesson.series_id && html`<${ScopeField} label=${t("scope.change")} />`}
      <div class="row"><${Submit} of=${form}>${t("save")}<//><a class="button quiet" href="/sessions/${lesson.id}">${t("back")}</a></div>
    <//>
  `;
}

/** What differs from the lesson: times that stay are not asked for again. @param {Lesson} lesson @param {Record<string, string>} values */
function changesOf(lesson, values) {
  const times = timesOf(values);
  const isMoved = times.session_date !== lesson.session_date
    || times.start_time !== lesson.start_time.slice(0, 5)
    || times.end_time !== lesson.end_time.slice(0, 5);
  return { ...(isMoved && times), ...aboutOfFields(values), scope: values.scope || "this", force: values.force === "on" };
}

/** What is in the way. @param {{ problem: Problem | null }} properties */
function Conflicts({ problem }) {
  const found = /** @type {Schemas["OccurrenceConflict"][]} */ (/** @type {any} */ (problem?.document)?.conflicts || []);
  if (!found.length) return null;
  return html`
    <ul class="conflicts">
      ${found.map((each) => html`
        <li key=${each.starts_at}>
          <${Span} at=${each.starts_at} minutes=${(Date.parse(each.ends_at) - Date.parse(each.starts_at)) / 60_000} />
          ${" · "}${t(each.who.includes("tutor") ? "book.taken_by_tutor" : "book.taken_by_student")}
          ${each.session_id && html`${" "}<a href="/sessions/${each.session_id}">${t("book.see")}</a>`}
        </li>
      `)}
    </ul>
  `;
}
