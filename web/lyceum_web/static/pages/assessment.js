// @ts-check
/** What an assessment is about, and where it is begun or gone on with. */
import { get, newKey, Problem, post } from "../api.js";
import { useAction } from "../parts/action.js";
import { AskButton } from "../parts/ask.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { Refusal } from "../parts/trouble.js";
import { When } from "../parts/when.js";
import { go } from "../router.js";
import { account } from "../sign-in.js";
import { duration } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { noteVisit, visits } from "../assessments/visits.js";
import { say, t } from "../words.js";

/** @typedef {Schemas["AssessmentSession"]} Session */

/** @param {{ slug: string }} properties */
export default function Assessment({ slug }) {
  const loaded = useLoaded(async (signal) => {
    const [assessment, attempts] = await Promise.all([
      get("/api/v2/assessments/{slug}", { params: { slug }, signal }),
      attemptsAt(slug, signal),
    ]);
    return { assessment, attempts };
  }, [slug]);
  return html`
    <div class="narrow">
      <${Loaded} of=${loaded}>
        ${(/** @type {{ assessment: Schemas["Assessment"], attempts: Session[] }} */ { assessment, attempts }) => html`
          <article class="stack wide">
            <header class="stack">
              <${Title} of=${assessment.title}><bdi>${assessment.title}</bdi><//>
              ${assessment.description && html`<p class="lead" dir="auto">${assessment.description}</p>`}
            </header>
            <${Facts} assessment=${assessment} attempts=${attempts} />
            <${Begin} assessment=${assessment} attempts=${attempts} />
            <${Former} attempts=${attempts} />
          </article>
        `}
      <//>
    </div>
  `;
}

/** Those of the account, newest first, and the open ones of this browser. @param {string} slug @param {AbortSignal} signal */
async function attemptsAt(slug, signal) {
  const own = account.value ? (await get("/api/v2/session", { query: { limit: 100 }, signal })).items : [];
  const known = new Set(own.map((session) => session.session_id));
  const ofBrowser = visits().filter((id) => !known.has(id)).map((id) =>
    get("/api/v2/session/{session_id}", { params: { session_id: id }, signal }).then(({ session }) => session, () => null));
  const found = (await Promise.all(ofBrowser)).filter((session) => session !== null);
  return [...own, ...found].filter((session) => session.assessment === slug);
}

/** @param {{ assessment: Schemas["Assessment"], attempts: Session[] }} properties */
function Facts({ assessment, attempts }) {
  const { questions, pages, time_limit_minutes: minutes, max_attempts: most, hours_between_attempts: hours } = assessment;
  const taken = Math.max(0, ...attempts.map(({ attempt }) => attempt || 0));
  return html`
    <dl class="facts">
      <dt>${t("assessment.length")}</dt>
      <dd>${t("assessment.questions", { count: questions })} · ${t("assessment.pages", { count: pages })}</dd>
      <dt>${t("assessment.time")}</dt>
      <dd>${minutes ? t("assessment.limit_why", { time: duration(minutes) }) : t("assessment.no_limit")}</dd>
      ${most && html`
        <dt>${t("assessment.attempts")}</dt>
        <dd>${account.value ? t("assessment.attempts_left", { count: Math.max(0, most - taken), all: most }) : t("assessment.attempts_most", { count: most })}</dd>
      `}
      ${hours && html`<dt>${t("assessment.pause")}</dt><dd>${t("assessment.pause_why", { time: duration(hours * 60) })}</dd>`}
    </dl>
  `;
}

/** @param {{ assessment: Schemas["Assessment"], attempts: Session[] }} properties */
function Begin({ assessment, attempts }) {
  const [earliest, setEarliest] = useState("");
  const [key] = useState(newKey);
  const { slug } = assessment;
  const open = attempts.find((session) => session.status === "active");

  /** @param {boolean} fresh */
  async function begin(fresh) {
    try {
      const body = { assessment: slug, start_fresh: fresh };
      const session = await post("/api/v2/session/start", fresh ? { body } : { body, key });
      if (session.attempt === null) noteVisit(session.session_id);
      go(`/assessment-sessions/${session.session_id}`);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const { session_id: id, earliest: from } = /** @type {any} */ (problem.document);
      // Begun elsewhere a moment ago: go on with it.
      if (problem.code === "session_in_progress") go(`/assessment-sessions/${id}`);
      else if (problem.code === "too_early") setEarliest(from);
      else throw problem;
    }
  }
  const beginning = useAction(() => begin(false));

  if (assessment.needs_account && !account.value) return html`<${SignInFirst} />`;
  if (open) {
    return html`
      <div class="row">
        <a class="button" href="/assessment-sessions/${open.session_id}">${t("assessment.go_on")}</a>
        ${account.value && html`
          <${AskButton} kind="quiet" work=${() => begin(true)} title=${t("assessment.afresh_title")} why=${t("assessment.afresh_why")}>
            ${t("assessment.afresh")}
          <//>
        `}
      </div>
      <p class="muted small">${t("taking.answered", { count: open.progress.questions_answered, all: open.progress.questions_total })}</p>
      <${EarliestNote} at=${earliest} />
    `;
  }
  return html`
    <div class="stack">
      <${Refusal} problem=${beginning.problem} />
      <${EarliestNote} at=${earliest} />
      <p><button type="button" class="button large" aria-disabled=${beginning.isBusy} onClick=${() => beginning.run()}>${t("assessment.begin")}</button></p>
      <p class="muted small">${account.value ? t("assessment.saved") : say("assessment.without_account", { sign_in: html`<${SignIn} />` })}</p>
    </div>
  `;
}

/** @param {{ at: string }} properties */
function EarliestNote({ at }) {
  return html`<div role="alert">${at && html`<p class="refusal">${say("assessment.earliest", { time: html`<${When} at=${at} />` })}</p>`}</div>`;
}

function SignIn() {
  return html`<a href="/sign-in?then=${encodeURIComponent(location.pathname)}">${t("sign_in")}</a>`;
}

function SignInFirst() {
  const then = encodeURIComponent(location.pathname);
  return html`
    <div class="stack">
      <p>${t("assessment.account_why")}</p>
      <p class="row">
        <a class="button" href="/sign-in?then=${then}">${t("sign_in")}</a>
        <a class="button quiet" href="/register?then=${then}">${t("register")}</a>
      </p>
    </div>
  `;
}

/** @param {{ attempts: Session[] }} properties */
function Former({ attempts }) {
  const completed = attempts.filter((session) => session.status === "completed");
  if (!completed.length) return null;
  return html`
    <section class="stack" aria-labelledby="former">
      <h2 id="former">${t("assessment.former")}</h2>
      <ul role="list" class="results">
        ${completed.map((session) => html`
          <li key=${session.session_id}>
            <a href="/assessment-sessions/${session.session_id}/result">${say("assessment.result_of", { time: html`<${When} at=${session.completed_at || session.starts_at} />` })}</a>
          </li>
        `)}
      </ul>
    </section>
  `;
}
