// @ts-check
/** An assessment session while it is taken: its page, what is answered, and what becomes of the answers. */
import { Outbox } from "./answers.js";
import { get, Problem, put } from "../api.js";
import { draftOf, keepDraft } from "../drafts.js";
import { ANYONE } from "../sign-in.js";
import { flawOf, isBlank } from "./question.js";
import { useEffect, useMemo, useState } from "../vendor/ui.js";

/** @typedef {Schemas["ResumedSession"]} Resumed */
/** @typedef {{ resumed: Resumed, pages: Record<number, Schemas["ShownPage"]> }} Kept what has been shown, for when the network is away */

/** @param {string} id */
const placeOf = (id) => `assessment-session.${id}`;

/** The session as the platform has it; without a network as it was last seen. @param {string} id @param {AbortSignal} [signal] */
export async function read(id, signal) {
  try {
    return await get("/api/v2/session/{session_id}", { params: { session_id: id }, signal });
  } catch (problem) {
    const kept = seen(id);
    if (problem instanceof Problem && problem.isPassing && kept) return kept.resumed;
    throw problem;
  }
}

/** @param {string} id */
const seen = (id) => draftOf(placeOf(id), /** @type {Kept | null} */ (null), ANYONE);

/** @param {string} id @param {Resumed} resumed */
function keepSeen(id, resumed) {
  const pages = { ...seen(id)?.pages };
  if (resumed.page) pages[resumed.page.id] = resumed.page;
  keepDraft(placeOf(id), { resumed, pages }, ANYONE);
}

/** @param {Resumed} begun @param {(problem?: Problem) => void} onEnded the session takes no more answers */
export function useTaking(begun, onEnded) {
  const id = begun.session.session_id;
  const [resumed, setResumed] = useState(begun);
  const [unfit, setUnfit] = useState(/** @type {Record<number, unknown>} */ ({}));
  const [overtaken, setOvertaken] = useState(/** @type {Record<number, unknown>} */ ({}));
  const outbox = useMemo(() => new Outbox(id, onSent, onEnded), [id]);

  useEffect(() => {
    outbox.saw(begun.answers);
    outbox.flush();
    const onVisible = () => (document.hidden ? outbox.flush() : refresh());
    document.addEventListener("visibilitychange", onVisible);
    addEventListener("online", refresh);
    return () => {
      document.removeEventListener("visibilitychange", onVisible);
      removeEventListener("online", refresh);
      outbox.close();
    };
  }, [outbox]);

  useEffect(() => keepSeen(id, resumed), [resumed]);

  /** @param {Schemas["BatchResult"]} result @param {Schemas["NewAnswer"][]} sent */
  function onSent(result, sent) {
    const outcomes = new Map(result.results.map((outcome) => [outcome.question_id, outcome.status]));
    const saved = sent.filter((answer) => outcomes.get(answer.question_id) === "saved");
    const stale = sent.filter((answer) => outcomes.get(answer.question_id) === "stale");
    setResumed((now) => ({ ...now, progress: result.progress, answers: withAnswers(now.answers, saved) }));
    if (!stale.length) return;
    setOvertaken((now) => ({ ...now, ...byQuestion(stale) }));
    refresh();
  }

  /** See what was answered on another device; the page that is shown stays. */
  async function refresh() {
    try {
      const fresh = await get("/api/v2/session/{session_id}", { params: { session_id: id } });
      outbox.saw(fresh.answers);
      if (fresh.session.status === "active") setResumed((now) => ({ ...fresh, page: now.page }));
      else onEnded();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    }
  }

  /** @param {Schemas["ShownQuestion"]} question @param {unknown} value */
  function answer(question, value) {
    const { [question.id]: _, ...others } = unfit;
    setOvertaken(({ [question.id]: __, ...rest }) => rest);
    const isFit = !flawOf(question, value);
    setUnfit(isFit || (isBlank(value) && !(question.id in saved)) ? others : { ...others, [question.id]: value });
    if (isFit) outbox.answer(question.id, value);
    else outbox.withdraw(question.id);
  }

  /** @param {number} pageId */
  async function turn(pageId) {
    await outbox.flush();
    try {
      const turned = await put("/api/v2/session/{session_id}/page", { params: { session_id: id }, body: { page_id: pageId } });
      setResumed(turned);
      return turned;
    } catch (problem) {
      const page = seen(id)?.pages[pageId];
      if (!(problem instanceof Problem) || !problem.isPassing || !page) throw problem;
      setResumed((now) => ({ ...now, page }));
      return { ...resumed, page };
    }
  }

  const saved = byQuestion(resumed.answers);
  const given = { ...saved, ...byQuestion(outbox.waiting.value) };
  return { resumed, outbox, saved, given, values: { ...given, ...unfit }, unfit, overtaken, answer, turn };
}

/** @param {{ question_id: number, value?: unknown }[]} answers @returns {Record<number, unknown>} */
const byQuestion = (answers) => Object.fromEntries(answers.map(({ question_id: id, value }) => [id, value]));

/** @param {Schemas["SavedAnswer"][]} answers @param {Schemas["NewAnswer"][]} newer */
function withAnswers(answers, newer) {
  const replaced = new Set(newer.map(({ question_id: id }) => id));
  const at = new Date().toISOString();
  const saved = newer.map((each) => ({ ...each, client_seq: each.client_seq ?? null, answered_at: at }));
  return [...answers.filter(({ question_id: id }) => !replaced.has(id)), ...saved];
}
