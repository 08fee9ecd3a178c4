// @ts-check
/** The page of an assessment that is being taken: its questions, the way to the others, and how far one is. */
import { Problem, post } from "../api.js";
import { go } from "../router.js";
import { useTaking } from "./taking.js";
import { tell } from "../told.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { noteVisit, visits } from "./visits.js";
import { t } from "../words.js";
import { useAction } from "../parts/action.js";
import { AskButton } from "../parts/ask.js";
import { Countdown } from "./countdown.js";
import { KeepSession } from "./keep-session.js";
import { flawOf, Question } from "./question.js";
import { PageSteps, Progress, Saved } from "./taking-state.js";
import { Title } from "../parts/title.js";
import { Refusal } from "../parts/trouble.js";

/** @param {{ begun: Schemas["ResumedSession"], onEnded: (problem?: Problem) => void, onTimeUp: () => void }} properties */
export function TakingPage({ begun, onEnded, onTimeUp }) {
  const taking = useTaking(begun, onEnded);
  const [session, setSession] = useState(begun.session);
  const [missing, setMissing] = useState(/** @type {Set<number>} */ (new Set()));
  const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));
  const { resumed, outbox, given, unfit } = taking;
  const { page, pages } = resumed;
  const id = session.session_id;
  const at = pages.findIndex((each) => each.id === page?.id);
  const isLast = at === pages.length - 1;
  const shown = useRef(page?.id);

  useEffect(() => {
    if (session.attempt === null && !visits().includes(id)) noteVisit(id);
  }, [id]);
  useEffect(() => {
    if (shown.current !== page?.id && !missing.size) heading.current?.focus();
    shown.current = page?.id;
    const first = page?.questions.find((each) => missing.has(each.id));
    const field = first && document.querySelector(`#question-${first.id} :is(input, textarea, button)`);
    if (field instanceof HTMLElement) field.focus();
  }, [page?.id, missing]);

  const turning = useAction(async (/** @type {number} */ pageId) => {
    setMissing(new Set());
    await taking.turn(pageId);
  });
  const finishing = useAction(async () => {
    const open = page?.questions.filter((each) => (each.required && !(each.id in given)) || each.id in unfit) || [];
    if (open.length) {
      setMissing(new Set(open.map((each) => each.id)));
      return;
    }
    if (!(await outbox.flush())) throw new Problem(0, {});
    try {
      await post("/api/v2/session/{session_id}/complete", { params: { session_id: id } });
      go(`/assessment-sessions/${id}/result`, { replace: true });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code !== "answers_missing") throw problem;
      await leadTo(new Set(/** @type {any} */ (problem.document).missing));
    }
  });

  /** Show the first page on which something is missing. @param {Set<number>} ids */
  async function leadTo(ids) {
    for (const each of pages.filter((summary) => summary.questions_answered < summary.questions_total)) {
      const turned = await taking.turn(each.id);
      if (turned.page?.questions.some((question) => ids.has(question.id))) break;
    }
    setMissing(ids);
  }
  async function pause() {
    const isSaved = await outbox.flush();
    tell(isSaved ? t("taking.paused") : t("taking.paused_here"));
    go("/assessments");
  }
  async function abandon() {
    await post("/api/v2/session/{session_id}/abandon", { params: { session_id: id } });
    outbox.drop();
    onEnded();
  }
  const before = pages.slice(0, at).reduce((sum, each) => sum + each.questions_total, 0);
  const counted = { done: Object.keys(given).length, all: resumed.progress.questions_total };
  return html`
    <div class="stack">
      <${Title} of=${session.title}><bdi>${session.title}</bdi><//>
      <div class="taking-head">
        <${Progress} ...${counted} />
        ${session.ends_at && html`<${Countdown} until=${session.ends_at} onEnd=${() => outbox.flush().then(onTimeUp)} />`}
        <${Saved} outbox=${outbox} />
      </div>
      <${PageSteps} pages=${pages} current=${page?.id} questions=${page?.questions || []} given=${given} turn=${turning.run} />
      <h2 ref=${heading} tabindex="-1"><bdi>${page?.title}</bdi></h2>
      ${missing.size > 0 && html`<p class="refusal" role="alert">${t("taking.missing", { count: missing.size })}</p>`}
      ${page?.questions.map((question, index) => html`
        <${Question}
          key=${question.id} question=${question} place=${before + index + 1} value=${taking.values[question.id]}
          flaw=${question.id in unfit ? flawOf(question, unfit[question.id]) : ""}
          error=${missing.has(question.id) && !(question.id in given) ? t("taking.needed") : ""}
          onAnswer=${(/** @type {unknown} */ value) => taking.answer(question, value)}
        >
          ${question.id in taking.overtaken && html`
            <div class="notice row apart" role="status">
              <p>${t("taking.overtaken")}</p>
              <button type="button" class="button quiet" onClick=${() => taking.answer(question, taking.overtaken[question.id])}>${t("taking.take_mine")}</button>
            </div>
          `}
        <//>
      `)}
      <${Refusal} problem=${turning.problem || finishing.problem} />
      <div class="row apart">
        ${at > 0 && html`<button type="button" class="button quiet" aria-disabled=${turning.isBusy} onClick=${() => turning.run(pages[at - 1].id)}>${t("taking.previous")}</button>`}
        <span class="end">
          ${!isLast && html`<button type="button" class="button" aria-disabled=${turning.isBusy} onClick=${() => turning.run(pages[at + 1].id)}>${t("taking.next")}</button>`}
          ${isLast && html`<button type="button" class="button" aria-disabled=${finishing.isBusy} onClick=${() => finishing.run()}>${t("taking.finish")}</button>`}
        </span>
      </div>
      <${KeepSession} session=${session} onKept=${setSession} />
      <div class="row taking-foot">
        <button type="button" class="button quiet" onClick=${pause}>${t("taking.pause")}</button>
        <${AskButton} work=${abandon} title=${t("taking.abandon_title")} why=${t("taking.abandon_why")}>${t("taking.abandon")}<//>
      </div>
    </div>
  `;
}
