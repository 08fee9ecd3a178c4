// @ts-check
/** What students ask for and tutors have not answered yet. */
import { post } from "../api.js";
import { account } from "../sign-in.js";
import { moment } from "../time.js";
import { tell } from "../told.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Action } from "../parts/action.js";
import { AskButton } from "../parts/ask.js";
import { roleIn } from "./people.js";
import { Elsewhere, Span } from "../parts/when.js";

/** @typedef {Schemas["SessionRequest"]} Request */

/** From when until when it is, as instants: a request has the wall time of its enrolment. @param {Request} request */
function spanOf({ session_date: date, start_time: start, end_time: end, timezone: zone }) {
  const begin = moment(`${date}T${start.slice(0, 5)}`, zone);
  const minutes = (Date.parse(moment(`${date}T${end.slice(0, 5)}`, zone)) - Date.parse(begin)) / 60_000;
  return { begin, minutes: minutes > 0 ? minutes : minutes + 24 * 60 };
}

/** @param {{ all: Request[], changed: () => void, named?: boolean }} properties `named` where several courses are shown */
export function LessonRequests({ all, changed, named = false }) {
  return html`
    <ul role="list" class="stack">
      ${all.map((request) => html`
        <li key=${request.id}><${LessonRequest} request=${request} changed=${changed} named=${named} /></li>
      `)}
    </ul>
  `;
}

/** @param {{ request: Request, changed: () => void, named: boolean }} properties */
function LessonRequest({ request, changed, named }) {
  const { begin, minutes } = spanOf(request);
  const isTutor = roleIn(request) === "tutor";
  return html`
    <article class="card stack request">
      <div>
        <p class="strong"><${Span} at=${begin} minutes=${minutes} /></p>
        <p class="small"><${Elsewhere} at=${begin} zone=${request.timezone} /></p>
        <p>${sentence(request)}${named && html`${" · "}<bdi>${request.course_title}</bdi>`}</p>
        ${request.topics.length > 0 && html`<p class="muted"><bdi>${request.topics.join(" · ")}</bdi></p>`}
      </div>
      ${request.message && html`<p class="said" dir="auto">${request.message}</p>`}
      ${isTutor && html`<${Answers} request=${request} changed=${changed} />`}
      ${request.student_id === account.value?.id && html`<${Withdrawal} request=${request} changed=${changed} />`}
    </article>
  `;
}

/** @param {Request} request */
function sentence(request) {
  const role = roleIn(request);
  const student = request.student_display_name || t("person.unknown");
  const tutor = request.tutor_display_name || t("person.unknown");
  if (role === "tutor") return say("request.from", { name: student });
  if (role === "student") return say("request.to", { name: tutor });
  return say("request.of_others", { student, tutor });
}

/** @param {Request} request */
const paramsOf = ({ id, enrolled_courses_id: enrollment }) => ({ enrollment_id: enrollment, request_id: id });

/** @param {{ request: Request, changed: () => void }} properties */
function Answers({ request, changed }) {
  const params = paramsOf(request);
  async function accept() {
    await post("/api/enrollments/{enrollment_id}/requests/{request_id}/accept", { params });
    tell(t("request.accepted"));
    changed();
  }
  async function decline(/** @type {string | null} */ reason) {
    const body = { reason };
    await post("/api/enrollments/{enrollment_id}/requests/{request_id}/decline", { params, body });
    tell(t("request.declined"));
    changed();
  }
  return html`
    <div class="row top">
      <${Action} work=${accept}>${t("request.accept")}<//>
      <${AskButton} work=${decline} kind="quiet" title=${t("request.decline_title")} reason=${t("reason")}>${t("request.decline")}<//>
    </div>
  `;
}

/** @param {{ request: Request, changed: () => void }} properties */
function Withdrawal({ request, changed }) {
  async function withdraw() {
    await post("/api/enrollments/{enrollment_id}/requests/{request_id}/withdraw", { params: paramsOf(request) });
    tell(t("request.withdrawn"));
    changed();
  }
  return html`<div class="row"><${Action} work=${withdraw} kind="quiet">${t("request.withdraw")}<//></div>`;
}
