// @ts-check
/** How many notifications the person has not read: kept up to date by the live stream. */
import { get, post } from "./api.js";
import { OWN, watch } from "./live.js";
import { signal } from "./vendor/ui.js";

export const MOST_SHOWN = 99;
export const unread = signal(0);
/** Those that were read here, of which the platform may not have heard yet. @type {Set<string>} */
const readHere = new Set();

/** Count again. */
export async function countUnread() {
  const page = await get("/api/notifications", { query: { unread: true, limit: 100 } });
  unread.value = page.items.length;
}

/** Whether one was read here just now. @param {string} id */
export const isReadHere = (id) => readHere.has(id);

/** Say that one is read. @param {string} id */
export function markRead(id) {
  readHere.add(id);
  const params = { notification_id: id };
  post("/api/notifications/{notification_id}/read", { params }).then(countUnread).catch(() => readHere.delete(id));
}

/** Follow the person's notifications. @returns {() => void} ends it */
export function followInbox() {
  return watch(OWN, () => {
    countUnread().catch(() => {});
  });
}
