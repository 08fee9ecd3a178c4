// @ts-check
/** What the host of a session does with it. */
import { post } from "../api.js";
import { clockTime, MINUTE } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Action } from "../parts/action.js";
import { Ask } from "../parts/ask.js";
import { ScopeField } from "../parts/scope-field.js";

const EARLIEST = 15 * MINUTE; // before the announced time

/** @param {{ session: Schemas["StudySessionDetails"], set: (session: Schemas["StudySessionDetails"]) => void }} properties */
export function HostTools({ session, set }) {
  const [asked, setAsked] = useState("");
  const close = () => setAsked("");
  const { id, status } = session;
  const params = { session_id: id };
  const from = new Date(Date.parse(session.start_time) - EARLIEST);
  const canStart = Date.now() >= from.getTime();
  if (status === "finished" || status === "cancelled") return null;

  /** What had the focus goes with the status. @param {Schemas["StudySessionDetails"]} changed */
  function show(changed) {
    set(changed);
    document.getElementById("tools")?.focus();
  }
  const start = async () => show(await post("/api/study-sessions/{session_id}/start", { params }));
  const finish = async () => show(await post("/api/study-sessions/{session_id}/finish", { params }));
  const cancel = async (/** @type {string | null} */ reason, /** @type {Record<string, string>} */ { scope = "this" }) =>
    show(await post("/api/study-sessions/{session_id}/cancel", { params, body: { reason, scope } }));

  return html`
    <section class="card stack" aria-labelledby="tools">
      <h2 id="tools" tabindex="-1">${t("tools.title")}</h2>
      <div class="row">
        ${status === "starting-soon" && canStart && html`<${Action} work=${start}>${t("tools.start")}<//>`}
        ${status === "live" && html`<button class="button quiet" onClick=${() => setAsked("finish")}>${t("tools.finish")}</button>`}
        <a class="button quiet" href="/study-sessions/${id}/edit">${t("tools.edit")}</a>
        ${status === "starting-soon" && html`
          <button class="button quiet" onClick=${() => setAsked("cancel")}>${t("tools.cancel")}</button>
        `}
      </div>
      ${status === "starting-soon" && !canStart && html`
        <p class="muted small">${t("tools.start_from", { time: clockTime(from) })}</p>
      `}
      <p class="muted small">${t("tools.leaving")}</p>
      ${asked === "finish" && html`
        <${Ask} title=${t("tools.finish")} why=${t("tools.finish_why")} press=${t("tools.finish")} work=${finish} close=${close} />
      `}
      ${asked === "cancel" && html`
        <${Ask}
          title=${t("tools.cancel")} why=${t("tools.cancel_why")} press=${t("tools.cancel")} reason=${t("reason")}
          fields=${html`<${ScopeField} session=${session} />`} work=${cancel} close=${close}
        />
      `}
    </section>
  `;
}
