// @ts-check
/**
 * Messages that were written and are not sent yet: kept in this browser, and sent in their order once the network is
 * there. Each has an id by which the platform knows it again, so that none counts twice.
 */
import { newKey, Problem } from "../api.js";
import { draftOf, dropDraft, keepDraft } from "../drafts.js";
import { signal } from "../vendor/ui.js";

/** @typedef {{ status: number, code: string, title: string }} Refused */
/** @typedef {{ id: string, content: string, at: string, refused?: Refused }} Unsent */

const LONGEST_PAUSE = 30_000; // milliseconds

/** @param {string} place @param {(message: Unsent) => Promise<unknown>} send */
export function outboxOf(place, send) {
  const name = `outbox.${place}`;
  const unsent = signal(/** @type {Unsent[]} */ (draftOf(name, [])));
  let isSending = false;
  let failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let due;

  /** Other tabs have the same messages: what is kept is changed, not what was seen. @param {(kept: Unsent[]) => Unsent[]} next */
  function change(next) {
    unsent.value = next(draftOf(name, /** @type {Unsent[]} */ ([])));
    if (unsent.value.length) keepDraft(name, unsent.value);
    else dropDraft(name);
  }

  /** @param {string} content */
  function add(content) {
    change((kept) => [...kept, { id: newKey(), content, at: new Date().toISOString() }]);
    sendAll();
  }
  /** @param {string} id */
  function drop(id) {
    if (unsent.value.some((each) => each.id === id)) change((kept) => kept.filter((each) => each.id !== id));
  }
  /** @param {string} id @param {Refused | undefined} refused */
  function mark(id, refused) {
    change((kept) => kept.map((each) => (each.id === id ? { ...each, refused } : each)));
  }
  /** @param {string} id */
  function again(id) {
    mark(id, undefined);
    sendAll();
  }

  async function sendAll() {
    clearTimeout(due);
    if (isSending) return;
    isSending = true;
    try {
      for (let next = waiting(); next; next = waiting()) await sendOne(next);
      failures = 0;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      failures += 1;
      due = setTimeout(sendAll, problem.retryAfter * 1000 || Math.min(LONGEST_PAUSE, 500 * 2 ** failures));
    } finally {
      isSending = false;
    }
  }
  const waiting = () => unsent.value.find((each) => !each.refused);

  /** @param {Unsent} message */
  async function sendOne(message) {
    try {
      await send(message);
      drop(message.id);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.isPassing || problem.status === 429) throw problem;
      const { status, code, title } = problem;
      mark(message.id, { status, code, title });
    }
  }

  /** Send what is left of the last time, and go on when the network is back. @returns {() => void} ends it */
  function start() {
    addEventListener("online", sendAll);
    sendAll();
    return () => {
      removeEventListener("online", sendAll);
      clearTimeout(due);
    };
  }
  return { unsent, add, again, drop, start };
}
