// @ts-check
/** Assessment sessions that were begun in this browser without an account: nobody else knows their ids. */
import { draftOf, keepDraft } from "../drafts.js";
import { ANYONE } from "../sign-in.js";

const PLACE = "assessment-sessions";
const MOST = 20;

/** @returns {string[]} the ids, newest first */
export const visits = () => draftOf(PLACE, [], ANYONE);

/** @param {string} id */
export function noteVisit(id) {
  keepDraft(PLACE, [id, ...visits()].slice(0, MOST), ANYONE);
}

/** It is over, or belongs to an account now. @param {string} id */
export function dropVisit(id) {
  keepDraft(PLACE, visits().filter((each) => each !== id), ANYONE);
}
