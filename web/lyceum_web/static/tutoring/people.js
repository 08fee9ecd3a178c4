// @ts-check
/** What the pages about lessons share: the part that a person has in them, the names of courses, the news. */
import { get } from "../api.js";
import { account } from "../sign-in.js";
import { formatted } from "../time.js";
import { useEffect, useRef } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {"tutor" | "student" | "parent" | "admin"} Role */

/** The part that the person has in an enrolment or a lesson. @param {{ tutor_id: string, student_id: string }} thing @returns {Role} */
export function roleIn({ tutor_id: tutor, student_id: student }) {
  const id = account.value?.id;
  if (id === tutor) return "tutor";
  if (id === student) return "student";
  return account.value?.roles.includes("admin") ? "admin" : "parent";
}

/** Whether the person is a tutor. */
export const isTutor = () => Boolean(account.value?.roles.includes("tutor"));

/**
 * The titles of these courses: an enrolment names its course by its id alone.
 * @param {number[]} ids @param {AbortSignal} signal @returns {Promise<Map<number, string>>}
 */
export async function courseTitles(ids, signal) {
  const distinct = [...new Set(ids)];
  const titles = await Promise.all(distinct.map((id) => titleOf(id, signal)));
  return new Map(distinct.map((id, index) => [id, titles[index]]));
}

/** @param {number} id @param {AbortSignal} signal */
async function titleOf(id, signal) {
  try {
    return (await get("/api/courses/{course_id}", { params: { course_id: id }, signal })).title;
  } catch {
    // The course of a tutor who keeps away from this person, or a service that is away: the rest is shown.
    return t("course.unnamed");
  }
}

/** @param {string} id @param {AbortSignal} signal */
export async function readEnrollment(id, signal) {
  const enrollment = await get("/api/enrollments/{enrollment_id}", { params: { enrollment_id: id }, signal });
  const titles = await courseTitles([enrollment.course_id], signal);
  return { enrollment, title: titles.get(enrollment.course_id) || "" };
}

/** @typedef {Awaited<ReturnType<typeof readEnrollment>>} NamedEnrollment */

/** The focus goes to the heading of the page if what had it is gone. @param {number} count of the things that may go */
export function useKeptFocus(count) {
  const before = useRef(count);
  useEffect(() => {
    if (count < before.current && document.activeElement === document.body) document.querySelector("h1")?.focus();
    before.current = count;
  }, [count]);
}

/** What the clocks of a zone are called, such as "Israel Time". @param {string} zone */
export function zoneName(zone) {
  const words = formatted(new Date(), { timeZoneName: "longGeneric", year: "numeric" }, zone);
  return words.replace(/^[\d\s,.]+/, "");
}

/** Topics as they are typed, one a line. @param {string | undefined} text */
export const linesOf = (text = "") => text.split("\n").map((line) => line.trim()).filter(Boolean);
