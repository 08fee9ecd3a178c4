// @ts-check
/** The series that a session is one of: its next dates, and joining or leaving them together. */
import { post } from "../api.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useId } from "../vendor/ui.js";
import { t } from "../words.js";
import { AskButton } from "../parts/ask.js";
import { Tick } from "../parts/form.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { ScopeField } from "../parts/scope-field.js";
import { When } from "../parts/when.js";

/** @typedef {Schemas["StudySessionDetails"]} Session */
/** @typedef {Schemas["StudySession"]} Listed */

const SHOWN = 6;
const SCOPES = ["future", "all"];

/** @param {{ session: Session, again: () => void }} properties */
export function SeriesPart({ session, again }) {
  const params = { session_id: session.id };
  const dates = usePages("/api/study-sessions/{session_id}/series", { params, query: { limit: SHOWN } }, [session]);
  const id = useId();
  return html`
    <section class="card stack" aria-labelledby=${id}>
      <h2 id=${id} tabindex="-1">${t("series.title")}</h2>
      <${Loaded} of=${dates}>
        ${(/** @type {Schemas["StudySessionPage"]} */ { items }) => html`
          ${items.length === 0 && html`<p class="muted">${t("series.over")}</p>`}
          <ol role="list" class="stack tight series-dates">
            ${items.map((each) => html`<${One} key=${each.id} session=${each} isThis=${each.id === session.id} />`)}
          </ol>
          <${More} of=${dates} />
          ${account.value && items.length > 0 && html`<${Together} session=${session} items=${items} again=${again} />`}
        `}
      <//>
    </section>
  `;
}

/** @param {{ session: Listed, isThis: boolean }} properties */
function One({ session, isThis }) {
  const when = html`<${When} at=${session.starts_at} />`;
  return html`
    <li class="row tight">
      ${isThis ? html`<span aria-current="true"><b>${when}</b></span>` : html`<a href="/study-sessions/${session.id}">${when}</a>`}
      <${Mine} session=${session} />
    </li>
  `;
}

/** @param {{ session: Listed }} properties */
function Mine({ session }) {
  const mine = session.my_participation;
  if (mine?.is_active) return html`<span class="badge good">${t("joining.inside")}</span>`;
  if (mine?.waitlist_position) return html`<span class="badge">${t("calendar.tentative")}</span>`;
  if (session.seats_left === 0) return html`<span class="muted small">${t("seats.full")}</span>`;
  return null;
}

/** @param {{ session: Session, items: Listed[], again: () => void }} properties */
function Together({ session, items, again }) {
  const params = { session_id: session.id };
  const isIn = (/** @type {Listed | Session} */ { my_participation: mine }) => Boolean(mine?.is_active || mine?.waitlist_position);
  const hosts = items.some(({ host_id: host }) => host === account.value?.id);
  const scopes = html`<${ScopeField} session=${session} value="future" scopes=${SCOPES} />`;

  async function join(/** @type {unknown} */ _, /** @type {Record<string, string>} */ { scope, waitlist }) {
    const body = { scope, waitlist: Boolean(waitlist), join_code: session.join_code };
    const parts = await post("/api/study-sessions/{session_id}/series/join", { params, body });
    tell(told(parts.items));
    again();
  }
  async function leave(/** @type {unknown} */ _, /** @type {Record<string, string>} */ { scope }) {
    await post("/api/study-sessions/{session_id}/series/leave", { params, body: { scope } });
    tell(t("series.left"));
    again();
  }
  return html`
    <div class="row">
      ${!items.every(isIn) && html`
        <${AskButton}
          kind="quiet" title=${t("series.join")} why=${t("series.join_why")} work=${join}
          fields=${html`${scopes}<${Tick} name="waitlist" label=${t("series.wait")} hint=${t("series.wait_hint")} />`}
        >${t("series.join")}<//>
      `}
      ${!hosts && [session, ...items].some(isIn) && html`
        <${AskButton} title=${t("series.leave")} why=${t("series.leave_why")} work=${leave} fields=${scopes}>${t("series.leave")}<//>
      `}
    </div>
  `;
}

/** What came of joining. @param {Schemas["SeriesPart"][]} parts */
function told(parts) {
  const of = (/** @type {string} */ outcome) => parts.filter((part) => part.outcome === outcome).length;
  const [joined, waiting, rest] = [of("joined"), of("waiting"), of("full") + of("refused")];
  return [
    t("series.joined", { count: joined }),
    waiting && t("series.waiting", { count: waiting }),
    rest && t("series.without", { count: rest }),
  ].filter(Boolean).join(" ");
}
