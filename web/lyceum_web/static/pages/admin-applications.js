// @ts-check
/** People who want to teach or to write assessments, for admins: read, accepted, declined. */
import { post } from "../api.js";
import { AdminPage, Confirmed } from "../account/admin-tabs.js";
import { AskButton } from "../parts/ask.js";
import { More, usePages } from "../parts/loading.js";
import { Person } from "../parts/person.js";
import { Ago } from "../parts/when.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { listed, t } from "../words.js";

export default function AdminApplications() {
  const applications = usePages("/api/admin/applications", { query: { status: "pending" } }, []);
  return html`
    <${AdminPage}>
      <${Confirmed} of=${applications}>
        ${(/** @type {Schemas["SeenApplicationPage"]} */ { items }) => html`
          ${items.length === 0 && html`<p class="empty">${t("admin.no_applications")}</p>`}
          <ul role="list" class="stack">
            ${items.map((each) => html`<li key=${each.id}><${Application} of=${each} again=${applications.again} /></li>`)}
          </ul>
          <${More} of=${applications} />
        `}
      <//>
    <//>
  `;
}

/** @param {{ of: Schemas["SeenApplication"], again: () => void }} properties */
function Application({ of: application, again }) {
  const params = { application_id: application.id };
  async function accept(/** @type {string} */ reason) {
    await post("/api/admin/applications/{application_id}/accept", { params, body: { reason: reason || null } });
    tell(t("application.accepted"));
    again();
  }
  async function decline(/** @type {string} */ reason) {
    await post("/api/admin/applications/{application_id}/decline", { params, body: { reason } });
    tell(t("application.declined"));
    again();
  }
  return html`
    <article class="card stack">
      <p class="row">
        <strong>${t(`application.${application.role}`)}</strong>
        <${Person} id=${application.user_id} name=${application.display_name} />
        <span class="muted"><${Ago} at=${application.created_at} /></span>
      </p>
      <p dir="auto">${application.text}</p>
      ${application.subjects.length > 0 && html`<p class="muted"><bdi>${listed(application.subjects)}</bdi></p>`}
      <div class="row">
        <${AskButton} work=${accept} title=${t("invitations.accept")} why=${t("admin.accept_why")} kind="quiet" reason=${t("reason")}>${t("invitations.accept")}<//>
        <${AskButton} work=${decline} title=${t("invitations.decline")} why=${t("admin.decline_why")} kind="quiet" reason=${t("reason")} needsReason>${t("invitations.decline")}<//>
      </div>
    </article>
  `;
}
