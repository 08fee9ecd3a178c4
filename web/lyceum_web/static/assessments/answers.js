// @ts-check
/**
 * The answers of an assessment session on their way to the platform. Each is kept in this browser until the platform
 * has it, also over a reload; what waited for the network is sent in one batch, in the order in which it was given.
 */
import { Problem, post } from "../api.js";
import { draftOf, dropDraft, keepDraft } from "../drafts.js";
import { ANYONE } from "../sign-in.js";
import { signal } from "../vendor/ui.js";

/** @typedef {Schemas["NewAnswer"]} Answer */

const MOST_AT_ONCE = 100;
const SOON = 400; // milliseconds after which an answer is sent, if it is not changed meanwhile
const LONGEST_PAUSE = 30_000;

export class Outbox {
  /**
   * @param {string} sessionId
   * @param {(result: Schemas["BatchResult"], sent: Answer[]) => void} onSent
   * @param {(problem: Problem) => void} onRefused the session takes no more answers
   */
  constructor(sessionId, onSent, onRefused) {
    this.sessionId = sessionId;
    this.place = `assessment-answers.${sessionId}`;
    this.onSent = onSent;
    this.onRefused = onRefused;
    /** What the platform does not have yet. */
    this.waiting = signal(/** @type {Answer[]} */ (draftOf(this.place, [], ANYONE)));
    /** Whether the platform could not be reached the last time. */
    this.isAway = signal(false);
    this.last = Math.max(0, ...this.waiting.value.map(seqOf));
    this.failures = 0;
    /** @type {Promise<void> | undefined} */
    this.sending = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.due = undefined;
    this.onOnline = () => this.flush();
    addEventListener("online", this.onOnline);
  }

  /** What is answered from now on is newer than these. @param {Schemas["SavedAnswer"][]} answers */
  saw(answers) {
    this.last = Math.max(this.last, ...answers.map(seqOf));
  }

  /** @param {number} questionId @param {unknown} value */
  answer(questionId, value) {
    // By the clock, so that the later of two devices wins; above what was seen, in case a clock is behind.
    this.last = Math.max(Date.now(), this.last + 1);
    this.keep([...this.without(questionId), { question_id: questionId, value, client_seq: this.last }]);
    this.sendIn(SOON);
  }

  /** Forget an answer that is not sent yet. @param {number} questionId */
  withdraw(questionId) {
    this.keep(this.without(questionId));
  }

  /** Send everything now. Whether the platform has it. */
  async flush() {
    clearTimeout(this.due);
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
    await this.sending;
    return this.waiting.value.length === 0;
  }

  /** The page is left: what waits is sent if that is possible. */
  close() {
    removeEventListener("online", this.onOnline);
    this.flush().finally(() => clearTimeout(this.due));
  }

  /** Nothing more can be sent. */
  drop() {
    clearTimeout(this.due);
    this.waiting.value = [];
    dropDraft(this.place, ANYONE);
  }

  /** @param {number} pause */
  sendIn(pause) {
    clearTimeout(this.due);
    this.due = setTimeout(() => this.flush(), pause);
  }

  async sendAll() {
    while (this.waiting.value.length) {
      const answers = this.waiting.value.slice(0, MOST_AT_ONCE);
      let result;
      try {
        result = await post("/api/v2/answers/batch", { body: { session_id: this.sessionId, answers } });
      } catch (problem) {
        this.failed(problem);
        return;
      }
      this.failures = 0;
      this.isAway.value = false;
      const sent = new Set(answers.map(seqOf));
      this.keep(this.all().filter((answer) => !sent.has(seqOf(answer))));
      this.onSent(result, answers);
    }
  }

  /** @param {unknown} problem */
  failed(problem) {
    if (!(problem instanceof Problem)) throw problem;
    const isPassing = problem.status === 0 || problem.status === 429 || problem.status >= 500;
    if (!isPassing) {
      this.onRefused(problem);
      return;
    }
    this.isAway.value = true;
    this.failures += 1;
    this.sendIn(Math.max(problem.retryAfter * 1000, Math.min(LONGEST_PAUSE, 1000 * 2 ** this.failures)));
  }

  /** What waits here and in other tabs, the oldest first. */
  all() {
    /** @type {Map<number, Answer>} */
    const latest = new Map();
    for (const answer of [...draftOf(this.place, /** @type {Answer[]} */ ([]), ANYONE), ...this.waiting.value]) {
      const other = latest.get(answer.question_id);
      if (!other || seqOf(other) < seqOf(answer)) latest.set(answer.question_id, answer);
    }
    return [...latest.values()].sort((one, other) => seqOf(one) - seqOf(other));
  }

  /** @param {number} questionId */
  without(questionId) {
    return this.all().filter((answer) => answer.question_id !== questionId);
  }

  /** @param {Answer[]} answers */
  keep(answers) {
    this.waiting.value = answers;
    if (answers.length) keepDraft(this.place, answers, ANYONE);
    else dropDraft(this.place, ANYONE);
  }
}

/** @param {{ client_seq?: number | null }} answer */
const seqOf = (answer) => answer.client_seq || 0;
