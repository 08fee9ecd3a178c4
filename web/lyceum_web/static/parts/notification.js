// @ts-check
/** A notification in a list: it leads to its thing, and is read once one goes there. */
import { isReadHere, markRead } from "../inbox.js";
import { pageOf } from "../routes.js";
import { html } from "../vendor/ui.js";
import { hasWords, say, t } from "../words.js";
import { Ago, When } from "./when.js";

/** @param {Schemas["Notification"]} properties */
export function Notification({ id, kind, data, actor_display_name: actor, times, created_at: at, read_at: readAt }) {
  const page = data.path && pageOf(data.path);
  const isRead = readAt || isReadHere(id);
  const onClick = () => { isRead || markRead(id); };
  const words = html`<${Sentence} kind=${kind} data=${data} actor=${actor} times=${times} />`;
  return html`
    <li class="notification ${isRead ? "" : "unread"}">
      ${!isRead && html`<span class="badge">${t("notifications.new")}</span>`}
      <p>${page ? html`<a href=${page} onClick=${onClick}>${words}</a>` : words}</p>
      ${data.reason && html`<p class="muted" dir="auto">“${data.reason}”</p>`}
      <p class="muted small"><${Ago} at=${at} /></p>
    </li>
  `;
}

/** @param {{ kind: string, data: any, actor?: string | null, times: number }} properties */
function Sentence({ kind, data, actor, times }) {
  const key = [`notification.${kind}${data.removed ? "_removed" : ""}`, `notification.${kind}`].find(hasWords) || "notification.some";
  const values = {
    name: actor || t("person.someone"),
    title: data.title || t("notification.untitled"),
    time: data.starts_at ? html`<${When} at=${data.starts_at} />` : "",
  };
  return html`
    ${say(key, values)}
    ${data.starts_at && html` <span class="muted">· ${values.time}</span>`}
    ${data.count > 1 && html` <span class="muted">· ${t("notifications.sessions", { count: data.count })}</span>`}
    ${times > 1 && html` <span class="muted">· ${t("notifications.times", { count: times })}</span>`}
  `;
}
