// @ts-check
/** What people have reported, for admins: the words, who wrote them, and the decision. */
import { post } from "../api.js";
import { AdminPage, Confirmed } from "../account/admin-tabs.js";
import { AskButton } from "../parts/ask.js";
import { More, usePages } from "../parts/loading.js";
import { Person } from "../parts/person.js";
import { Ago } from "../parts/when.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

export default function AdminReports() {
  const [state, setState] = useState("open");
  const reports = usePages("/api/admin/reports", { query: { state } }, [state]);
  return html`
    <${AdminPage}>
      <${Choice} of=${["open", "decided"]} chosen=${state} choose=${setState} />
      <${Confirmed} of=${reports}>
        ${(/** @type {Schemas["SeenReportPage"]} */ { items }) => html`
          ${items.length === 0 && html`<p class="empty">${t("admin.no_reports")}</p>`}
          <ul role="list" class="stack">
            ${items.map((each) => html`<li key=${each.id}><${Report} of=${each} again=${reports.again} /></li>`)}
          </ul>
          <${More} of=${reports} />
        `}
      <//>
    <//>
  `;
}

/** @param {{ of: string[], chosen: string, choose: (state: string) => void }} properties */
function Choice({ of: states, chosen, choose }) {
  return html`
    <p class="row" role="group" aria-label=${t("admin.show")}>
      ${states.map((state) => html`
        <button class="button quiet" aria-pressed=${state === chosen} onClick=${() => choose(state)}>${t(`admin.${state}`)}</button>
      `)}
    </p>
  `;
}

/** @param {{ of: Schemas["SeenReport"], again: () => void }} properties */
function Report({ of: report, again }) {
  const decide = (/** @type {"dismiss" | "hide" | "suspend"} */ decision) => async (/** @type {string} */ reason) => {
    await post("/api/admin/reports/{report_id}/decide", { params: { report_id: report.id }, body: { decision, reason } });
    tell(t("admin.decided_now"));
    again();
  };
  const words = Object.entries(report.words || {}).filter(([, value]) => typeof value === "string" && value);
  return html`
    <article class="card stack">
      <p class="row">
        <strong>${t(`report.${report.kind}`)}</strong>
        <span class="muted">${t(`report.about_${report.about}`)}</span>
        <span class="muted"><${Ago} at=${report.created_at} /></span>
        ${report.decision && html`<span class="badge plain">${t(`admin.${report.decision}`)}</span>`}
      </p>
      ${words.map(([name, value]) => html`<blockquote key=${name} dir="auto">${String(value)}</blockquote>`)}
      <p>${say("admin.written_by", { person: html`<${Person} id=${report.author_id} name=${report.author_display_name} />` })}</p>
      ${report.text && html`<p dir="auto">${report.text}</p>`}
      <p class="muted small">
        ${say("admin.reported_by", { person: html`<${Person} id=${report.reporter_id} name=${report.reporter_display_name} />` })}
      </p>
      ${report.reason && html`<p dir="auto">${report.reason}</p>`}
      ${!report.decision && html`
        <div class="row">
          <${AskButton} work=${decide("dismiss")} title=${t("admin.dismiss")} why=${t("admin.dismiss_why")} kind="quiet" reason=${t("reason")} needsReason>${t("admin.dismiss")}<//>
          <${AskButton} work=${decide("hide")} title=${t("admin.hide")} why=${t("admin.hide_why")} kind="quiet" reason=${t("reason")} needsReason>${t("admin.hide")}<//>
          <${AskButton} work=${decide("suspend")} title=${t("admin.suspend")} why=${t("admin.suspend_why")} kind="danger" reason=${t("reason")} needsReason>${t("admin.suspend")}<//>
        </div>
      `}
    </article>
  `;
}
