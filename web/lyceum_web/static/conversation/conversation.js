// @ts-check
/**
 * What is said in a room, such as a study session, as far as it was read, and what happens there meanwhile. Events and
 * answers may come in any order: of two forms of a message the later one is kept.
 */
import { get, patch, post, remove } from "../api.js";
import { outboxOf } from "./outbox.js";
import { batch, signal } from "../vendor/ui.js";

/** @typedef {Omit<Schemas["Message"], "session_id">} Message */
/** @typedef {ReturnType<typeof conversationOf>} Talk */
/** @typedef {{ seq: number, type: string, name: string | null, at: string }} Happening */

/**
 * @typedef {object} Room
 * @property {string} id
 * @property {string} messages the path of its messages
 * @property {string} reported what a message is called in a report
 */

const MOST = 100;

/** @param {string} id @returns {Room} */
export const ofStudySession = (id) => ({ id, messages: `/api/study-sessions/${id}/messages`, reported: "message" });

/** @param {string} id @returns {Room} */
export const ofHavruta = (id) => ({ id, messages: `/api/havrutas/${id}/messages`, reported: "havruta_message" });

/** @param {Room} room */
export function conversationOf(room) {
  // Both kinds of rooms answer alike.
  const path = /** @type {"/api/study-sessions/{session_id}/messages"} */ (room.messages);
  const one = (/** @type {string} */ id) =>
    /** @type {"/api/study-sessions/{session_id}/messages/{message_id}"} */ (`${room.messages}/${id}`);
  /** In their order; null before the first are read. */
  const messages = signal(/** @type {Message[] | null} */ (null));
  const hasOlder = signal(false);
  const happenings = signal(/** @type {Happening[]} */ ([]));
  const problem = signal(/** @type {any} */ (null));
  /** People whom the reader has blocked here: the platform folds what they wrote a moment later. @type {Set<string>} */
  const folded = new Set();

  const outbox = outboxOf(room.id, async ({ id: client_message_id, content }) => {
    take([await post(path, { body: { content, client_message_id }, key: "" })]);
  });

  /** @param {Message[]} found */
  function take(found) {
    const known = new Map((messages.value || []).map((each) => [each.id, each]));
    for (const each of found) {
      const before = known.get(each.id);
      if (!before || !isLater(before, each)) known.set(each.id, folded.has(each.user_id) ? { ...each, folded: true } : each);
    }
    batch(() => {
      messages.value = [...known.values()].sort((a, b) => a.seq - b.seq);
      for (const each of found) if (each.client_message_id) outbox.drop(each.client_message_id);
    });
  }

  /** Read the last messages; again, all from the oldest known one on. */
  async function refresh() {
    const oldest = messages.value?.[0];
    try {
      if (oldest) await readFrom(oldest.seq - 1);
      else await readLast();
      problem.value = null;
    } catch (refused) {
      problem.value = refused;
    }
  }
  async function readLast() {
    const page = await get(path);
    hasOlder.value = Boolean(page.next);
    take(page.items);
  }
  /** @param {number} after */
  async function readFrom(after) {
    let page = await get(path, { query: { after, limit: MOST } });
    take(page.items);
    while (page.next) {
      page = await get(path, { query: { cursor: page.next, limit: MOST } });
      take(page.items);
    }
  }
  async function readOlder() {
    const before = messages.value?.[0]?.seq;
    const page = await get(path, { query: { before } });
    hasOlder.value = Boolean(page.next);
    take(page.items);
  }

  /** @param {import("../live.js").LiveEvent & { occurred_at?: string }} event */
  async function hear({ type, seq = 0, data, occurred_at: at = "" }) {
    if (type === "created") return;
    if (!type.startsWith("message")) {
      if (happenings.value.some((each) => each.seq === seq)) return;
      happenings.value = [...happenings.value, { seq, type, name: data.display_name || data.host_display_name, at }];
      return;
    }
    // A long message comes without its words.
    if (data.path) take((await get(path, { query: { after: data.seq - 1, limit: 1 } })).items);
    else take([data]);
  }

  /** Show folded what this person writes and has written. @param {string} user_id */
  function fold(user_id) {
    folded.add(user_id);
    take(messages.value || []);
  }

  /** @param {string} message_id @param {string} content */
  async function edit(message_id, content) {
    take([await patch(one(message_id), { body: { content } })]);
  }
  /** @param {Message} message */
  async function erase(message) {
    await remove(one(message.id));
    take([{ ...message, content: null, deleted: true }]);
  }
  return { room, messages, hasOlder, happenings, problem, outbox, refresh, readOlder, hear, fold, edit, erase };
}

/** Whether the first form of a message is the later one. @param {Message} one @param {Message} other */
function isLater(one, other) {
  if (one.deleted !== other.deleted) return one.deleted;
  return (one.edited_at || "") > (other.edited_at || "");
}
