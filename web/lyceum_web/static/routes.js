// @ts-check
/**
 * The pages and their addresses. That of something the API has is the API's own without `/api`, so that each path
 * in a notification or an event leads to a page.
 */

import { match } from "./router.js";

/** @type {import("./router.js").Route[]} */
export const ROUTES = [
  { pattern: "/", load: () => import("./pages/near.js"), style: "near" },

  { pattern: "/sign-in", load: () => import("./pages/sign-in.js") },
  { pattern: "/register", load: () => import("./pages/register.js") },
  { pattern: "/verify-email", load: () => import("./pages/email-link.js") },
  { pattern: "/change-email", load: () => import("./pages/email-link.js") },
  { pattern: "/revert-email", load: () => import("./pages/email-link.js") },
  { pattern: "/forgot-password", load: () => import("./pages/forgot-password.js") },
  { pattern: "/reset-password", load: () => import("./pages/reset-password.js") },
  { pattern: "/invitations", load: () => import("./pages/invitations.js") },
  { pattern: "/invitations/unsubscribe", load: () => import("./pages/unsubscribe.js") },

  { pattern: "/notifications", load: () => import("./pages/notifications.js"), style: "notifications", signedIn: true },

  { pattern: "/havrutas", load: () => import("./pages/havrutas.js"), style: "havruta", signedIn: true },
  { pattern: "/havrutas/:id", load: () => import("./pages/havruta.js"), style: "havruta", signedIn: true },
  { pattern: "/havruta-sessions/:id", load: () => import("./pages/havruta-session.js"), style: "study", signedIn: true },
  { pattern: "/whiteboards/:id", load: () => import("./pages/whiteboard.js"), style: "whiteboard", signedIn: true },
];

/**
 * The page of something that the API has at this path, or the nearest page above it.
 * @param {string} path such as `/api/study-sessions/ID/messages`
 */
export function pageOf(path) {
  const segments = path.replace(/^\/api(\/v2)?/, "").split("/");
  while (segments.length > 1 && !match(ROUTES, segments.join("/"))) segments.pop();
  return segments.join("/") || "/";
}
