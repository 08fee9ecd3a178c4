// @ts-check
/** Assessments: what was begun, what can be taken, and what came out. */
import { get, Problem } from "../api.js";
import { Loaded, More, useLoaded, usePages } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { When } from "../parts/when.js";
import { account } from "../sign-in.js";
import { duration } from "../time.js";
import { html } from "../vendor/ui.js";
import { dropVisit, visits } from "../assessments/visits.js";
import { say, t } from "../words.js";

/** @typedef {Schemas["AssessmentSession"]} Session */

export default function Assessments() {
  const isAuthor = account.value?.roles.some((role) => ["author", "admin"].includes(role));
  return html`
    <div class="narrow stack wide">
      <div class="row apart">
        <${Title} of=${t("assessments.title")} />
        ${isAuthor && html`<a class="button quiet" href="/assessments/mine">${t("assessments.own")}</a>`}
      </div>
      ${account.value && html`<${Points} />`}
      <${Begun} />
      <${Offered} />
      ${account.value && html`<${Results} />`}
    </div>
  `;
}

function Points() {
  const points = useLoaded((signal) => get("/api/v2/xp", { signal }), []);
  if (!points.value?.questions_answered) return null;
  const { total_xp: count, questions_answered: questions } = points.value;
  return html`<p class="points">${say("assessments.points", { count, questions })}</p>`;
}

/** What is open: of the account, and of this browser without one. @param {AbortSignal} signal */
async function open(signal) {
  const query = { status: "active", limit: 100 };
  const own = account.value ? (await get("/api/v2/session", { query, signal })).items : [];
  const ofBrowser = await Promise.all(visits().map((id) => visit(id, signal)));
  const known = new Set(own.map((session) => session.session_id));
  return [...own, ...ofBrowser.filter((session) => session?.status === "active" && !known.has(session.session_id))];
}

/** @param {string} id @param {AbortSignal} signal @returns {Promise<Session | null>} */
async function visit(id, signal) {
  try {
    const { session } = await get("/api/v2/session/{session_id}", { params: { session_id: id }, signal });
    if (["active", "completed"].includes(session.status)) return session;
    dropVisit(id);
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) dropVisit(id);
  }
  return null;
}

function Begun() {
  const begun = useLoaded(open, []);
  const sessions = /** @type {Session[]} */ (begun.value || []);
  if (!sessions.length) return null;
  return html`
    <section class="stack" aria-labelledby="begun">
      <h2 id="begun">${t("assessments.begun")}</h2>
      <ul role="list" class="stack">
        ${sessions.map((session) => html`<li key=${session.session_id}><${Attempt} session=${session} /></li>`)}
      </ul>
    </section>
  `;
}

/** @param {{ session: Session }} properties */
function Attempt({ session }) {
  const { questions_answered: count, questions_total: all } = session.progress;
  return html`
    <article class="card linked stack tight">
      <h3><a href="/assessment-sessions/${session.session_id}"><bdi>${session.title}</bdi></a></h3>
      <progress max=${all || 1} value=${count} aria-label=${t("taking.answered", { count, all })}></progress>
      <p class="row apart small">
        <span class="muted">${t("taking.answered", { count, all })}
          ${session.ends_at && html` · ${say("assessments.until", { time: html`<${When} at=${session.ends_at} />` })}`}
        </span>
        <span class="go-on" aria-hidden="true">${t("assessments.go_on")}</span>
      </p>
    </article>
  `;
}

function Offered() {
  const offered = usePages("/api/v2/assessments", {}, []);
  return html`
    <section class="stack" aria-labelledby="offered">
      <h2 id="offered">${t("assessments.offered")}</h2>
      <${Loaded} of=${offered}>
        ${(/** @type {Schemas["AssessmentPage"]} */ { items }) => html`
          ${items.length === 0 && html`<p class="empty">${t("assessments.none")}</p>`}
          <ul role="list" class="stack">
            ${items.map((each) => html`<li key=${each.slug}><${Card} assessment=${each} /></li>`)}
          </ul>
          <${More} of=${offered} />
        `}
      <//>
    </section>
  `;
}

/** @param {{ assessment: Schemas["Assessment"] }} properties */
function Card({ assessment }) {
  const { slug, title, description, questions, time_limit_minutes: minutes, needs_account: needsAccount } = assessment;
  const facts = [t("assessment.questions", { count: questions })];
  if (minutes) facts.push(t("assessment.limit", { time: duration(minutes) }));
  if (needsAccount && !account.value) facts.push(t("assessment.needs_account"));
  return html`
    <article class="card linked stack tight">
      <h3><a href="/assessments/${slug}"><bdi>${title}</bdi></a></h3>
      ${description && html`<p class="clamped" dir="auto">${description}</p>`}
      <p class="muted small">${facts.join(" · ")}</p>
    </article>
  `;
}

function Results() {
  const results = usePages("/api/v2/session", { query: { status: "completed" } }, []);
  const page = /** @type {Schemas["AssessmentSessionPage"] | undefined} */ (results.value);
  if (!page?.items.length) return null;
  return html`
    <section class="stack" aria-labelledby="results">
      <h2 id="results">${t("assessments.results")}</h2>
      <ul role="list" class="results">
        ${page.items.map((session) => html`
          <li key=${session.session_id} class="row apart">
            <a href="/assessment-sessions/${session.session_id}/result"><bdi>${session.title}</bdi></a>
            <span class="muted small">
              ${session.completed_at && html`<${When} at=${session.completed_at} />`} · ${t("assessments.gained", { count: session.progress.total_xp })}
            </span>
          </li>
        `)}
      </ul>
      <${More} of=${results} />
    </section>
  `;
}
