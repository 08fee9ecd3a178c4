// @ts-check
/** A student books one of the times that they may book: they choose, confirm, and see what is booked. */
import { get, post, Problem } from "../api.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { useOwnEvents } from "../parts/own-events.js";
import { Elsewhere, Span } from "../parts/when.js";
import { html, useCallback, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { aboutOf, minutesOf, People, Where } from "./lesson-card.js";
import { linesOf } from "./people.js";
import { SlotDays } from "./slot-days.js";

/** @typedef {Schemas["Enrollment"]} Enrollment */
/** @typedef {Schemas["TutoringSession"]} Lesson */
/** @typedef {Schemas["Slot"]} Slot */
/** @typedef {import("./slot-days.js").Period} Period */

// After these the times that are shown are no longer those that there are.
const OUTDATED = ["time_conflict", "not_bookable", "notice_too_short", "week_full", "only_on_request"];

/** @param {{ enrollment: Enrollment }} properties */
export function Booker({ enrollment }) {
  const [booked, setBooked] = useState(/** @type {Lesson | null} */ (null));
  if (booked) return html`<${Booked} lesson=${booked} enrollment=${enrollment} />`;
  const { id, course_title: title } = enrollment;
  const name = enrollment.tutor_display_name || t("person.unknown");
  return html`
    <${Title} of=${t("booking.title")} />
    <p>${say("ask.of", { name, course: html`<a href="/enrollments/${id}"><bdi>${title}</bdi></a>` })}</p>
    <p>${t("booking.how")}</p>
    <${BookableTimes} enrollment=${enrollment} Confirm=${Booking} done=${setBooked} />
    <p><a href="/enrollments/${id}/ask">${t("ask.another")}</a></p>
  `;
}

/**
 * The times that can be booked, or to which the lesson can move; `Confirm` asks about the one that is chosen.
 * @param {{ enrollment: Enrollment, lesson?: Lesson, again?: () => void,
 *   Confirm: (properties: any) => unknown, done: (lesson: Lesson) => void }} properties `again` reads the lesson again
 */
export function BookableTimes({ enrollment, lesson, again: reread, Confirm, done }) {
  const [picked, setPicked] = useState(/** @type {Slot | null} */ (null));
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((last) => last + 1), []);
  useOwnEvents(again);
  const params = { enrollment_id: enrollment.id };
  const read = (/** @type {Period} */ period, /** @type {AbortSignal} */ signal) =>
    get("/api/enrollments/{enrollment_id}/bookable-times", { params, query: { ...period, session_id: lesson?.id }, signal });
  /** What was refused is shown next to what is confirmed, and the times are read again. @param {() => Promise<Lesson>} work */
  async function send(work) {
    try {
      done(await work());
    } catch (problem) {
      if (problem instanceof Problem && OUTDATED.includes(problem.code)) again();
      throw problem;
    }
  }
  return html`
    <${SlotDays}
      read=${read} on=${[enrollment.id, lesson?.id, turn]} zone=${enrollment.timezone} onPick=${setPicked} none=${t("booking.none")}
    />
    ${picked && html`
      <${Confirm} slot=${picked} enrollment=${enrollment} lesson=${lesson} again=${reread} send=${send} close=${() => setPicked(null)} />
    `}
  `;
}

/** When a time is, by both clocks. @param {{ slot: Slot, zone: string }} properties */
export function SlotTime({ slot, zone }) {
  return html`
    <div>
      <p class="strong"><${Span} at=${slot.starts_at} minutes=${minutesOf(slot)} /></p>
      <p><${Elsewhere} at=${slot.starts_at} zone=${zone} /></p>
    </div>
  `;
}

/** @param {{ slot: Slot, enrollment: Enrollment, send: (work: () => Promise<Lesson>) => Promise<void>, close: () => void }} properties */
function Booking({ slot, enrollment, send, close }) {
  const form = useForm(({ topics, note }, key) => send(() => {
    const body = { starts_at: slot.starts_at, topics: linesOf(topics), note: note || null };
    const params = { enrollment_id: enrollment.id };
    return post("/api/enrollments/{enrollment_id}/bookings", { params, body, key: `${key}-${Date.parse(slot.starts_at)}` });
  }), `booking.${enrollment.id}`);
  return html`
    <${Dialog} title=${t("booking.confirm")} close=${close}>
      <${Form} of=${form}>
        <${SlotTime} slot=${slot} zone=${enrollment.timezone} />
        <${Field} of=${form} name="topics" label=${t("ask.topic")} maxlength="200" optional />
        <${Field} of=${form} name="note" as="textarea" label=${t("ask.message")} maxlength="1000" optional />
        <div class="row">
          <${Submit} of=${form}>${t("booking.press")}<//>
          <button type="button" class="button quiet" onClick=${close}>${t("back")}</button>
        </div>
      <//>
    <//>
  `;
}

/** What is booked: what, when, with whom and where. @param {{ lesson: Lesson, enrollment: Enrollment }} properties */
function Booked({ lesson, enrollment }) {
  return html`
    <${Title} of=${t("booking.done")} />
    <section class="card stack">
      <h2><bdi>${aboutOf(lesson, enrollment.course_title)}</bdi></h2>
      <${SlotTime} slot=${lesson} zone=${lesson.timezone} />
      <p class="row"><span><${People} of=${enrollment} /></span><span class="muted"><${Where} lesson=${lesson} /></span></p>
    </section>
    <p>${t("booking.told")}</p>
    <p class="row">
      <a class="button" href="/sessions/${lesson.id}">${t("booking.see")}</a>
      <a class="button quiet" href="/enrollments/${enrollment.id}">${t("booking.back")}</a>
    </p>
  `;
}
