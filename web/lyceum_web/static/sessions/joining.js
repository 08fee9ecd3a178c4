// @ts-check
/** Taking a seat in a session, waiting for one, and giving it up. */
import { post, Problem } from "../api.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Action } from "../parts/action.js";
import { leave } from "./waitlist.js";
import { Ask } from "../parts/ask.js";
import { Reminders } from "../parts/reminders.js";
import { Span } from "../parts/when.js";

const REMINDERS = "/api/study-sessions/{session_id}/reminders";

/** @typedef {Schemas["StudySessionDetails"]} Session */

/** @param {{ session: Session, again: () => void }} properties */
export function Joining({ session, again }) {
  const [overlaps, setOverlaps] = useState(/** @type {Schemas["Overlap"][]} */ ([]));
  const mine = session.my_participation;
  const isOpen = session.status === "live" || session.status === "starting-soon";
  const [hasJoined, setJoined] = useState(false);
  useEffect(() => {
    if (hasJoined && mine?.is_active) document.getElementById("conversation")?.focus();
  }, [hasJoined, mine?.is_active]);

  async function join(/** @type {boolean} */ waitlist) {
    try {
      const answer = await post("/api/study-sessions/{session_id}/join", { params: { session_id: session.id }, body: { waitlist } });
      setOverlaps(answer.overlaps);
      setJoined(true);
      tell(answer.position ? t("joining.waits", { count: answer.position }) : t("joining.joined"));
    } catch (problem) {
      if (problem instanceof Problem && !problem.isPassing) again();
      throw problem;
    }
    again();
  }
  return html`
    ${isOpen && html`<${Seat} session=${session} join=${join} again=${again} />`}
    ${session.status === "starting-soon" && mine?.is_active && html`<${Reminders} path=${REMINDERS} id=${session.id} />`}
    ${mine?.removed && html`<p class="notice">${t("joining.removed")}</p>`}
    ${overlaps.length > 0 && html`
      <div class="notice" role="status">
        <p>${t("joining.overlaps", { count: overlaps.length })}</p>
        <ul>${overlaps.map((each) => html`
          <li key=${each.id}><a href="/study-sessions/${each.id}"><bdi>${each.title}</bdi></a>, <${Span} at=${each.starts_at} minutes=${lasting(each)} /></li>
        `)}</ul>
      </div>
    `}
  `;
}

/** @param {Schemas["Overlap"]} overlap */
const lasting = ({ starts_at: from, ends_at: to }) => Math.round((Date.parse(to) - Date.parse(from)) / 60_000);

/** @param {{ session: Session, join: (waitlist: boolean) => Promise<void>, again: () => void }} properties */
function Seat({ session, join, again }) {
  const mine = session.my_participation;
  if (!account.value) return html`<${SignInFirst} session=${session} />`;
  if (mine?.removed) return null;
  if (mine?.waitlist_position) return html`<${Waiting} session=${session} again=${again} />`;
  if (mine?.is_active) return mine.role === "host" ? null : html`<${Inside} session=${session} again=${again} />`;
  const isFull = session.seats_left === 0;
  return html`
    <div class="joining row">
      <${Action} work=${() => join(isFull)}>${t(isFull ? "joining.wait" : "joining.join")}<//>
      ${isFull && html`<span class="muted">${t("joining.full")}</span>`}
    </div>
  `;
}

/** @param {{ session: Session }} properties */
function SignInFirst({ session }) {
  const here = encodeURIComponent(`/study-sessions/${session.id}`);
  return html`
    <div class="joining row">
      <a class="button" href="/sign-in?then=${here}">${t("joining.sign_in")}</a>
      <span>${say("joining.or_register", { register: html`<a href="/register?then=${here}">${t("register")}</a>` })}</span>
    </div>
  `;
}

/** @param {{ session: Session, again: () => void }} properties */
function Waiting({ session, again }) {
  const position = session.my_participation?.waitlist_position || 1;
  return html`
    <div class="joining row">
      <p role="status">${t("joining.waits", { count: position })} <span class="muted">${t("joining.waits_why")}</span></p>
      <${Action} kind="quiet" work=${() => leave(session.id).then(again)}>${t("joining.wait_no_more")}<//>
    </div>
  `;
}

/** @param {{ session: Session, again: () => void }} properties */
function Inside({ session, again }) {
  const [isAsked, setAsked] = useState(false);
  async function work() {
    await leave(session.id);
    tell(t("joining.left"));
    again();
  }
  return html`
    <div class="joining row">
      <span class="badge good">${t("joining.inside")}</span>
      <button class="link small" onClick=${() => setAsked(true)}>${t("joining.leave")}</button>
      ${isAsked && html`
        <${Ask}
          title=${t("joining.leave")} why=${t("joining.leave_why")} press=${t("joining.leave")}
          work=${work} close=${() => setAsked(false)}
        />
      `}
    </div>
  `;
}
