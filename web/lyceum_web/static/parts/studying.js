// @ts-check
/** A session in progress: the passage, the pages that are turned together, and who is here. */
import { post, Problem, put } from "../api.js";
import { go } from "../router.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Action, Grave } from "./action.js";
import { PageTurner } from "./page-turner.js";
import { Passage } from "./passage.js";
import { useReference } from "./reference.js";
import { StudyPeople, whoTurns } from "./study-people.js";
import { Refusal } from "./trouble.js";

const HEARTBEAT = 20_000; // milliseconds; who is silent for 90 seconds counts as absent

/** @typedef {Schemas["SessionState"]} State */
/**
 * @typedef {object} Properties
 * @property {Schemas["ListedHavrutaSession"]} session
 * @property {State} state
 * @property {boolean} isOwner
 * @property {(state: State) => void} setState
 * @property {() => void} again
 */

/** @param {Properties} properties */
export function Studying({ session, state, isOwner, setState, again }) {
  const params = { session_id: session.id };
  const own = account.value?.id;
  const isPresent = state.present.some(({ user_id: person }) => person === own);
  const [isIn, setIn] = useState(isPresent);
  const { shown, turn, move, problem } = useTurning(state, setState);
  const reference = useReference(shown);
  useHeartbeat(session.id, isIn);

  async function join() {
    setState(await post("/api/havruta-sessions/{session_id}/join", { params }));
    setIn(true);
  }
  async function leave() {
    setIn(false);
    await post("/api/havruta-sessions/{session_id}/leave", { params });
    go(`/havrutas/${session.havruta_id}`);
  }
  async function end() {
    await post("/api/havruta-sessions/{session_id}/end", { params });
    again();
  }
  const mayTurn = state.mode === "shared" || state.navigator_id === own;
  const hebrew = reference?.hebrew_ref || (shown === state.ref ? state.hebrew_ref : "");
  return html`
    <div class="studying">
      <div class="stack">
        <${Passage} name=${shown} hebrew=${hebrew} />
        <p class="who-turns" role="status">${whoTurns(state, mayTurn)}</p>
        <${Refusal} problem=${problem} />
        ${isIn && mayTurn && html`<${PageTurner} at=${shown} book=${session.book} turn=${turn} go=${move} />`}
        ${!isIn && html`<p class="join"><${Action} work=${join}>${t("study.join")}<//></p>`}
      </div>
      <div class="stack">
        <${StudyPeople} state=${state} isOwner=${isOwner} set=${setState} />
        <div class="row">
          ${isIn && html`<${Action} work=${leave} kind="quiet">${t("study.leave")}<//>`}
          ${isOwner && html`<${Grave} work=${end} title=${t("study.end_title")} why=${t("study.end_why")}>${t("study.end")}<//>`}
        </div>
      </div>
    </div>
  `;
}

/**
 * Turns pages. What is wanted is shown at once; of several turns in a hurry the last is sent.
 * @param {State} state @param {(state: State) => void} setState
 */
function useTurning(state, setState) {
  const params = { session_id: state.session_id };
  const [wanted, setWanted] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const last = useRef({ ref: "", seq: 0, isBusy: false });
  last.current.seq = Math.max(last.current.seq, state.seq);

  async function move(/** @type {string} */ ref) {
    const body = { ref, expected_seq: last.current.seq };
    const next = await put("/api/havruta-sessions/{session_id}/position", { params, body });
    last.current.seq = next.seq;
    setState(next);
  }
  async function turn(/** @type {string} */ ref) {
    setWanted(ref);
    setProblem(null);
    last.current.ref = ref;
    if (last.current.isBusy) return;
    last.current.isBusy = true;
    try {
      let sent;
      do {
        sent = last.current.ref;
        await move(sent);
      } while (sent !== last.current.ref);
    } catch (error) {
      refuse(error);
    } finally {
      last.current.isBusy = false;
      setWanted(null);
    }
  }
  function refuse(/** @type {unknown} */ error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code !== "stale_position") return setProblem(error);
    const { state: present } = /** @type {{ state?: State }} */ (error.document);
    if (present) setState(present);
    tell(t("study.turned_meanwhile"));
  }
  return { shown: wanted || state.ref || "", turn, move, problem };
}

/** Says that the person is here, for as long as the page is open. @param {string} id @param {boolean} isIn */
function useHeartbeat(id, isIn) {
  useEffect(() => {
    if (!isIn) return undefined;
    const beat = () => post("/api/havruta-sessions/{session_id}/heartbeat", { params: { session_id: id } }).catch(() => {});
    beat();
    const timer = setInterval(beat, HEARTBEAT);
    addEventListener("online", beat);
    return () => {
      clearInterval(timer);
      removeEventListener("online", beat);
    };
  }, [id, isIn]);
}
