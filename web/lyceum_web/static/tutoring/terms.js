// @ts-check
/** Until when a student who books themselves may move or cancel a lesson. */
import { get } from "../api.js";
import { HOUR } from "../time.js";
import { readEnrollment, roleIn } from "./people.js";

/** @typedef {Schemas["TutoringSession"]} Lesson */
/** @typedef {{ enrollment: Schemas["Enrollment"], deadline: number | null }} Terms `deadline` is null for all but such students */

/** @param {Lesson} lesson @param {AbortSignal} signal @returns {Promise<Terms>} */
export async function readTerms(lesson, signal) {
  const enrollment = await readEnrollment(String(lesson.enrolled_courses_id), signal);
  if (enrollment.course_booking !== "book" || roleIn(lesson) !== "student") return { enrollment, deadline: null };
  const course = await get("/api/courses/{course_id}", { params: { course_id: enrollment.course_id }, signal });
  return { enrollment, deadline: Date.parse(lesson.starts_at) - course.cancel_notice_hours * HOUR };
}
