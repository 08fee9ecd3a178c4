// @ts-check
/** One message of a conversation, with what can be done about it. */
import { fromNow, clockTime, dayAndTime, MINUTE } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Ask } from "../parts/ask.js";
import { BlockDialog } from "../parts/block.js";
import { Menu } from "../parts/menu.js";
import { MessageEdit } from "./message-edit.js";
import { Person } from "../parts/person.js";
import { ReportDialog } from "../parts/report.js";
import { wordsOn } from "../parts/trouble.js";

/** @typedef {import("./conversation.js").Message} Message */
/** @typedef {import("./conversation.js").Talk} Talk */

const EDITABLE_FOR = 15 * MINUTE;

/** Whether its author may still change it. @param {Message} message */
export const isEditable = ({ created_at: at, deleted }) => !deleted && Date.now() - Date.parse(at) < EDITABLE_FOR;

/**
 * @param {{ message: Message, follows: boolean, isOwn: boolean, isLeader: boolean, badge: string, talk: Talk,
 *   isEdited: boolean, edit: (id: string | null) => void, leave: () => void }} properties
 * `follows` if it goes on from the one above; `isLeader` is the reader's, `badge` the author's; `leave` takes the focus
 */
export function MessageItem({ message, follows, isOwn, isLeader, badge, talk, isEdited, edit, leave }) {
  return html`
    <li class="message ${isOwn ? "own" : ""} ${follows ? "follows" : ""}">
      <p class="message-head small">
        ${isOwn ? html`<b>${t("chat.you")}</b>` : html`<b><${Person} id=${message.user_id} name=${message.display_name ?? null} /></b>`}
        ${badge && html` <span class="badge plain">${badge}</span>`}
        ${" "}<time class="muted" datetime=${message.created_at} title=${dayAndTime(message.created_at)}>${clockTime(message.created_at)}</time>
      </p>
      ${isEdited && html`<${MessageEdit} message=${message} talk=${talk} end=${() => edit(null)} />`}
      ${!isEdited && html`
        <div class="bubble-row">
          <${Bubble} message=${message} />
          ${!message.deleted && html`
            <${MessageMenu} message=${message} isOwn=${isOwn} isLeader=${isLeader} talk=${talk} edit=${edit} leave=${leave} />
          `}
        </div>
      `}
    </li>
  `;
}

/** @param {{ message: Message }} properties */
function Bubble({ message: { content, deleted, folded, edited_at: edited } }) {
  if (deleted) return html`<p class="bubble gone muted">${t("chat.deleted")}</p>`;
  const words = html`<p class="words" dir="auto">${content}</p>`;
  if (folded) return html`<details class="bubble folded"><summary>${t("chat.folded")}</summary>${words}</details>`;
  return html`
    <div class="bubble">
      ${words}
      ${edited && html`<p class="muted small" title=${fromNow(edited)}>${t("chat.edited")}</p>`}
    </div>
  `;
}

/** @param {{ message: Message, isOwn: boolean, isLeader: boolean, talk: Talk, edit: (id: string) => void, leave: () => void }} properties */
function MessageMenu({ message, isOwn, isLeader, talk, edit, leave }) {
  const [asked, setAsked] = useState("");
  const close = () => setAsked("");
  const name = message.display_name || t("person.unknown");
  const label = isOwn ? t("chat.actions_own") : t("chat.actions", { name });
  async function erase() {
    await talk.erase(message);
    leave();
  }
  return html`
    <${Menu} label=${label}>
      ${isOwn && isEditable(message) && html`<li><button onClick=${() => edit(message.id)}>${t("chat.edit")}</button></li>`}
      ${(isOwn || isLeader) && html`<li><button onClick=${() => setAsked("delete")}>${t("chat.delete")}</button></li>`}
      ${!isOwn && html`
        <li><button onClick=${() => setAsked("report")}>${t("report.message")}</button></li>
        <li><button onClick=${() => setAsked("block")}>${t("block.title", { name })}</button></li>
      `}
    <//>
    ${asked === "delete" && html`
      <${Ask} title=${t("chat.delete")} why=${t("chat.delete_why")} press=${t("chat.delete_press")} work=${erase} close=${close} />
    `}
    ${asked === "report" && html`<${ReportDialog} about=${talk.room.reported} id=${message.id} close=${close} />`}
    ${asked === "block" && html`<${BlockDialog} id=${message.user_id} name=${name} close=${close} after=${() => talk.fold(message.user_id)} />`}
  `;
}

/** One that is not with the platform yet. @param {{ message: import("./outbox.js").Unsent, talk: Talk, leave: () => void }} properties */
export function UnsentItem({ message: { id, content, refused }, talk: { outbox }, leave }) {
  function discard() {
    outbox.drop(id);
    leave();
  }
  function again() {
    outbox.again(id);
    leave();
  }
  return html`
    <li class="message own unsent">
      <p class="message-head small"><b>${t("chat.you")}</b> <span class="muted">${!refused && t("chat.pending")}</span></p>
      <div class="bubble-row"><div class="bubble"><p class="words" dir="auto">${content}</p></div></div>
      ${refused && html`
        <p class="error">${t("chat.refused", { why: wordsOn(refused) })}</p>
        <p class="row">
          <button class="button quiet" onClick=${again}>${t("chat.again")}</button>
          <button class="button quiet" onClick=${discard}>${t("chat.discard")}</button>
        </p>
      `}
    </li>
  `;
}
