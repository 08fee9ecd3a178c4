// @ts-check
/** What happened while the person was away, the newest first; each leads to its thing. */
import { get, post } from "../api.js";
import { unread } from "../inbox.js";
import { OWN, watch } from "../live.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { Notification } from "../parts/notification.js";
import { Title } from "../parts/title.js";
import { html, useEffect } from "../vendor/ui.js";
import { t } from "../words.js";

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
