// @ts-check
/** Who is in a session, and what one can do about them. */
import { get, post, remove } from "../api.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { useAction } from "../parts/action.js";
import { Ask } from "../parts/ask.js";
import { BlockDialog } from "../parts/block.js";
import { Menu } from "../parts/menu.js";
import { Initials, Person } from "../parts/person.js";
import { ReportDialog } from "../parts/report.js";
import { ScopeField } from "../parts/scope-field.js";
import { Refusal } from "../parts/trouble.js";
import { Mark, useMarks } from "./attendance.js";

/** @typedef {Schemas["StudySessionDetails"]} Session */
/** @typedef {Schemas["SessionParticipant"]} Participant */

/** @param {{ session: Session, isHost: boolean, again: () => void, set: (session: Session) => void, onBlock: (user_id: string) => void }} properties */
export function People({ session, isHost, again, set, onBlock }) {
  const [all, setAll] = useState(/** @type {Participant[] | null} */ (null));
  const first = session.participants || [];
  const action = useAction(async () => setAll(await everyone(session.id)));
  const people = all || first;
  const marks = useMarks(session, isHost);
  useEffect(() => {
    if (all) everyone(session.id).then(setAll, () => {});
  }, [session]);
  return html`
    <section class="card stack" aria-labelledby="people">
      <h2 id="people" tabindex="-1">${t("people.title")} <span class="muted small">${number(session.current_participants)}</span></h2>
      <ul role="list" class="people">
        ${people.map((each) => html`
          <li key=${each.user_id}>
            <${Initials} name=${each.display_name ?? null} />
            <span>
              <${Person} id=${each.user_id} name=${each.display_name ?? null} />
              ${each.role === "host" && html` <span class="badge plain">${t("session.host")}</span>`}
              ${each.user_id === account.value?.id && html` <span class="muted small">${t("people.you")}</span>`}
            </span>
            ${marks.value && each.role !== "host" && html`
              <${Mark} session=${session} id=${each.user_id} name=${each.display_name || t("person.unknown")} marks=${marks} />
            `}
            ${each.user_id !== account.value?.id && html`
              <${PersonMenu} person=${each} session=${session} isHost=${isHost} again=${again} set=${set} onBlock=${onBlock} />
            `}
          </li>
        `)}
      </ul>
      ${!all && session.current_participants > first.length && html`
        <${Refusal} problem=${action.problem} />
        <p><button class="button quiet" aria-disabled=${action.isBusy} onClick=${() => action.run()}>${t("people.all")}</button></p>
      `}
    </section>
  `;
}

/** @param {string} session_id @returns {Promise<Participant[]>} */
async function everyone(session_id) {
  const found = [];
  let cursor;
  do {
    const query = { limit: 100, cursor };
    /** @type {Schemas["SessionParticipantPage"]} */
    const page = await get("/api/study-sessions/{session_id}/participants", { params: { session_id }, query });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return found;
}

/**
 * @param {{ person: Participant, session: Session, isHost: boolean, again: () => void,
 *   set: (session: Session) => void, onBlock: (user_id: string) => void }} properties
 */
function PersonMenu({ person, session, isHost, again, set, onBlock }) {
  const [asked, setAsked] = useState("");
  const close = () => setAsked("");
  const params = { session_id: session.id };
  const { user_id } = person;
  const name = person.display_name || t("person.unknown");
  const isOpen = session.status === "live" || session.status === "starting-soon";

  async function handOver(/** @type {string | null} */ _, /** @type {Record<string, string>} */ { scope = "this" }) {
    set(await post("/api/study-sessions/{session_id}/host", { params, body: { user_id, scope } }));
    tell(t("people.handed_over", { name }));
    again();
  }
  async function sendAway(/** @type {string | null} */ reason, /** @type {Record<string, string>} */ { scope = "this" }) {
    const body = { reason, scope };
    await remove("/api/study-sessions/{session_id}/participants/{user_id}", { params: { ...params, user_id }, body });
    tell(t("people.removed", { name }));
    document.getElementById("people")?.focus();
    again();
  }
  const scopes = html`<${ScopeField} session=${session} />`;
  return html`
    <${Menu} label=${t("people.actions", { name })}>
      ${isHost && isOpen && html`
        <li><button onClick=${() => setAsked("host")}>${t("people.hand_over")}</button></li>
        <li><button onClick=${() => setAsked("remove")}>${t("people.remove")}</button></li>
      `}
      <li><button onClick=${() => setAsked("report")}>${t("report.person")}</button></li>
      <li><button onClick=${() => setAsked("block")}>${t("block.title", { name })}</button></li>
    <//>
    ${asked === "host" && html`
      <${Ask}
        title=${t("people.hand_over_to", { name })} why=${t("people.hand_over_why")} press=${t("people.hand_over")}
        fields=${scopes} work=${handOver} close=${close}
      />
    `}
    ${asked === "remove" && html`
      <${Ask}
        title=${t("people.remove_name", { name })} why=${t("people.remove_why")} press=${t("people.remove")}
        fields=${scopes} reason=${t("reason")} work=${sendAway} close=${close}
      />
    `}
    ${asked === "report" && html`<${ReportDialog} about="person" id=${user_id} close=${close} />`}
    ${asked === "block" && html`<${BlockDialog} id=${user_id} name=${name} close=${close} after=${() => onBlock(user_id)} />`}
  `;
}
