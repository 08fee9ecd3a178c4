// @ts-check
/** Who came to a session: the host marks it, and each person sees what concerns them. */
import { get, put } from "../api.js";
import { DAY } from "../time.js";
import { html, useRef } from "../vendor/ui.js";
import { t } from "../words.js";
import { useAction } from "../parts/action.js";
import { useLoaded } from "../parts/loading.js";
import { Refusal } from "../parts/trouble.js";

const MARKED_FOR = 14 * DAY;

/** @typedef {Schemas["StudySessionDetails"]} Session */
/** @typedef {Map<string, boolean | null>} Marks by the id of the person */

/** Whether the host can mark who came. @param {Session} session */
function isTime({ cancelled_at: cancelled, starts_at: from, ended_at: ended, ends_at: to }) {
  const now = Date.now();
  return !cancelled && Date.parse(from) <= now && now <= Date.parse(ended || to) + MARKED_FOR;
}

/**
 * The marks of a session, for its host while they can be changed; `note` has one more of them shown.
 * @param {Session} session @param {boolean} isHost
 */
export function useMarks(session, isHost) {
  const params = { session_id: session.id };
  const canMark = isHost && isTime(session);
  const read = async (/** @type {AbortSignal} */ signal) =>
    canMark ? marksIn(await get("/api/study-sessions/{session_id}/attendance", { params, signal })) : null;
  const { value, set } = useLoaded(read, [session.id, canMark, session.current_participants]);
  // One may be sent before the answer to another is here, and shows both.
  const last = useRef(value);
  last.current = value;
  const note = (/** @type {string} */ id, /** @type {boolean | null} */ attended) => {
    last.current = new Map([...(last.current || []), [id, attended]]);
    set(last.current);
  };
  return { value, note };
}

/** @param {Schemas["SessionAttendance"]} answer @returns {Marks} */
const marksIn = ({ items }) => new Map(items.map((each) => [each.user_id, each.attended]));

/**
 * The two buttons next to a person. Pressed again, a mark is taken back.
 * @param {{ session: Session, id: string, name: string, marks: ReturnType<typeof useMarks> }} properties
 */
export function Mark({ session, id, name, marks }) {
  const action = useAction(async (/** @type {boolean | null} */ attended) => {
    const params = { session_id: session.id, user_id: id };
    await put("/api/study-sessions/{session_id}/participants/{user_id}/attendance", { params, body: { attended } });
    marks.note(id, attended);
  });
  const mark = marks.value?.get(id) ?? null;
  return html`
    <span class="row marks" role="group" aria-label=${t("attendance.of", { name })}>
      ${[true, false].map((each) => html`
        <button
          key=${each} type="button" class="button quiet" aria-pressed=${mark === each} aria-disabled=${action.isBusy}
          onClick=${() => action.run(mark === each ? null : each)}
        >${t(each ? "attendance.came" : "attendance.missed")}</button>
      `)}
      <${Refusal} problem=${action.problem} />
    </span>
  `;
}

/** How often the person came, and did not: theirs alone. */
export function OwnAttendance() {
  const figures = useLoaded((signal) => get("/api/study-sessions/mine/attendance", { signal }), []);
  const { attended, missed } = figures.value || { attended: 0, missed: 0 };
  if (attended + missed === 0) return null;
  return html`
    <p class="small muted">
      ${t("attendance.own", { attended: t("attendance.times", { count: attended }), missed: t("attendance.times", { count: missed }) })}
    </p>
  `;
}
