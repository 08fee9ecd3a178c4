// @ts-check
/** A session in progress: the passage, the pages that are turned together, and who is here. */
import { post } from "../api.js";
import { go } from "../router.js";
import { account } from "../sign-in.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Action } from "../parts/action.js";
import { AskButton } from "../parts/ask.js";
import { Panels } from "../parts/panels.js";
import { HavrutaTalk } from "./havruta-talk.js";
import { MeetingLink } from "./meeting-link.js";
import { Notes } from "./notes.js";
import { PageTurner } from "./page-turner.js";
import { Passage } from "./passage.js";
import { Reader } from "./reader.js";
import { useReference } from "./reference-field.js";
import { StudyPeople, whoTurns } from "./study-people.js";
import { Refusal } from "../parts/trouble.js";
import { useTurning } from "./turning.js";

const HEARTBEAT = 20_000; // milliseconds; who is silent for 90 seconds counts as absent

/** @typedef {Schemas["SessionState"]} State */
/**
 * @typedef {object} Properties
 * @property {Schemas["ListedHavrutaSession"]} session
 * @property {Schemas["Havruta"]} havruta
 * @property {State} state
 * @property {boolean} isOwner
 * @property {(state: State) => void} setState
 * @property {() => void} again
 */

/** @param {Properties} properties */
export function Studying({ session, havruta, state, isOwner, setState, again }) {
  const params = { session_id: session.id };
  const own = account.value?.id;
  const isPresent = state.present.some(({ user_id: person }) => person === own);
  const [isIn, setIn] = useState(isPresent);
  const { shown, turn, go: turnTo, problem } = useTurning(state, setState);
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
  const turnToVerse = isIn && mayTurn && turnTo;
  const panels = [
    { name: "talk", label: t("chat.title"), content: html`<${HavrutaTalk} havruta=${havruta} />` },
    {
      name: "notes",
      label: t("notes.title"),
      content: reference && html`<${Notes} at=${shown} section=${reference.section} havruta=${havruta.id} turn=${turnToVerse} />`,
    },
  ];
  return html`
    <div class="studying">
      <div class="stack">
        <${Passage} name=${shown} hebrew=${hebrew} />
        <p class="who-turns" role="status">${whoTurns(state, mayTurn)}</p>
        <${Refusal} problem=${problem} />
        ${reference && html`<${Reader} section=${reference.section} book=${session.book} at=${shown} turn=${turnToVerse} />`}
        ${isIn && mayTurn && html`<${PageTurner} at=${shown} book=${session.book} turn=${turn} go=${turnTo} />`}
        ${!isIn && html`<p class="join"><${Action} work=${join}>${t("study.join")}<//></p>`}
      </div>
      <div class="stack">
        <${StudyPeople} state=${state} isOwner=${isOwner} set=${setState} />
        <${MeetingLink} havruta=${havruta} />
        <${Panels} label=${t("study.beside")} of=${panels} />
        <div class="row">
          ${isIn && html`<${Action} work=${leave} kind="quiet">${t("study.leave")}<//>`}
          ${isOwner && html`<${AskButton} work=${end} title=${t("study.end_title")} why=${t("study.end_why")}>${t("study.end")}<//>`}
        </div>
      </div>
    </div>
  `;
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
