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

  { pattern: "/courses", load: () => import("./pages/courses.js"), style: "tutoring" },
  { pattern: "/courses/new", load: () => import("./pages/course-form.js"), style: "tutoring", signedIn: true },
  { pattern: "/courses/:id", load: () => import("./pages/course.js"), style: "tutoring", signedIn: true },
  { pattern: "/courses/:id/edit", load: () => import("./pages/course-form.js"), style: "tutoring", signedIn: true },
  { pattern: "/tutors/:id", load: () => import("./pages/tutor.js"), style: "tutoring" },
  { pattern: "/enrollments", load: () => import("./pages/lessons.js"), style: "tutoring", signedIn: true },
  { pattern: "/enrollments/join", load: () => import("./pages/join.js"), style: "tutoring", signedIn: true },
  { pattern: "/enrollments/:id", load: () => import("./pages/enrollment.js"), style: "tutoring", signedIn: true },
  { pattern: "/enrollments/:id/ask", load: () => import("./pages/ask.js"), style: "tutoring", signedIn: true },
  { pattern: "/enrollments/:id/book", load: () => import("./pages/book.js"), style: "tutoring", signedIn: true },
  { pattern: "/sessions/:id", load: () => import("./pages/lesson.js"), style: "tutoring", signedIn: true },
  { pattern: "/sessions/:id/move", load: () => import("./pages/move.js"), style: "tutoring", signedIn: true },
  { pattern: "/tutoring/availability", load: () => import("./pages/availability.js"), style: "tutoring", signedIn: true },
  { pattern: "/tutoring/profile", load: () => import("./pages/tutor-profile.js"), style: "tutoring", signedIn: true },
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
