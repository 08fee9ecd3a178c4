// @ts-check
/** Beginning, ending, moving and cancelling a lesson. */
import { post } from "../api.js";
import { MINUTE } from "../time.js";
import { tell } from "../told.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Action } from "../parts/action.js";
import { AskButton } from "../parts/ask.js";
import { Choices } from "../parts/choices.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { Topics } from "./lesson-fields.js";
import { linesOf, roleIn } from "./people.js";
import { When } from "../parts/when.js";

/** @typedef {Schemas["TutoringSession"]} Lesson */

const EARLY = 15 * MINUTE;
const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds that a browser can wait

/**
 * What the person may do of it.
 * @param {{ lesson: Lesson, deadline: number | null, changed: () => void }} properties `deadline` until a student who
 *   books moves and cancels
 */
export function LessonSteps({ lesson, deadline, changed }) {
  const role = roleIn(lesson);
  const isTutor = role === "tutor";
  const { status } = lesson;
  if (!["scheduled", "in-progress"].includes(String(status)) || (!isTutor && role !== "student")) return null;
  if (deadline !== null) return html`<${StepsUntil} lesson=${lesson} deadline=${deadline} changed=${changed} />`;
  return html`
    <div class="stack">
      ${isTutor && status === "scheduled" && html`<${Start} lesson=${lesson} changed=${changed} />`}
      ${isTutor && status === "in-progress" && html`<${Complete} lesson=${lesson} changed=${changed} />`}
      <div class="row">
        ${isTutor && status === "scheduled" && html`<a class="button quiet" href="/sessions/${lesson.id}/move">${t("move.title")}</a>`}
        <${Cancel} lesson=${lesson} changed=${changed} />
      </div>
    </div>
  `;
}

/** Moving and cancelling by a student who books. @param {{ lesson: Lesson, deadline: number, changed: () => void }} properties */
function StepsUntil({ lesson, deadline, changed }) {
  const isLate = useHasCome(deadline);
  if (isLate) return html`<p class="muted">${t("booking.late")}</p>`;
  return html`
    <div class="stack">
      <div class="row">
        <a class="button quiet" href="/sessions/${lesson.id}/move">${t("booking.move")}</a>
        <${Cancel} lesson=${lesson} changed=${changed} />
      </div>
      <p class="muted">${say("booking.until", { time: html`<${When} at=${new Date(deadline).toISOString()} />` })}</p>
    </div>
  `;
}

/** Whether the moment has come; the page notices when it comes. @param {number} moment */
function useHasCome(moment) {
  const [, setTurn] = useState(0);
  const rest = moment - Date.now();
  useEffect(() => {
    if (rest <= 0 || rest > LONGEST_TIMER) return;
    const due = setTimeout(() => setTurn((last) => last + 1), rest);
    return () => clearTimeout(due);
  }, [moment]);
  return rest <= 0;
}

/** @param {{ lesson: Lesson, changed: () => void }} properties */
function Start({ lesson, changed }) {
  const earliest = Date.parse(lesson.starts_at) - EARLY;
  const hasCome = useHasCome(earliest);
  async function start() {
    await post("/api/sessions/{session_id}/start", { params: { session_id: lesson.id } });
    tell(t("lesson.started"));
    changed();
  }
  if (hasCome) return html`<div class="row"><${Action} work=${start}>${t("lesson.start")}<//></div>`;
  const time = html`<${When} at=${new Date(earliest).toISOString()} />`;
  return html`<p class="muted">${say("lesson.start_from", { time })}</p>`;
}

/** @param {{ lesson: Lesson, changed: () => void }} properties */
function Complete({ lesson, changed }) {
  const form = useForm(async ({ topics_covered: topics }) => {
    const body = { topics_covered: linesOf(topics) };
    await post("/api/sessions/{session_id}/complete", { params: { session_id: lesson.id }, body });
    tell(t("lesson.completed"));
    changed();
    document.querySelector("h1")?.focus();
  });
  return html`
    <${Form} of=${form} label=${t("lesson.complete")}>
      <${Topics} of=${form} name="topics_covered" label=${t("lesson.covered_label")} value=${lesson.topics || []} />
      <div class="row"><${Submit} of=${form}>${t("lesson.complete")}<//></div>
    <//>
  `;
}

/** The occurrences of a series that are meant. @param {{ label: string }} properties */
export function ScopeField({ label }) {
  const choices = ["this", "future", "all"].map((each) => [each, t(`scope.${each}`)]);
  return html`<${Choices} name="scope" label=${label} choices=${choices} value="this" />`;
}

/** @param {{ lesson: Lesson, changed: () => void }} properties */
function Cancel({ lesson, changed }) {
  async function cancel(/** @type {string | null} */ reason, /** @type {Record<string, string>} */ { scope = "this" }) {
    const body = { scope, reason };
    await post("/api/sessions/{session_id}/cancel", { params: { session_id: lesson.id }, body });
    tell(t("lesson.cancelled"));
    changed();
    document.querySelector("h1")?.focus();
  }
  return html`
    <${AskButton}
      work=${cancel} title=${t("lesson.cancel_title")} why=${t("lesson.cancel_why")} reason=${t("reason")}
      fields=${lesson.series_id && html`<${ScopeField} label=${t("scope.cancel")} />`}
    >${t("lesson.cancel")}<//>
  `;
}
