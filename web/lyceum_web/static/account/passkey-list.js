// @ts-check
/** The passkeys of an account: made on this device, named, deleted. */
import { patch, post, remove } from "../api.js";
import { canUsePasskeys, makePasskey } from "./passkeys.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { Proof } from "./proof.js";
import { Ago } from "../parts/when.js";

/** @param {{ needsCode: boolean }} properties */
export function Passkeys({ needsCode }) {
  const passkeys = usePages("/api/users/me/passkeys", {}, []);
  return html`
    <section class="stack">
      <h2>${t("passkeys.title")}</h2>
      <p>${t("passkeys.why")}</p>
      <${Loaded} of=${passkeys}>
        ${(/** @type {Schemas["PasskeyPage"]} */ { items }) => html`
          <ul role="list" class="stack">
            ${items.map((each) => html`<${Passkey} key=${each.id} of=${each} needsCode=${needsCode} again=${passkeys.again} />`)}
          </ul>
          <${More} of=${passkeys} />
        `}
      <//>
      ${canUsePasskeys() && html`<${NewPasskey} needsCode=${needsCode} again=${passkeys.again} />`}
    </section>
  `;
}

/** @param {{ of: Schemas["Passkey"], needsCode: boolean, again: () => void }} properties */
function Passkey({ of: { id, name, created_at: made, last_used_at: used }, needsCode, again }) {
  const params = { passkey_id: id };
  const [wish, setWish] = useState("");
  const naming = useForm(async (values) => {
    await patch("/api/users/me/passkeys/{passkey_id}", { params, body: values });
    setWish("");
    again();
  });
  const deleting = useForm(async (values) => {
    await remove("/api/users/me/passkeys/{passkey_id}", { params, body: values });
    tell(t("passkeys.deleted"));
    again();
  });
  return html`
    <li class="card stack">
      <div class="row apart">
        <div>
          <p><bdi>${name}</bdi></p>
          <p class="muted small">${say("passkeys.made", { time: html`<${Ago} at=${made} />` })}
            ${used && html` · ${say("devices.last", { time: html`<${Ago} at=${used} />` })}`}</p>
        </div>
        <div class="row">
          <button class="button quiet" aria-expanded=${wish === "name"} onClick=${() => setWish(wish === "name" ? "" : "name")}>${t("passkeys.rename")}</button>
          <button class="button danger" aria-expanded=${wish === "delete"} onClick=${() => setWish(wish === "delete" ? "" : "delete")}>${t("delete")}</button>
        </div>
      </div>
      ${wish === "name" && html`
        <${Form} of=${naming}>
          <${Field} of=${naming} name="name" label=${t("passkeys.name")} defaultValue=${name} maxlength="100" />
          <div><${Submit} of=${naming}>${t("save")}<//></div>
        <//>
      `}
      ${wish === "delete" && html`
        <${Form} of=${deleting}>
          <p class="muted">${t("passkeys.delete_why")}</p>
          <${Proof} of=${deleting} needsCode=${needsCode} />
          <div><${Submit} of=${deleting} quiet>${t("delete")}<//></div>
        <//>
      `}
    </li>
  `;
}

/** @param {{ needsCode: boolean, again: () => void }} properties */
function NewPasskey({ needsCode, again }) {
  const form = useForm(async ({ name, ...proof }, _key, element) => {
    const credential = await makePasskey(await post("/api/users/me/passkeys/options", { body: proof }));
    if (!credential) return;
    await post("/api/users/me/passkeys", { body: { name, credential } });
    element.reset();
    tell(t("passkeys.created"));
    again();
  });
  return html`
    <details class="fold">
      <summary>${t("passkeys.new")}</summary>
      <${Form} of=${form}>
        <${Field} of=${form} name="name" label=${t("passkeys.name")} hint=${t("passkeys.name_hint")} maxlength="100" />
        <${Proof} of=${form} needsCode=${needsCode} />
        <div><${Submit} of=${form}>${t("passkeys.new")}<//></div>
      <//>
    </details>
  `;
}
