// @ts-check
/** The time limit is over: what was answered counts, as soon as the platform has closed the session. */
import { Outbox } from "./answers.js";
import { Problem, post } from "../api.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Title } from "../parts/title.js";
import { wordsOn } from "../parts/trouble.js";

const PATIENCE = 3000; // milliseconds between two looks whether the session is scored

/** @param {{ session: Schemas["AssessmentSession"] }} properties */
export function TimeUp({ session }) {
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const id = session.session_id;
  useEffect(() => {
    /** @type {ReturnType<typeof setTimeout>} */
    let due;
    // What is still on its way comes first: the platform takes it for a moment longer.
    const outbox = new Outbox(id, () => {}, () => {
      tell(t("taking.too_late", { count: outbox.waiting.value.length }));
      outbox.drop();
    });
    async function look() {
      try {
        if (!(await outbox.flush()) && outbox.isAway.value) throw new Problem(0, {});
        await post("/api/v2/session/{session_id}/complete", { params: { session_id: id } });
        go(`/assessment-sessions/${id}/result`, { replace: true });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        setProblem(error.code === "answers_missing" ? null : error);
        due = setTimeout(look, PATIENCE);
      }
    }
    look();
    return () => {
      clearTimeout(due);
      outbox.close();
    };
  }, [id]);
  return html`
    <div class="stack">
      <${Title} of=${session.title}><bdi>${session.title}</bdi><//>
      <p class="notice" role="status">${t("taking.time_up")}</p>
      ${problem && html`<p class="refusal" role="alert">${wordsOn(problem)}</p>`}
      <p><a class="button quiet" href="/assessments">${t("assessments.all")}</a></p>
    </div>
  `;
}
