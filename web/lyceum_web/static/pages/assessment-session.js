// @ts-check
/** Taking an assessment: one page of questions at a time, each answer saved as it is given. */
import { draftOf, dropDraft } from "../drafts.js";
import { ANYONE } from "../sign-in.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { TakingPage } from "../assessments/taking-page.js";
import { TimeUp } from "../assessments/time-up.js";
import { Title } from "../parts/title.js";
import { go } from "../router.js";
import { read } from "../assessments/taking.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { dropVisit } from "../assessments/visits.js";
import { t } from "../words.js";

/** @param {{ id: string }} properties */
export default function AssessmentSession({ id }) {
  const loaded = useLoaded((signal) => read(id, signal), [id]);
  return html`
    <div class="narrow">
      <${Loaded} of=${loaded}>
        ${(/** @type {Schemas["ResumedSession"]} */ found) => html`<${Stage} found=${found} again=${loaded.again} />`}
      <//>
    </div>
  `;
}

/** @param {{ found: Schemas["ResumedSession"], again: () => void }} properties */
function Stage({ found, again }) {
  const { session } = found;
  const [isTimeUp, setTimeUp] = useState(() => Boolean(session.ends_at) && new Date(session.ends_at || 0).getTime() <= Date.now());
  const isOpen = session.status === "active";
  useEffect(() => {
    if (!isOpen && session.status !== "completed") dropVisit(session.session_id);
    if (session.status === "completed") go(`/assessment-sessions/${session.session_id}/result`, { replace: true });
  }, [session.status]);

  if (session.status === "completed") return html`<div class="loading" aria-busy="true"></div>`;
  if (!isOpen) return html`<${Ended} session=${session} />`;
  if (isTimeUp) return html`<${TimeUp} session=${session} />`;
  const onTimeUp = () => setTimeUp(true);
  // The platform's clock decides, if that of the device is behind.
  const onEnded = (/** @type {import("../api.js").Problem} */ problem) => (problem?.code === "deadline_passed" ? onTimeUp() : again());
  return html`<${TakingPage} begun=${found} onEnded=${onEnded} onTimeUp=${onTimeUp} />`;
}

/** @param {{ session: Schemas["AssessmentSession"] }} properties */
function Ended({ session }) {
  const place = `assessment-answers.${session.session_id}`;
  const [late] = useState(() => draftOf(place, [], ANYONE).length);
  useEffect(() => dropDraft(place, ANYONE), []);
  const isExpired = session.status === "expired";
  return html`
    <div class="stack">
      <${Title} of=${session.title}><bdi>${session.title}</bdi><//>
      <p class="notice">${t(isExpired ? "taking.expired" : "taking.abandoned")}</p>
      ${late > 0 && html`<p>${t("taking.too_late", { count: late })}</p>`}
      <p class="row">
        <a class="button" href="/assessments/${session.assessment}">${t("taking.begin_again")}</a>
        <a class="button quiet" href="/assessments">${t("assessments.all")}</a>
      </p>
    </div>
  `;
}
