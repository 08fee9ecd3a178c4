// @ts-check
/** The sessions that the person hosts or has joined: those to come, and those that are over. */
import { Loaded, More, usePages } from "../parts/loading.js";
import { OwnAttendance } from "../sessions/attendance.js";
import { SessionCard } from "../sessions/session-card.js";
import { LeaveWaitlist } from "../sessions/waitlist.js";
import { Title } from "../parts/title.js";
import { note, place } from "../router.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";

const WHENS = ["upcoming", "past"];
const ROLES = ["", "host", "participant", "waiting"];

export default function StudySessions() {
  const { query } = place.value;
  const when = query.get("when") === "past" ? "past" : "upcoming";
  const [role, setRole] = useState(query.get("role") || "");
  const sessions = usePages("/api/study-sessions/mine", { query: { when, role } }, [when, role]);

  function choose(/** @type {Event} */ event) {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    setRole(value);
    note({ when, role: value });
  }
  return html`
    <div class="narrow stack">
      <div class="row apart">
        <${Title} of=${t("mine.title")} />
        <a class="button" href="/study-sessions/new">${t("near.host")}</a>
      </div>
      <nav class="tabs" aria-label=${t("mine.title")}>
        ${WHENS.map((each) => html`
          <a href="/study-sessions?when=${each}" aria-current=${each === when ? "page" : undefined}>${t(`mine.${each}`)}</a>
        `)}
      </nav>
      ${when === "past" && html`<${OwnAttendance} />`}
      <label class="row small"><span>${t("mine.show")}</span>
        <select class="role" value=${role} onChange=${choose}>
          ${ROLES.map((each) => html`<option value=${each} selected=${each === role}>${t(`mine.role_${each || "any"}`)}</option>`)}
        </select>
      </label>
      <${Loaded} of=${sessions}>
        ${(/** @type {Schemas["StudySessionPage"]} */ { items }) => html`
          ${items.length === 0 && html`
            <div class="empty stack">
              <p>${t(role === "waiting" ? "mine.none_waiting" : `mine.none_${when}`)}</p>
              <p><a class="button quiet" href="/">${t("mine.find")}</a></p>
            </div>
          `}
          <ol role="list" class="stack">
            ${items.map((each) => html`
              <li key=${each.id} class="stack tight">
                <${SessionCard} session=${each} />
                ${role === "waiting" && html`<${Waits} session=${each} again=${sessions.again} />`}
              </li>
            `)}
          </ol>
          <${More} of=${sessions} />
        `}
      <//>
    </div>
  `;
}

/** @param {{ session: Schemas["StudySession"], again: () => void }} properties */
function Waits({ session, again }) {
  const position = session.my_participation?.waitlist_position || 1;
  return html`
    <p class="row apart">
      <span class="badge">${t("joining.waits", { count: position })}</span>
      <${LeaveWaitlist} id=${session.id} title=${session.title} again=${again} />
    </p>
  `;
}
