// @ts-check
/** The devices on which the person is signed in, and the way to end that. */
import { post, remove } from "../api.js";
import { AccountPage } from "../account/account-tabs.js";
import { Action } from "../parts/action.js";
import { AskButton } from "../parts/ask.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { Ago } from "../parts/when.js";
import { go } from "../router.js";
import { forget } from "../sign-in.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";

export default function Devices() {
  const devices = usePages("/api/auth/sessions", {}, []);
  async function everywhere() {
    await post("/api/auth/logout-all");
    await post("/web/sign-out").catch(() => {});
    forget();
    go("/sign-in");
  }
  async function out(/** @type {string} */ id) {
    await remove("/api/auth/sessions/{sign_in_id}", { params: { sign_in_id: id } });
    tell(t("devices.out"));
    devices.again();
  }
  return html`
    <${AccountPage}>
      <p>${t("devices.why")}</p>
      <${Loaded} of=${devices}>
        ${(/** @type {Schemas["DevicePage"]} */ { items }) => html`
          <ul role="list" class="stack">
            ${items.map((each) => html`
              <li key=${each.id} class="card row apart">
                <div>
                  <p><bdi>${each.device}</bdi> ${each.current && html`<span class="badge good">${t("devices.this")}</span>`}</p>
                  <p class="muted small">${say("devices.last", { time: html`<${Ago} at=${each.last_used_at} />` })}</p>
                </div>
                ${!each.current && html`
                  <${Action} work=${() => out(each.id)} kind="quiet" label=${t("devices.sign_out", { device: each.device })}>
                    ${t("sign_out")}
                  <//>
                `}
              </li>
            `)}
          </ul>
          <${More} of=${devices} />
        `}
      <//>
      <div>
        <${AskButton} work=${everywhere} title=${t("devices.everywhere")} why=${t("devices.everywhere_why")}>
          ${t("devices.everywhere")}
        <//>
      </div>
    <//>
  `;
}
