// @ts-check
/** How many notifications the person has not read: kept up to date by the live stream. */
import { get } from "./api.js";
import { OWN, watch } from "./live.js";
import { signal } from "./vendor/ui.js";

export const MOST_SHOWN = 99;
export const unread = signal(0);

/** Count again. */
export async function countUnread() {
  const page = await get("/api/notifications", { query: { unread: true, limit: 100 } });
  unread.value = page.items.length;
}

/** Follow the person's notifications. @returns {() => void} ends it */
export function followInbox() {
  return watch(OWN, () => {
    countUnread().catch(() => {});
  });
}
