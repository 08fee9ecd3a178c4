// @ts-check
/** A session of a havruta: planned, in progress, or over. */
import { get } from "../api.js";
import { watch } from "../live.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { NotAMember } from "../havruta/not-a-member.js";
import { PlannedSession } from "../havruta/planned-session.js";
import { Ref } from "../havruta/reference-field.js";
import { Studying } from "../havruta/studying.js";
import { Title } from "../parts/title.js";
import { When } from "../parts/when.js";
import { account } from "../sign-in.js";
import { after, newer } from "../havruta/study.js";
import { duration } from "../time.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {{ session: Schemas["ListedHavrutaSession"], havruta: Schemas["Havruta"], state: Schemas["SessionState"] }} Room */

/** @param {{ id: string }} properties */
export default function HavrutaSession({ id }) {
  const latest = useRef(/** @type {Room | undefined} */ (undefined));
  const [isOut, setOut] = useState(false);
  const room = useLoaded((signal) => read(id, latest.current, signal), [id]);
  latest.current = room.value;
  const { again, set } = room;

  function take(/** @type {import("../live.js").LiveEvent} */ event) {
    const known = latest.current;
    // The session tells of a member who left, and the stream of a person who may not watch any more.
    if (event.type === "left" && !event.data?.user_id) return setOut(true);
    const state = known?.session.status === "active" && after(known.state, event);
    if (!known || !state) return again();
    latest.current = { ...known, state };
    set(latest.current);
  }
  useEffect(() => watch(`havruta-session:${id}`, take), [id]);
  const plannedIn = room.value?.session.status === "scheduled" && room.value.havruta.id;
  // What becomes of a plan is told in the havruta.
  useEffect(() => (plannedIn ? watch(`havruta:${plannedIn}`, again) : undefined), [plannedIn, again]);

  function setState(/** @type {Schemas["SessionState"]} */ state) {
    const known = /** @type {Room} */ (latest.current);
    latest.current = { ...known, state: newer(state, known.state) };
    set(latest.current);
  }
  if (isOut && room.value) return html`<${NotAMember} />`;
  return html`
    <${Loaded} of=${room}>
      ${(/** @type {Room} */ found) => html`<${Shown} ...${found} setState=${setState} again=${again} />`}
    <//>
  `;
}

/** @param {string} id @param {Room | undefined} known @param {AbortSignal} signal @returns {Promise<Room>} */
async function read(id, known, signal) {
  const params = { session_id: id };
  const [session, state] = await Promise.all([
    get("/api/havruta-sessions/{session_id}", { params, signal }),
    get("/api/havruta-sessions/{session_id}/state", { params, signal }),
  ]);
  const havruta = await get("/api/havrutas/{havruta_id}", { params: { havruta_id: session.havruta_id }, signal });
  return { session, havruta, state: newer(state, known?.state) };
}

/** @param {Room & { setState: (state: Schemas["SessionState"]) => void, again: () => void }} properties */
function Shown({ session, havruta, state, setState, again }) {
  const isOwner = havruta.owner_id === account.value?.id;
  const kinds = { scheduled: PlannedSession, active: Studying, completed: Over, cancelled: Over };
  return html`
    <div class="stack study">
      <p><a href="/havrutas/${havruta.id}"><bdi>${havruta.name}</bdi></a></p>
      <${kinds[session.status]} session=${session} havruta=${havruta} state=${state} isOwner=${isOwner} setState=${setState} again=${again} />
    </div>
  `;
}

/** @param {{ session: Schemas["ListedHavrutaSession"] }} properties */
function Over({ session: { status, havruta_id: havruta, coverage_range: range, starts_at: at, minutes, cancellation_reason: reason } }) {
  const isCancelled = status === "cancelled";
  return html`
    <div class="narrow stack">
      <${Title} of=${t(isCancelled ? "study.cancelled" : "study.over")} />
      ${range && html`<p class="covered"><${Ref} of=${range} /></p>`}
      <p class="muted"><${When} at=${at} />${minutes ? ` · ${duration(minutes)}` : ""}</p>
      ${reason && html`<p dir="auto">“${reason}”</p>`}
      <p><a class="button" href="/havrutas/${havruta}">${t("study.back")}</a></p>
    </div>
  `;
}
