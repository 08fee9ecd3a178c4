// @ts-check
/** One havruta: what is live or comes next, its people, how far it has come, and what it has studied. */
import { get, post } from "../api.js";
import { watch } from "../live.js";
import { Action } from "../parts/action.js";
import { HavrutaHistory } from "../havruta/havruta-history.js";
import { HavrutaInvitations } from "../havruta/havruta-invitations.js";
import { HavrutaMembers } from "../havruta/havruta-members.js";
import { HavrutaProgress } from "../havruta/havruta-progress.js";
import { ComingSessions } from "../havruta/havruta-sessions.js";
import { HavrutaTalk } from "../havruta/havruta-talk.js";
import { HavrutaTools } from "../havruta/havruta-tools.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { MeetingLink } from "../havruta/meeting-link.js";
import { NotAMember } from "../havruta/not-a-member.js";
import { Ref } from "../havruta/reference-field.js";
import { Title } from "../parts/title.js";
import { go } from "../router.js";
import { account } from "../sign-in.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";

const MOST = 100; // of one page of a list

/**
 * @typedef {object} Room what the page shows of a havruta
 * @property {Schemas["Havruta"]} havruta
 * @property {Schemas["HavrutaMember"][]} members
 * @property {Schemas["ListedHavrutaSession"][]} coming earliest first
 */

/** @param {{ id: string }} properties */
export default function Havruta({ id }) {
  const [changes, setChanges] = useState(0);
  const [isOut, setOut] = useState(false);
  const room = useLoaded((signal) => read(id, signal), [id, changes]);
  useEffect(() => watch(`havruta:${id}`, ({ type }) => {
    if (type === "left") setOut(true);
    // The conversation hears of messages itself.
    else if (!/^(message|note)/.test(type)) setChanges((last) => last + 1);
  }), [id]);

  if (isOut && room.value) return html`<${NotAMember} />`;
  return html`
    <${Loaded} of=${room}>
      ${(/** @type {Room} */ found) => html`<${Shown} ...${found} changes=${changes} again=${room.again} />`}
    <//>
  `;
}

/** @param {string} id @param {AbortSignal} signal @returns {Promise<Room>} */
async function read(id, signal) {
  const params = { havruta_id: id };
  const [havruta, members, coming] = await Promise.all([
    get("/api/havrutas/{havruta_id}", { params, signal }),
    get("/api/havrutas/{havruta_id}/members", { params, signal }),
    planned(id, signal),
  ]);
  return { havruta, members: members.items, coming };
}

/** All that is planned: the list of the API begins at its far end. @param {string} id @param {AbortSignal} signal */
async function planned(id, signal) {
  const sessions = [];
  let cursor = null;
  do {
    const page = /** @type {Schemas["ListedHavrutaSessionPage"]} */ (await get("/api/havrutas/{havruta_id}/sessions", {
      params: { havruta_id: id }, query: { status: "scheduled", limit: MOST, cursor }, signal,
    }));
    sessions.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return sessions.reverse();
}

/** @param {Room & { changes: number, again: () => void }} properties */
function Shown({ havruta, members, coming, changes, again }) {
  const { id, name, book, archived_at: archived } = havruta;
  const isOwner = havruta.owner_id === account.value?.id;
  return html`
    <div class="stack wide">
      <header class="stack tight">
        <p><a href="/havrutas">${t("havrutas.title")}</a></p>
        <${Title} of=${name}><bdi>${name}</bdi><//>
        <p class="row muted">
          <${Ref} of=${book} />
          <span>${t("havruta.members", { count: members.length })}</span>
          ${archived && html`<span class="badge plain">${t("havruta.archived")}</span>`}
        </p>
      </header>
      <div class="havruta">
        <div class="stack wide">
          ${!archived && html`<${Now} havruta=${havruta} /><${MeetingLink} havruta=${havruta} />`}
          <${HavrutaTalk} havruta=${havruta} />
          ${!archived && html`<${ComingSessions} havruta=${havruta} sessions=${coming} again=${again} />`}
          <${HavrutaHistory} id=${id} changes=${changes} />
        </div>
        <div class="stack wide">
          <${HavrutaProgress} id=${id} changes=${changes} />
          <${HavrutaMembers} havruta=${havruta} members=${members} isOwner=${isOwner} again=${again} />
          ${!archived && html`<${HavrutaInvitations} id=${id} isOwner=${isOwner} changes=${changes} />`}
          ${!archived && html`<${HavrutaTools} havruta=${havruta} isOwner=${isOwner} isAlone=${members.length === 1} again=${again} />`}
        </div>
      </div>
    </div>
  `;
}

/** The session that goes on, or the way into one. @param {{ havruta: Schemas["Havruta"] }} properties */
function Now({ havruta: { id, active_session_id: active, last_place: last, book } }) {
  async function begin() {
    const session = await post("/api/havrutas/{havruta_id}/sessions", { params: { havruta_id: id }, body: { type: "instant" } });
    go(`/havruta-sessions/${session.id}`);
  }
  if (active) {
    return html`
      <section class="card now live stack" aria-label=${t("havruta.live")}>
        <p><span class="badge live">${t("havruta.live")}</span></p>
        <h2>${t("havruta.now")}</h2>
        <p><a class="button" href="/havruta-sessions/${active}">${t("havruta.go_in")}</a></p>
      </section>
    `;
  }
  return html`
    <section class="card now stack" aria-label=${t("havruta.place")}>
      <p class="muted">${t(last ? "havruta.go_on_at" : "havruta.begin_with")}</p>
      <h2><${Ref} of=${last || book} /></h2>
      <p><${Action} work=${begin}>${t("havruta.study_now")}<//></p>
    </section>
  `;
}
