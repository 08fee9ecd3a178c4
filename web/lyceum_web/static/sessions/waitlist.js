// @ts-check
/** Waiting for a seat in a session: the place in line, and leaving it. */
import { post } from "../api.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Action } from "../parts/action.js";

/** Give up the seat or the wait. @param {string} session_id */
export const leave = (session_id) => post("/api/study-sessions/{session_id}/leave", { params: { session_id } });

/**
 * In lists of sessions, from which the session goes with this button.
 * @param {{ id: string, title: string, again: () => void }} properties
 */
export function LeaveWaitlist({ id, title, again }) {
  async function work() {
    await leave(id);
    tell(t("joining.waits_no_more"));
    document.querySelector("h1")?.focus({ preventScroll: true });
    again();
  }
  return html`
    <${Action} kind="quiet" work=${work}>
      ${t("joining.wait_no_more")}${" "}<span class="for-readers"><bdi>${title}</bdi></span>
    <//>
  `;
}
