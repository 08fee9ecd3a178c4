// @ts-check
/** All that the platform holds about the person: to take along, and to delete. */
import { post, remove } from "../api.js";
import { AccountPage } from "../account/account-tabs.js";
import { Form, Tick, useForm } from "../parts/form.js";
import { Loaded } from "../parts/loading.js";
import { Proof, useSecondFactor } from "../account/proof.js";
import { go } from "../router.js";
import { forget } from "../sign-in.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";

export default function OwnData() {
  const factor = useSecondFactor();
  return html`
    <${AccountPage}>
      <section class="stack">
        <h2>${t("own_data.take")}</h2>
        <p>${t("own_data.take_why")}</p>
        <p><a class="button quiet" href="/api/me/export" download="lyceum.json">${t("own_data.download")}</a></p>
      </section>
      <${Loaded} of=${factor}>
        ${(/** @type {Schemas["SecondFactor"]} */ found) => html`<${Deletion} needsCode=${found.enabled} />`}
      <//>
    <//>
  `;
}

/** @param {{ needsCode: boolean }} properties */
function Deletion({ needsCode }) {
  const form = useForm(async ({ sure: _, ...proof }) => {
    await remove("/api/users/me", { body: proof });
    await post("/web/sign-out").catch(() => {});
    forget();
    tell(t("own_data.deleted"));
    go("/");
  });
  return html`
    <section class="stack">
      <h2>${t("own_data.delete")}</h2>
      <p>${t("own_data.delete_why")}</p>
      <details class="fold">
        <summary>${t("own_data.delete")}</summary>
        <${Form} of=${form}>
          <${Proof} of=${form} needsCode=${needsCode} />
          <${Tick} name="sure" label=${t("own_data.sure")} required />
          <div><button class="button danger" aria-disabled=${form.isBusy}>${t("own_data.delete")}</button></div>
        <//>
      </details>
    </section>
  `;
}
