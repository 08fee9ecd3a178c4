// @ts-check
/** Hosting a study session. */
import { post } from "../api.js";
import { draftOf, dropDraft, keepDraft } from "../drafts.js";
import { useForm } from "../parts/form.js";
import { ONCE, PlanPreview, RepeatFields, repetitionOf } from "../parts/repeat-field.js";
import { requirePoint } from "../sessions/point-field.js";
import { SessionForm } from "../sessions/session-form.js";
import { bodyOf, fresh } from "../sessions/session-values.js";
import { Title } from "../parts/title.js";
import { go } from "../router.js";
import { moment, ownZone } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";

const DRAFT = "study-session.new";

export default function NewStudySession() {
  const [values, setValues] = useState(() => /** @type {Record<string, string>} */ ({ ...fresh(), ...ONCE, ...draftOf(DRAFT, {}) }));
  const form = useForm(async (_, key, element) => {
    requirePoint(values, element);
    const { rrule, count, ...announced } = values;
    const made = await post("/api/study-sessions", { body: { ...bodyOf(announced), ...repetitionOf(values, ownZone()) }, key });
    dropDraft(DRAFT);
    go(`/study-sessions/${made.id}`, { replace: true });
  });
  function change(/** @type {Record<string, string>} */ changes) {
    const next = { ...values, ...changes };
    setValues(next);
    keepDraft(DRAFT, next);
  }
  const plan = { start_time: values.start_time ? moment(values.start_time) : "", ...repetitionOf(values, ownZone()) };
  const ask = (/** @type {AbortSignal} */ signal) => post("/api/study-sessions/preview", { body: plan, signal });
  return html`
    <div class="narrow stack">
      <${Title} of=${t("near.host")} />
      <p class="muted">${t("host.why")}</p>
      <${SessionForm} form=${form} values=${values} change=${change} press=${t("host.press")} repeat=${html`
        <${RepeatFields} of=${form} values=${values} />
        ${values.rrule && html`<${PlanPreview} plan=${plan} ask=${ask} />`}
      `} />
    </div>
  `;
}
