// @ts-check
/** What is next of every kind, as one list in the order of time; what goes on now comes first. */
import { nearDay } from "./days.js";
import { account } from "../sign-in.js";
import { clockTime, isoDate } from "../time.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Icon } from "../parts/icon.js";
import { Person } from "../parts/person.js";
import { LeaveWaitlist } from "../sessions/waitlist.js";

/**
 * @typedef {{ key: string, page: string, icon: any, title: unknown, facts: unknown, startsAt: string, isLive: boolean,
 *   waits?: { id: string, title: string, position: number } }} Upcoming
 */

/** @param {Schemas["Dashboard"]} found @returns {Upcoming[]} */
export function upcoming({ study_sessions: sessions, waitlist, tutoring_sessions: lessons, havrutas }) {
  const planned = (havrutas?.items || []).filter((each) => each.active_session_id || each.next_session_at);
  const all = [
    ...(sessions?.items || []).map(ofStudySession),
    ...(waitlist?.items || []).map(ofAwaited),
    ...(lessons?.items || []).map(ofLesson),
    ...planned.map(ofHavruta),
  ];
  return all.sort((one, other) => Number(other.isLive) - Number(one.isLive) || startOf(one) - startOf(other));
}

/** When something begins or ends. @param {Schemas["Dashboard"]} found @returns {string[]} */
export function momentsOf({ study_sessions: sessions, waitlist, tutoring_sessions: lessons, havrutas }) {
  const spans = [...(sessions?.items || []), ...(waitlist?.items || []), ...(lessons?.items || [])];
  const starts = (havrutas?.items || []).flatMap(({ next_session_at: at }) => at || []);
  return [...spans.flatMap(({ starts_at: from, ends_at: to }) => [from, to]), ...starts];
}

/** @param {Upcoming} one */
const startOf = ({ startsAt }) => Date.parse(startsAt);

/** @param {Schemas["NextStudySession"]} session @returns {Upcoming} */
function ofStudySession(session) {
  const host = html`<${Person} id=${session.host_id} name=${session.host_display_name} isLink=${false} />`;
  return {
    key: session.id,
    page: `/study-sessions/${session.id}`,
    icon: "pin",
    title: html`<bdi>${session.title}</bdi>`,
    facts: html`<bdi>${session.subject}</bdi> · ${t(`mode.${session.mode}`)} · ${host}`,
    startsAt: session.starts_at,
    isLive: session.status === "live",
  };
}

/** One cannot enter it yet, also while it is live. @param {Schemas["AwaitedStudySession"]} session @returns {Upcoming} */
function ofAwaited(session) {
  const { id, title, my_participation: { waitlist_position: position } } = session;
  return { ...ofStudySession(session), isLive: false, waits: { id, title, position } };
}

/** @param {Schemas["NextTutoringSession"]} lesson @returns {Upcoming} */
function ofLesson(lesson) {
  const { session_mode: mode, starts_at: startsAt, ends_at: endsAt } = lesson;
  return {
    key: `lesson-${lesson.id}`,
    page: `/sessions/${lesson.id}`,
    icon: "tutor",
    title: titleOf(lesson),
    facts: mode ? `${t("calendar.tutoring_session")} · ${t(`mode.${mode}`)}` : t("calendar.tutoring_session"),
    startsAt,
    isLive: Date.parse(startsAt) <= Date.now() && Date.now() < Date.parse(endsAt),
  };
}

/** Named after the other one; parents see both. @param {Schemas["NextTutoringSession"]} lesson */
function titleOf(lesson) {
  const tutor = lesson.tutor_display_name || t("person.someone");
  const student = lesson.student_display_name || t("person.someone");
  const own = account.value?.id;
  if (own === lesson.tutor_id) return say("dashboard.lesson_with", { name: student });
  if (own === lesson.student_id) return say("dashboard.lesson_with", { name: tutor });
  return say("dashboard.lesson_of", { student, tutor });
}

/** @param {Schemas["OwnHavruta"]} havruta @returns {Upcoming} */
function ofHavruta(havruta) {
  const live = havruta.active_session_id;
  return {
    key: havruta.id,
    page: live ? `/havruta-sessions/${live}` : `/havrutas/${havruta.id}`,
    icon: "book",
    title: html`<bdi>${havruta.name}</bdi>`,
    facts: html`${t("calendar.havruta_session")} · <bdi>${havruta.book}</bdi>`,
    startsAt: havruta.next_session_at || new Date().toISOString(),
    isLive: Boolean(live),
  };
}

/** @param {Upcoming & { again: () => void }} properties */
export function UpNext({ page, icon, title, facts, startsAt, isLive, waits, again }) {
  return html`
    <li class="upcoming ${isLive ? "live" : ""}">
      <p class="upcoming-when">
        ${isLive ? html`<span class="badge live">${t("status.live")}</span>` : html`
          <time datetime=${startsAt}>
            <span class="upcoming-day">${nearDay(isoDate(startsAt))}</span>${" "}<span>${clockTime(startsAt)}</span>
          </time>
        `}
      </p>
      <div class="upcoming-what">
        <h3><a href=${page}>${title}</a></h3>
        <p class="muted small upcoming-facts"><${Icon} name=${icon} /><span>${facts}</span></p>
        ${waits && html`<p class="small"><span class="badge">${t("joining.waits", { count: waits.position })}</span></p>`}
      </div>
      ${isLive && html`<a class="button" href=${page}>${t("dashboard.join")}${" "}<span class="for-readers">${title}</span></a>`}
      ${waits && html`<${LeaveWaitlist} ...${waits} again=${again} />`}
    </li>
  `;
}
