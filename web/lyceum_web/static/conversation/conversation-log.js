// @ts-check
/** A conversation: what was said, the newest below, and a field to say something. */
import { account } from "../sign-in.js";
import { day, isoDate, MINUTE } from "../time.js";
import { html, useRef, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { useAction } from "../parts/action.js";
import { Composer } from "./composer.js";
import { isEditable, MessageItem, UnsentItem } from "./message.js";
import { useScrollPlace } from "./scroll-place.js";
import { Refusal, Trouble } from "../parts/trouble.js";

/** @typedef {import("./conversation.js").Message} Message */
/** @typedef {import("./conversation.js").Happening} Happening */

const TOGETHER = 5 * MINUTE; // messages of a person that follow so soon have one head

/**
 * @param {{ talk: import("./conversation.js").Talk, leader: string | null, leads: string, closed?: string | false }} properties
 *   `leader` may delete what others wrote, and is shown as what they lead by; `closed` says why nothing can be written
 */
export function Conversation({ talk, leader, leads, closed }) {
  const { messages, happenings, hasOlder, outbox, problem } = talk;
  const me = account.value?.id || "";
  const [edited, setEdited] = useState(/** @type {string | null} */ (null));
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const { box, isAtEnd, onScroll, toEnd } = useScrollPlace();
  const older = useAction(talk.readOlder);
  const leave = () => (area.current || box.current)?.focus();
  const found = messages.value || [];

  function edit(/** @type {string | null} */ id) {
    setEdited(id);
    if (!id) leave();
  }
  function editLast() {
    const last = found.findLast((each) => each.user_id === me && isEditable(each));
    if (last) setEdited(last.id);
    return Boolean(last);
  }
  function send(/** @type {string} */ content) {
    outbox.add(content);
    toEnd();
  }
  const item = (/** @type {Message} */ message, /** @type {boolean} */ follows) => html`
    <${MessageItem}
      key=${message.id} message=${message} follows=${follows} talk=${talk} leave=${leave}
      isOwn=${message.user_id === me} isLeader=${leader === me} badge=${message.user_id === leader ? leads : ""}
      isEdited=${edited === message.id} edit=${edit}
    />
  `;
  return html`
    <section class="conversation card" aria-labelledby="conversation">
      <h2 id="conversation" tabindex="-1">${t("chat.title")}</h2>
      <div class="log-frame">
        <div class="log" role="log" aria-labelledby="conversation" aria-busy=${older.isBusy} tabindex="0" ref=${box} onScroll=${onScroll}>
          ${problem.value && !messages.value && html`<${Trouble} problem=${problem.value} again=${talk.refresh} />`}
          ${hasOlder.value && html`
            <p class="center"><button class="button quiet" aria-disabled=${older.isBusy} onClick=${() => older.run()}>${t("chat.older")}</button></p>
            <${Refusal} problem=${older.problem} />
          `}
          ${messages.value && !found.length && !outbox.unsent.value.length && html`<p class="muted center">${t("chat.none")}</p>`}
          <ol role="list">
            ${rows(found, happenings.value, item)}
            ${outbox.unsent.value.map((each) => html`<${UnsentItem} key=${each.id} message=${each} talk=${talk} leave=${leave} />`)}
          </ol>
        </div>
        ${!isAtEnd && html`<button class="button quiet to-end" onClick=${toEnd}>${t("chat.newest")}</button>`}
      </div>
      ${closed
        ? html`<p class="muted">${closed}</p>`
        : html`<${Composer} place=${talk.room.id} area=${area} send=${send} editLast=${editLast} />`}
    </section>
  `;
}

/**
 * Messages and what happened meanwhile, day by day.
 * @param {Message[]} messages @param {Happening[]} happenings @param {(message: Message, follows: boolean) => any} item
 */
function rows(messages, happenings, item) {
  const all = [...messages, ...happenings].sort((a, b) => a.seq - b.seq);
  const shown = [];
  let date = "";
  /** @type {Message | null} */
  let before = null;
  for (const each of all) {
    const at = "created_at" in each ? each.created_at : each.at;
    if (isoDate(at) !== date) {
      date = isoDate(at);
      before = null;
      shown.push(html`<li key=${date} class="day"><span>${dayName(at)}</span></li>`);
    }
    if ("created_at" in each) {
      shown.push(item(each, Boolean(before) && isSoonAfter(each, /** @type {any} */ (before))));
      before = each;
    } else {
      before = null;
      shown.push(html`<li key=${each.seq} class="happening muted small">${said(each)}</li>`);
    }
  }
  return shown;
}

/** @param {Message} message @param {Message} before */
function isSoonAfter(message, before) {
  return message.user_id === before.user_id && Date.parse(message.created_at) - Date.parse(before.created_at) < TOGETHER;
}

/** @param {Happening} happening */
function said({ type, name }) {
  return say(`happening.${type}`, { name: name || t("person.unknown") });
}

/** @param {string} at */
function dayName(at) {
  if (isoDate(at) === isoDate(new Date())) return t("chat.today");
  return day(at);
}
