// @ts-check
/** The members of a havruta; its owner hands it over or removes someone here. */
import { post, remove } from "../api.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { AskButton } from "../parts/ask.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form, useForm } from "../parts/form.js";
import { Icon } from "../parts/icon.js";
import { Initials, Person } from "../parts/person.js";

/** @typedef {Schemas["HavrutaMember"]} Member */

/** @param {{ havruta: Schemas["Havruta"], members: Member[], isOwner: boolean, again: () => void }} properties */
export function HavrutaMembers({ havruta, members, isOwner, again }) {
  const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));
  const isChanged = useRef(false);
  function changed() {
    isChanged.current = true;
    again();
  }
  useEffect(() => {
    // What had the focus has gone with the member.
    if (isChanged.current) heading.current?.focus();
    isChanged.current = false;
  }, [members]);
  return html`
    <section class="stack">
      <h2 ref=${heading} tabindex="-1">${t("havruta.people")}</h2>
      <ul role="list" class="people">
        ${members.map((member) => html`
          <li key=${member.user_id} class="row">
            <${Initials} name=${member.display_name} />
            <${Person} id=${member.user_id} name=${member.display_name} />
            ${member.user_id === havruta.owner_id && html`<span class="badge plain">${t("havruta.owner")}</span>`}
            ${isOwner && !havruta.archived_at && member.user_id !== account.value?.id && html`
              <${Tools} havruta=${havruta} member=${member} changed=${changed} />
            `}
          </li>
        `)}
      </ul>
    </section>
  `;
}

/** @param {{ havruta: Schemas["Havruta"], member: Member, changed: () => void }} properties */
function Tools({ havruta, member, changed }) {
  const [isRemoving, setRemoving] = useState(false);
  const name = member.display_name || t("person.unknown");
  async function handOver() {
    await post("/api/havrutas/{havruta_id}/transfer", { params: { havruta_id: havruta.id }, body: { user_id: member.user_id } });
    tell(t("havruta.handed_over", { name }));
    changed();
  }
  return html`
    <details class="tools">
      <summary class="icon-button" aria-label=${t("havruta.tools_for", { name })}><${Icon} name="more" /></summary>
      <div class="row">
        <${AskButton} work=${handOver} kind="quiet" title=${t("havruta.hand_over_title", { name })} why=${t("havruta.hand_over_why")}>
          ${t("havruta.hand_over")}
        <//>
        <button type="button" class="button danger" onClick=${() => setRemoving(true)}>${t("havruta.remove")}</button>
      </div>
      ${isRemoving && html`
        <${Removal} havruta=${havruta} member=${member} name=${name} close=${() => setRemoving(false)} done=${changed} />
      `}
    </details>
  `;
}

/** @param {{ havruta: Schemas["Havruta"], member: Member, name: string, close: () => void, done: () => void }} properties */
function Removal({ havruta, member, name, close, done }) {
  const params = { havruta_id: havruta.id, user_id: member.user_id };
  const form = useForm(async ({ reason }) => {
    await remove("/api/havrutas/{havruta_id}/members/{user_id}", { params, body: { reason: reason.trim() || null } });
    tell(t("havruta.removed", { name }));
    close();
    done();
  });
  return html`
    <${Dialog} title=${t("havruta.remove_title", { name })} close=${close}>
      <${Form} of=${form}>
        <${Field} of=${form} name="reason" as="textarea" label=${t("havruta.reason")} hint=${t("havruta.reason_hint")} maxlength="500" optional />
        <div class="row">
          <button class="button danger" aria-disabled=${form.isBusy}>${t("havruta.remove")}</button>
          <button type="button" class="button quiet" onClick=${close}>${t("back")}</button>
        </div>
      <//>
    <//>
  `;
}
