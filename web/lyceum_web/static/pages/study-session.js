// @ts-check
/** One study session: what it is, taking part in it, and for those in it the conversation and the people. */
import { get } from "../api.js";
import { conversationOf, ofStudySession } from "../conversation/conversation.js";
import { OWN, watch } from "../live.js";
import { Conversation } from "../conversation/conversation-log.js";
import { HostTools } from "../sessions/host-tools.js";
import { Joining } from "../sessions/joining.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { People } from "../sessions/people.js";
import { Secret } from "../sessions/secret-session.js";
import { SeriesPart } from "../sessions/series.js";
import { SessionFacts } from "../sessions/session-facts.js";
import { ReportLink } from "../parts/report.js";
import { Share } from "../sessions/share.js";
import { account } from "../sign-in.js";
import { HOUR } from "../time.js";
import { html, useCallback, useEffect, useMemo, useRef } from "../vendor/ui.js";
import { t } from "../words.js";

const CHAT_STAYS_OPEN = 2 * HOUR;
const SETTLED_AFTER = 2_000; // milliseconds: many who come at once are read together
const LONGEST_TIMER = 24 * HOUR;

/** @typedef {Schemas["StudySessionDetails"]} Session */

/** @param {{ id: string }} properties */
export default function StudySession({ id }) {
  const me = account.value?.id;
  const read = (/** @type {AbortSignal} */ signal) =>
    get("/api/study-sessions/{session_id}", { params: { session_id: id }, signal });
  const session = useLoaded(read, [id, me]);
  const { again } = session;

  useEffect(() => (me ? watch(OWN, (event) => isAbout(event, id) && again()) : undefined), [id, me]);
  useNextMoment(session.value, again);

  if (session.problem?.status === 404) return html`<${Secret} id=${id} again=${again} />`;
  return html`
    <${Loaded} of=${session}>
      ${(/** @type {Session} */ found) => html`<${Shown} session=${found} again=${again} set=${session.set} />`}
    <//>
  `;
}

/** Whether a notification is about the session. @param {import("../live.js").LiveEvent} event @param {string} id */
const isAbout = ({ data }, id) => Boolean(data?.data?.path?.includes(id));

/** Read again when the session begins and when it ends. @param {Session | undefined} session @param {() => void} again */
function useNextMoment(session, again) {
  useEffect(() => {
    if (!session) return;
    const moments = [session.starts_at, session.ends_at].map((at) => Date.parse(at) + 1000 - Date.now());
    const next = Math.min(...moments.filter((left) => left > 0));
    if (!(next < LONGEST_TIMER)) return;
    const timer = setTimeout(again, next);
    return () => clearTimeout(timer);
  }, [session]);
}

/** @param {{ session: Session, again: () => void, set: (session: Session) => void }} properties */
function Shown({ session, again, set }) {
  const { id } = session;
  const mine = session.my_participation;
  const isInside = Boolean(mine?.is_active);
  const isHost = isInside && mine?.role === "host";
  const talk = useMemo(() => conversationOf(ofStudySession(id)), [id]);
  const soon = useSettled(again);

  useEffect(() => {
    if (!isInside) return;
    talk.refresh();
    const stop = talk.outbox.start();
    const leave = watch(`study-session:${id}`, (event) => hear(event));
    return () => {
      stop();
      leave();
    };
  }, [talk, isInside]);

  function hear(/** @type {import("../live.js").LiveEvent} */ event) {
    if (event.type === "reset") talk.refresh();
    else if (event.data) talk.hear(event).catch(talk.refresh);
    if (!event.type.startsWith("message")) soon();
  }
  const props = { session, again, set };
  return html`
    <article class="session">
      <${SessionFacts} session=${session} isInside=${isInside} />
      <${Joining} ...${props} />
      <div class="session-body">
        ${isInside && html`<${Conversation} talk=${talk} leader=${session.host_id} leads=${t("session.host")} closed=${!isOpen(session) && t("chat.closed")} />`}
        <div class="stack side">
          ${session.description && html`
            <section class="card stack" aria-labelledby="about">
              <h2 id="about">${t("session.about")}</h2>
              <p class="words" dir="auto">${session.description}</p>
            </section>
          `}
          ${session.series_id && html`<${SeriesPart} session=${session} again=${again} />`}
          ${isInside && html`<${People} ...${props} isHost=${isHost} onBlock=${talk.fold} />`}
          ${isHost && html`<${HostTools} ...${props} />`}
          ${isInside && html`<${Share} session=${session} />`}
          ${account.value && !isHost && html`<${ReportLink} id=${id} />`}
        </div>
      </div>
    </article>
  `;
}

/** Whether something can be said yet. @param {Session} session */
function isOpen({ cancelled_at: cancelled, ended_at: ended, ends_at: ends }) {
  return Date.now() < Date.parse(cancelled || ended || ends) + CHAT_STAYS_OPEN;
}

/** Does something soon, once for all that ask meanwhile. @param {() => void} work */
function useSettled(work) {
  const due = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const last = useRef(0);
  useEffect(() => () => clearTimeout(due.current), []);
  return useCallback(() => {
    clearTimeout(due.current);
    const left = last.current + SETTLED_AFTER - Date.now();
    due.current = setTimeout(() => {
      last.current = Date.now();
      work();
    }, Math.max(0, left));
  }, [work]);
}
