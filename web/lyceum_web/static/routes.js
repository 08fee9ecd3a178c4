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

  { pattern: "/notifications/unsubscribe", load: () => import("./pages/unsubscribe.js") },
  { pattern: "/notifications", load: () => import("./pages/notifications.js"), style: "notifications", signedIn: true },

  { pattern: "/account", load: () => import("./pages/account.js"), style: "account", signedIn: true },
  { pattern: "/account/security", load: () => import("./pages/security.js"), style: "account", signedIn: true },
  { pattern: "/account/devices", load: () => import("./pages/devices.js"), style: "account", signedIn: true },
  { pattern: "/account/notifications", load: () => import("./pages/notification-settings.js"), style: "account", signedIn: true },
  { pattern: "/account/people", load: () => import("./pages/people.js"), style: "account", signedIn: true },
  { pattern: "/account/data", load: () => import("./pages/own-data.js"), style: "account", signedIn: true },

  { pattern: "/admin/reports", load: () => import("./pages/admin-reports.js"), style: "account", signedIn: true },
  { pattern: "/admin/users", load: () => import("./pages/admin-users.js"), style: "account", signedIn: true },
  { pattern: "/admin/applications", load: () => import("./pages/admin-applications.js"), style: "account", signedIn: true },

  { pattern: "/sources", load: () => import("./pages/sources.js") },

  { pattern: "/study-sessions", load: () => import("./pages/study-sessions.js"), style: "near", signedIn: true },
  { pattern: "/study-sessions/new", load: () => import("./pages/new-study-session.js"), style: "study-session", signedIn: true },
  { pattern: "/study-sessions/:id", load: () => import("./pages/study-session.js"), style: "study-session conversation" },
  { pattern: "/study-sessions/:id/edit", load: () => import("./pages/edit-study-session.js"), style: "study-session", signedIn: true },

  { pattern: "/dashboard", load: () => import("./pages/dashboard.js"), style: "today", signedIn: true },
  { pattern: "/calendar", load: () => import("./pages/calendar.js"), style: "today", signedIn: true },
  { pattern: "/search", load: () => import("./pages/search.js"), style: "today", signedIn: true },
  { pattern: "/users/:id", load: () => import("./pages/user.js"), style: "today" },

  { pattern: "/assessments", load: () => import("./pages/assessments.js"), style: "assessments" },
  { pattern: "/assessments/mine", load: () => import("./pages/own-assessments.js"), style: "assessments", signedIn: true },
  { pattern: "/assessments/:slug", load: () => import("./pages/assessment.js"), style: "assessments" },
  { pattern: "/assessments/:slug/edit", load: () => import("./pages/assessment-edit.js"), style: "assessments", signedIn: true },
  { pattern: "/assessments/:slug/statistics", load: () => import("./pages/assessment-statistics.js"), style: "assessments", signedIn: true },
  { pattern: "/assessment-sessions/:id", load: () => import("./pages/assessment-session.js"), style: "assessments" },
  { pattern: "/assessment-sessions/:id/result", load: () => import("./pages/assessment-result.js"), style: "assessments" },

  { pattern: "/havrutas", load: () => import("./pages/havrutas.js"), style: "havruta", signedIn: true },
  { pattern: "/havrutas/:id", load: () => import("./pages/havruta.js"), style: "havruta conversation", signedIn: true },
  { pattern: "/texts", load: () => import("./pages/texts.js"), style: "study" },
  { pattern: "/texts/:book", load: () => import("./pages/text.js"), style: "study" },
  { pattern: "/texts/:book/sections/:number", load: () => import("./pages/text-section.js"), style: "study" },
  { pattern: "/notes", load: () => import("./pages/notes.js"), style: "study", signedIn: true },
  { pattern: "/havruta-sessions/:id", load: () => import("./pages/havruta-session.js"), style: "study conversation", signedIn: true },
  { pattern: "/whiteboards/:id", load: () => import("./pages/whiteboard.js"), style: "whiteboard", signedIn: true },

  { pattern: "/courses", load: () => import("./pages/courses.js"), style: "tutoring" },
  { pattern: "/courses/new", load: () => import("./pages/course-form.js"), style: "tutoring", signedIn: true },
  { pattern: "/courses/:id", load: () => import("./pages/course.js"), style: "tutoring" },
  { pattern: "/courses/:id/edit", load: () => import("./pages/course-form.js"), style: "tutoring", signedIn: true },
  { pattern: "/tutors", load: () => import("./pages/tutors.js"), style: "tutoring" },
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
