// @ts-check
/** Who is blocked, and what was reported. */
import { remove } from "../api.js";
import { AccountPage } from "../account/account-tabs.js";
import { Action } from "../parts/action.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { Person } from "../parts/person.js";
import { Ago } from "../parts/when.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";

export default function People() {
  return html`
    <${AccountPage}>
      <${Blocked} />
      <${Reported} />
    <//>
  `;
}

function Blocked() {
  const blocks = usePages("/api/users/me/blocks", {}, []);
  async function unblock(/** @type {string} */ id) {
    await remove("/api/users/me/blocks/{user_id}", { params: { user_id: id } });
    tell(t("people.unblocked"));
    blocks.again();
  }
  return html`
    <section class="stack">
      <h2>${t("people.blocked")}</h2>
      <p class="muted">${t("people.blocked_why")}</p>
      <${Loaded} of=${blocks}>
        ${(/** @type {Schemas["BlockedPersonPage"]} */ { items }) => html`
          ${items.length === 0 && html`<p class="empty">${t("people.nobody")}</p>`}
          <ul role="list" class="stack">
            ${items.map((each) => html`
              <li key=${each.user_id} class="card row apart">
                <${Person} id=${each.user_id} name=${each.display_name} />
                <${Action} work=${() => unblock(each.user_id)} kind="quiet" label=${t("people.unblock_name", { name: each.display_name || "" })}>
                  ${t("people.unblock")}
                <//>
              </li>
            `)}
          </ul>
          <${More} of=${blocks} />
        `}
      <//>
    </section>
  `;
}

function Reported() {
  const reports = usePages("/api/users/me/reports", {}, []);
  return html`
    <section class="stack">
      <h2>${t("people.reports")}</h2>
      <${Loaded} of=${reports}>
        ${(/** @type {Schemas["ReportPage"]} */ { items }) => html`
          ${items.length === 0 && html`<p class="empty">${t("people.no_reports")}</p>`}
          <ul role="list" class="stack">
            ${items.map((each) => html`
              <li key=${each.id} class="card stack">
                <p class="row">
                  <strong>${t(`report.${each.kind}`)}</strong>
                  <span class="muted">${t(`report.about_${each.about}`)}</span>
                  <span class="badge ${each.decision ? "good" : "plain"}">${t(each.decision ? "people.decided" : "people.waits")}</span>
                </p>
                ${each.text && html`<p dir="auto">${each.text}</p>`}
                <p class="muted small"><${Ago} at=${each.created_at} /></p>
              </li>
            `)}
          </ul>
          <${More} of=${reports} />
        `}
      <//>
    </section>
  `;
}
