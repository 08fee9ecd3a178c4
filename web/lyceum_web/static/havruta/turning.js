// @ts-check
/** Turns pages: what is wanted is shown at once, and of several turns in a hurry the last is sent. */
import { Problem, put } from "../api.js";
import { resolve } from "./references.js";
import { tell } from "../told.js";
import { useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {Schemas["SessionState"]} State */

/** @param {State} state @param {(state: State) => void} setState */
export function useTurning(state, setState) {
  const params = { session_id: state.session_id };
  const [wanted, setWanted] = useState("");
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const now = useRef({ shown: "", seq: 0, isBusy: false, steps: Promise.resolve() });
  now.current.seq = Math.max(now.current.seq, state.seq);
  if (!now.current.isBusy) now.current.shown = state.ref || "";

  /** To a passage; throws what the platform refuses. @param {string} ref */
  async function go(ref) {
    const body = { ref, expected_seq: now.current.seq };
    const next = await put("/api/havruta-sessions/{session_id}/position", { params, body });
    now.current.seq = next.seq;
    setState(next);
  }
  async function send() {
    if (now.current.isBusy) return;
    now.current.isBusy = true;
    try {
      let sent;
      do {
        sent = now.current.shown;
        await go(sent);
      } while (sent !== now.current.shown);
    } catch (error) {
      refuse(error);
    } finally {
      now.current.isBusy = false;
      setWanted("");
    }
  }
  async function step(/** @type {import("./page-turner.js").Side} */ side) {
    setProblem(null);
    try {
      const to = (await resolve(now.current.shown))[side];
      if (!to) return;
      // A chapter is gone to at its beginning.
      now.current.shown = (await resolve(to)).start;
    } catch (error) {
      refuse(error);
      return;
    }
    setWanted(now.current.shown);
    send();
  }
  function refuse(/** @type {unknown} */ error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code !== "stale_position") {
      setProblem(error);
      return;
    }
    const { state: present } = /** @type {{ state?: State }} */ (error.document);
    if (present) setState(present);
    tell(t("study.turned_meanwhile"));
  }
  /** Each turn is from where the one before leads. @param {import("./page-turner.js").Side} side */
  function turn(side) {
    now.current.steps = now.current.steps.then(() => step(side));
  }
  return { shown: wanted || state.ref || "", turn, go, problem };
}
