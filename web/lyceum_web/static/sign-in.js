// @ts-check
/**
 * The sign-in of this browser: two cookies that no script can read, and what is known of them.
 *
 * All tabs share the cookies, and a refresh token is good once. So one tab renews while the others wait, and a tab
 * whose turn comes sees that it has been done.
 */
import { signal } from "./vendor/ui.js";

const ACCOUNT = "lyceum.account";
const RENEWED_UNTIL = "lyceum.renewed-until";
/** What was typed and is not sent yet: the names of what is kept have the owner next. */
export const DRAFTS = "lyceum.draft.";
/** The owner of what stays when the person signs in halfway. */
export const ANYONE = "anyone";
const MARGIN = 30_000; // milliseconds before the end at which the sign-in is renewed

/** @typedef {{ id: string, username: string, display_name: string, email: string, email_verified: boolean,
 *   pending_email: string | null, locale: string, timezone: string, bio: string | null, avatar_url: string | null,
 *   roles: string[], created_at: string }} Account */

/** The person who is signed in; null if nobody is. As last known, so that a page can be shown at once. */
export const account = signal(/** @type {Account | null} */ (isSignedIn() ? remembered() : null));

const tabs = new BroadcastChannel("lyceum.sign-in");
tabs.onmessage = () => {
  account.value = isSignedIn() ? remembered() : null;
};

/** Whether this browser has a sign-in, which may have ended elsewhere. */
export function isSignedIn() {
  return document.cookie.split("; ").includes("lyceum-signed-in=1");
}

/** @param {Account} known */
export function remember(known) {
  // No address: what is kept can be read by anyone at this browser.
  const { id, username, display_name, roles, locale, timezone, email_verified } = known;
  localStorage.setItem(ACCOUNT, JSON.stringify({ id, username, display_name, roles, locale, timezone, email_verified }));
  account.value = known;
  tabs.postMessage("changed");
}

/** Have nothing left of the person who was signed in. */
export function forget() {
  clear(() => true);
  account.value = null;
  tabs.postMessage("changed");
}

/** The sign-in has ended without the person's wish: what they typed stays until somebody signs in. */
function lose() {
  clear((name) => !name.startsWith(DRAFTS));
  account.value = null;
  tabs.postMessage("changed");
}

/** Remove what is kept of people. @param {(name: string) => boolean} isMeant */
function clear(isMeant) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("lyceum.") && !name.startsWith("lyceum.device.") && isMeant(name)) localStorage.removeItem(name);
  }
}

/** @returns {Account | null} */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(ACCOUNT) || "null");
  } catch {
    return null;
  }
}

/** A sign-in has begun. @param {{ user: Account, expires_in: number }} answer */
export function begin({ user, expires_in: seconds }) {
  const theirs = [user.id, ANYONE].map((owner) => `${DRAFTS}${owner}.`);
  clear((name) => name.startsWith(DRAFTS) && !theirs.some((start) => name.startsWith(start)));
  note(seconds);
  remember(user);
}

/** Renew the sign-in if its access token ends soon. */
export async function renewIfDue() {
  const seen = lastRenewal();
  const until = Number(seen);
  if (isSignedIn() && until && until - MARGIN < Date.now()) await renew(seen);
}

/** Which renewal of the sign-in is the last: to be noted before a call, and given to `renew` if it is refused. */
export const lastRenewal = () => localStorage.getItem(RENEWED_UNTIL);

/**
 * Renew the sign-in, unless a tab has done so since. Whether there is one after it.
 * @param {string | null} seen the last renewal before what was refused
 */
export async function renew(seen) {
  return alone("lyceum.renew", async () => (lastRenewal() === seen ? exchange() : isSignedIn()));
}

async function exchange() {
  let response;
  try {
    // A navigation meanwhile must not lose the answer: the former token is spent.
    response = await fetch("/web/refresh", { method: "POST", keepalive: true });
  } catch {
    return isSignedIn();
  }
  if (response.ok) note((await response.json()).expires_in);
  if (response.status === 401) lose();
  return isSignedIn();
}

/** @param {number} seconds for which the sign-in need not be renewed */
function note(seconds) {
  localStorage.setItem(RENEWED_UNTIL, String(Date.now() + seconds * 1000));
}

/**
 * Do something while no other tab does it. Browsers have locks on pages that came over TLS or from this machine.
 * @template T @param {string} name @param {() => Promise<T>} work @returns {Promise<T>}
 */
async function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}
