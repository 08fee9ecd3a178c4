// @ts-check
/** The secret address at which calendar programs read the person's calendar. */
import { get, post, Problem, remove } from "../api.js";
import { copy } from "../copying.js";
import { html, useEffect, useId, useRef, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Action } from "../parts/action.js";
import { AskButton } from "../parts/ask.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Ago, When } from "../parts/when.js";

const PATH = "/api/calendar/feed";

/** Asked for once it is opened. */
export function CalendarFeed() {
  const [isOpen, setOpen] = useState(false);
  return html`
    <details class="card feed" onToggle=${(/** @type {Event} */ event) => setOpen(/** @type {HTMLDetailsElement} */ (event.target).open)}>
      <summary><h2>${t("feed.title")}</h2></summary>
      ${isOpen && html`<${Feed} />`}
    </details>
  `;
}

function Feed() {
  const feed = useLoaded(readFeed, []);
  const [url, setUrl] = useState("");
  const [isGone, setGone] = useState(false);
  const said = useRef(/** @type {HTMLElement | null} */ (null));
  // The button that was pressed is gone.
  useEffect(() => said.current?.focus(), [url, isGone]);

  async function create() {
    const made = /** @type {Schemas["CalendarFeedAddress"]} */ (await post(PATH));
    setGone(false);
    setUrl(made.url);
    feed.again();
  }
  async function revoke() {
    await remove(PATH);
    setUrl("");
    setGone(true);
    feed.set(null);
  }
  return html`
    <div class="stack">
      <p>${t("feed.why")}</p>
      ${isGone && html`<p class="notice" role="status" tabindex="-1" ref=${said}>${t("feed.revoked")}</p>`}
      ${url && html`<${Address} url=${url} field=${said} />`}
      <${Loaded} of=${feed}>
        ${(/** @type {Schemas["CalendarFeed"] | null} */ found) => found ? html`
          <p class="muted">${say("feed.since", { time: html`<${When} at=${found.created_at} />` })} ${lastRead(found)}</p>
          <div class="row">
            <${AskButton} work=${create} kind="quiet" title=${t("feed.renew")} why=${t("feed.renew_why")}>${t("feed.renew")}<//>
            <${AskButton} work=${revoke} title=${t("feed.revoke")} why=${t("feed.revoke_why")}>${t("feed.revoke")}<//>
          </div>
        ` : html`<p><${Action} work=${create}>${t("feed.create")}<//></p>`}
      <//>
    </div>
  `;
}

/** @param {AbortSignal} signal @returns {Promise<Schemas["CalendarFeed"] | null>} null if there is none */
async function readFeed(signal) {
  try {
    return await get(PATH, { signal });
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return null;
    throw problem;
  }
}

/** @param {Schemas["CalendarFeed"]} feed */
function lastRead({ last_read_at: at }) {
  return at ? say("feed.read", { time: html`<${Ago} at=${at} />` }) : t("feed.never_read");
}

/** @param {{ url: string, field: { current: HTMLElement | null } }} properties */
function Address({ url, field }) {
  const id = useId();
  function onCopy() {
    /** @type {HTMLInputElement} */ (field.current).select();
    copy(url);
  }
  return html`
    <div class="field">
      <label for=${id}>${t("feed.address")}</label>
      <p class="hint" id="${id}-hint">${t("feed.once")}</p>
      <div class="row copy">
        <input id=${id} ref=${field} dir="ltr" readonly value=${url} aria-describedby="${id}-hint" />
        <button type="button" class="button" onClick=${onCopy}>${t("feed.copy")}</button>
      </div>
    </div>
  `;
}
