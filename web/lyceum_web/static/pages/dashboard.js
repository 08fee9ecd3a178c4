// @ts-check
/** What is next for the person: what goes on now, what is planned, what waits for them. */
import { get } from "../api.js";
import { dayInFull, today } from "../calendar/days.js";
import { answersTo, Invitation } from "../parts/invitation.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Notification } from "../parts/notification.js";
import { useOwnEvents } from "../parts/own-events.js";
import { Title } from "../parts/title.js";
import { momentsOf, UpNext, upcoming } from "../calendar/up-next.js";
import { account } from "../sign-in.js";
import { style } from "../styles.js";
import { formatted } from "../time.js";
import { html, useEffect } from "../vendor/ui.js";
import { number, say, t } from "../words.js";

const MOST_SHOWN = 7; // of what is next
const LATER = 1000; // milliseconds by which clocks may differ
const LONGEST_WAIT = 2 ** 31 - 1; // milliseconds that a timer can wait

await style("./styles/notifications.css");

export default function Dashboard() {
  const dashboard = useLoaded((signal) => get("/api/dashboard", { signal }), []);
  // The dashboard's own notifications do not say who did it.
  const unread = { unread: true, limit: 5 };
  const news = useLoaded((signal) => get("/api/notifications", { query: unread, signal }), []);
  function again() {
    dashboard.again();
    news.again();
  }
  useOwnEvents(again);
  useNextMoment(dashboard);
  return html`
    <div class="stack wide">
      <header class="row apart">
        <div>
          <${Title} of=${t("dashboard.title")}>${greeting()}<//>
          <p class="muted">${dayInFull(today())}</p>
        </div>
        <a class="button quiet" href="/calendar">${t("calendar.title")}</a>
      </header>
      ${account.value && !account.value.email_verified && html`
        <p class="notice">${say("dashboard.unverified", { link: html`<a href="/verify-email">${t("verify_email.title")}</a>` })}</p>
      `}
      <${Loaded} of=${{ ...dashboard, again }}>
        ${(/** @type {Schemas["Dashboard"]} */ found) => html`
          <${Invitations} found=${found.invitations} />
          <div class="today">
            <${Planned} found=${found} again=${again} />
            <div class="stack wide">
              <${News} of=${news} />
              <${Havrutas} found=${found.havrutas} />
              <${Assessments} found=${found.assessments} />
            </div>
          </div>
        `}
      <//>
    </div>
  `;
}

function greeting() {
  const hour = Number(formatted(new Date(), { hour: "numeric", hourCycle: "h23" }).replace(/\D/g, ""));
  const name = account.value?.display_name || "";
  if (hour >= 5 && hour < 12) return say("dashboard.morning", { name });
  if (hour >= 12 && hour < 18) return say("dashboard.afternoon", { name });
  return say("dashboard.evening", { name });
}

/** Read again when the next thing begins or ends. @param {{ value: Schemas["Dashboard"] | undefined, again: () => void }} dashboard */
function useNextMoment({ value, again }) {
  useEffect(() => {
    const waits = value ? momentsOf(value).map((moment) => Date.parse(moment) + LATER - Date.now()) : [];
    const next = Math.min(LONGEST_WAIT, ...waits.filter((wait) => wait > 0));
    const timer = setTimeout(again, next);
    return () => clearTimeout(timer);
  }, [value]);
}

/** @param {{ found: Schemas["Dashboard"], again: () => void }} properties */
function Planned({ found, again }) {
  const all = upcoming(found);
  const list = all.slice(0, MOST_SHOWN);
  const { study_sessions: sessions, waitlist, tutoring_sessions: lessons } = found;
  const more = all.length > MOST_SHOWN || [sessions, waitlist, lessons].some((part) => part?.next);
  return html`
    <section class="stack" aria-labelledby="planned">
      <h2 id="planned">${t("dashboard.next")}</h2>
      ${list.length > 0 && html`
        <ol role="list" class="card upcomings">${list.map((each) => html`<${UpNext} ...${each} again=${again} />`)}</ol>
      `}
      ${more && html`<p><a href="/calendar">${t("dashboard.all")}</a></p>`}
      <div class="hints ${all.length ? "" : "empty"}">
        ${sessions === null && html`<${Away} what="dashboard.sessions_away" />`}
        ${lessons === null && html`<${Away} what="dashboard.lessons_away" />`}
        ${sessions?.items.length === 0 && !waitlist?.items.length && html`<${Hint} what="dashboard.no_sessions" to="/" words="dashboard.find_session" />`}
        ${lessons?.items.length === 0 && html`<${Hint} what="dashboard.no_lessons" to="/courses" words="dashboard.find_tutor" />`}
      </div>
    </section>
  `;
}

/** @param {{ found: Schemas["FirstOpenInvitations"] | null }} properties */
function Invitations({ found }) {
  if (found?.items.length === 0) return null;
  return html`
    <section class="stack" aria-label=${t("invitations.title")}>
      ${!found && html`<${Away} what="dashboard.invitations_away" />`}
      <ul role="list" class="invited">
        ${found?.items.map((each) => html`
          <li key=${each.id}><${Invitation} invitation=${each} ...${answersTo(each.id)} canAccept /></li>
        `)}
      </ul>
      ${found?.next && html`<p><a href="/invitations">${t("invitations.title")}</a></p>`}
    </section>
  `;
}

/** @param {{ of: ReturnType<typeof useLoaded<any>> }} properties */
function News({ of: { value, problem } }) {
  if (!value && !problem) return null;
  return html`
    <section class="stack" aria-labelledby="news">
      <div class="row apart">
        <h2 id="news">${t("dashboard.news")}</h2>
        <a class="tap" href="/notifications">${t("dashboard.all_news")}</a>
      </div>
      ${!value && html`<${Away} what="dashboard.news_away" />`}
      ${value?.items.length === 0 && html`<p class="muted">${t("dashboard.no_news")}</p>`}
      ${value?.items.length > 0 && html`
        <ul role="list" class="notifications">
          ${value.items.map((/** @type {any} */ each) => html`<${Notification} key=${each.id} ...${each} />`)}
        </ul>
      `}
    </section>
  `;
}

/** @param {{ found: Schemas["FirstOwnHavrutas"] | null }} properties */
function Havrutas({ found }) {
  return html`
    <section class="stack" aria-labelledby="rooms">
      <h2 id="rooms">${t("dashboard.havrutas")}</h2>
      ${!found && html`<${Away} what="dashboard.havrutas_away" />`}
      ${found?.items.length === 0 && html`<${Hint} what="dashboard.no_havrutas" to="/havrutas" words="dashboard.find_havruta" />`}
      ${found?.items.map((each) => html`
        <article key=${each.id} class="card linked">
          <h3><a href="/havrutas/${each.id}"><bdi>${each.name}</bdi></a></h3>
          <p class="muted small">
            ${each.last_place ? say("dashboard.last_place", { place: each.last_place }) : html`<bdi>${each.book}</bdi>`}
            ${" · "}${t("dashboard.members", { count: each.member_count })}
          </p>
        </article>
      `)}
      ${found?.next && html`<p><a href="/havrutas">${t("dashboard.all_havrutas")}</a></p>`}
    </section>
  `;
}

/** @param {{ found: Schemas["FirstOpenAssessments"] | null }} properties */
function Assessments({ found }) {
  return html`
    <section class="stack" aria-labelledby="open-assessments">
      <h2 id="open-assessments">${t("dashboard.assessments")}</h2>
      ${!found && html`<${Away} what="dashboard.assessments_away" />`}
      ${found?.items.length === 0 && html`<${Hint} what="dashboard.no_assessments" to="/assessments" words="dashboard.find_assessment" />`}
      ${found?.items.map((each) => html`<${OpenAssessment} key=${each.session_id} ...${each} />`)}
    </section>
  `;
}

/** @param {Schemas["OpenAssessment"]} properties */
function OpenAssessment({ session_id: id, title, progress }) {
  const { questions_answered: answered, questions_total: all } = progress;
  return html`
    <article class="card stack">
      <h3><bdi>${title}</bdi></h3>
      <div>
        <progress max=${all} value=${answered} aria-label=${t("dashboard.answered")}></progress>
        <p class="muted small">${t("dashboard.progress", { count: all, done: number(answered) })}</p>
      </div>
      <p><a class="button quiet" href="/assessment-sessions/${id}">
        ${t("dashboard.continue")}${" "}<span class="for-readers"><bdi>${title}</bdi></span>
      </a></p>
    </article>
  `;
}

/** @param {{ what: string }} properties what a service that is away would have shown */
const Away = ({ what }) => html`<p class="notice warm" role="status">${t(what)}</p>`;

/** @param {{ what: string, to: string, words: string }} properties what there is none of, and where one finds it */
const Hint = ({ what, to, words }) => html`<p class="muted">${t(what)} <a class="tap" href=${to}>${t(words)}</a></p>`;
