// @ts-check
/** What happened while the person was away, the newest first; each leads to its thing. */
import { get, post } from "../api.js";
import { countUnread, unread } from "../inbox.js";
import { OWN, watch } from "../live.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { Ago, When } from "../parts/when.js";
import { pageOf } from "../routes.js";
import { html, useEffect } from "../vendor/ui.js";
import { hasWords, say, t } from "../words.js";

const PATH = "/api/notifications";

export default function Notifications() {
  const list = usePages(PATH, {}, []);
  const { set } = list;
  useEffect(() => watch(OWN, () => get(PATH).then(set, () => {})), [set]);

  async function readAll() {
    await post("/api/notifications/read-all");
    unread.value = 0;
    list.again();
  }
  return html`
    <div class="narrow stack">
      <div class="row apart">
        <${Title} of=${t("notifications.title")} />
        ${unread.value > 0 && html`<button class="button quiet" onClick=${readAll}>${t("notifications.read_all")}</button>`}
      </div>
      <${Loaded} of=${list}>
        ${(/** @type {any} */ { items }) => html`
          ${items.length === 0 && html`<p class="empty">${t("notifications.none")}</p>`}
          <ul role="list" class="notifications">
            ${items.map((/** @type {any} */ each) => html`<${Notification} key=${each.id} ...${each} />`)}
          </ul>
          <${More} of=${list} />
        `}
      <//>
    </div>
  `;
}

/** @param {any} properties */
function Notification({ id, kind, data, actor_display_name: actor, times, created_at: at, read_at: readAt }) {
  const page = data.path && pageOf(data.path);
  function onClick() {
    if (!readAt) post("/api/notifications/{notification_id}/read", { params: { notification_id: id } }).then(countUnread, () => {});
  }
  const words = html`<${Sentence} kind=${kind} data=${data} actor=${actor} times=${times} />`;
  return html`
    <li class="notification ${readAt ? "" : "unread"}">
      ${!readAt && html`<span class="badge">${t("notifications.new")}</span>`}
      <p>${page ? html`<a href=${page} onClick=${onClick}>${words}</a>` : words}</p>
      ${data.reason && html`<p class="muted" dir="auto">“${data.reason}”</p>`}
      <p class="muted small"><${Ago} at=${at} /></p>
    </li>
  `;
}

/** @param {{ kind: string, data: any, actor: string | null, times: number }} properties */
function Sentence({ kind, data, actor, times }) {
  const key = hasWords(`notification.${kind}`) ? `notification.${kind}` : "notification.some";
  const values = {
    name: actor || t("person.someone"),
    title: data.title || t("notification.untitled"),
    time: data.starts_at ? html`<${When} at=${data.starts_at} />` : "",
  };
  return html`
    ${say(key, values)}
    ${data.starts_at && html` <span class="muted">· ${values.time}</span>`}
    ${times > 1 && html` <span class="muted">· ${t("notifications.times", { count: times })}</span>`}
  `;
}
