// @ts-check
/** What the pages about lessons share: the part that a person has in them, enrolments, the news. */
import { get } from "../api.js";
import { account } from "../sign-in.js";
import { formatted } from "../time.js";
import { useEffect, useRef } from "../vendor/ui.js";

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

/** @param {string} id @param {AbortSignal} signal */
export function readEnrollment(id, signal) {
  return get("/api/enrollments/{enrollment_id}", { params: { enrollment_id: id }, signal });
}

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
