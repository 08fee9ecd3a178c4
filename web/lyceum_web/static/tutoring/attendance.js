// @ts-check
/** Who was there: the tutor marks it, the others see it. */
import { put } from "../api.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Choices } from "../parts/choices.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { roleIn } from "./people.js";

/** @typedef {Schemas["TutoringSession"]} Lesson */

const MARKS = ["present", "late", "absent"];

/** @param {{ lesson: Lesson, changed: () => void }} properties */
export function Attendance({ lesson, changed }) {
  const isMarked = lesson.tutor_attendance_status || lesson.student_attendance_status;
  const hasBegun = lesson.status !== "cancelled" && Date.parse(lesson.starts_at) <= Date.now();
  const canMark = roleIn(lesson) === "tutor" && hasBegun;
  if (!canMark && !isMarked) return null;
  return html`
    <section class="stack" aria-labelledby="attendance">
      <h2 id="attendance">${t("attendance.title")}</h2>
      ${canMark ? html`<${Marking} lesson=${lesson} changed=${changed} />` : html`<${Marks} lesson=${lesson} />`}
    </section>
  `;
}

/** @param {string | null} mark */
const words = (mark) => t(`attendance.${mark || "unmarked"}`);

/** @param {string | null | undefined} name */
const nameOf = (name) => name || t("person.unknown");

/** @param {{ lesson: Lesson }} properties */
function Marks({ lesson }) {
  return html`
    <dl class="facts">
      <dt><bdi>${nameOf(lesson.student_display_name)}</bdi></dt><dd>${words(lesson.student_attendance_status)}</dd>
      <dt><bdi>${nameOf(lesson.tutor_display_name)}</bdi></dt><dd>${words(lesson.tutor_attendance_status)}</dd>
    </dl>
  `;
}

/** @param {{ lesson: Lesson, changed: () => void }} properties */
function Marking({ lesson, changed }) {
  const form = useForm(async ({ student, tutor }) => {
    const body = { student_attendance_status: student || null, tutor_attendance_status: tutor || null };
    await put("/api/sessions/{session_id}/attendance", { params: { session_id: lesson.id }, body });
    tell(t("attendance.saved"));
    changed();
  });
  const choices = ["", ...MARKS].map((mark) => [mark, words(mark)]);
  return html`
    <${Form} of=${form} label=${t("attendance.title")}>
      <${Choices}
        name="student" label=${nameOf(lesson.student_display_name)} choices=${choices}
        value=${lesson.student_attendance_status || ""} side
      />
      <${Choices} name="tutor" label=${t("attendance.you")} choices=${choices} value=${lesson.tutor_attendance_status || ""} side />
      <div class="row"><${Submit} of=${form} quiet>${t("attendance.save")}<//></div>
    <//>
  `;
}
