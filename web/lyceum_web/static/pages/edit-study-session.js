// @ts-check
/** Changing a session that one hosts. If someone else has changed it meanwhile, both are shown, and nothing is lost. */
import { get, patch, Problem } from "../api.js";
import { draftOf, dropDraft, keepDraft } from "../drafts.js";
import { useForm } from "../parts/form.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { ScopeField } from "../parts/scope-field.js";
import { requirePoint } from "../sessions/point-field.js";
import { SessionForm } from "../sessions/session-form.js";
import { bodyOf, carriedOver, CHANGEABLE_WHILE_LIVE, differing, valuesOf } from "../sessions/session-values.js";
import { Title } from "../parts/title.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { dayAndTime, moment } from "../time.js";
import { html, useState } from "../vendor/ui.js";
import { hasWords, t } from "../words.js";

/** @typedef {Schemas["StudySessionDetails"]} Session */
/** @typedef {import("../sessions/session-values.js").Values} Values */

/** @param {string} session_id @param {AbortSignal} [signal] */
const read = (session_id, signal) => get("/api/study-sessions/{session_id}", { params: { session_id }, signal });

/** @param {{ id: string }} properties */
export default function EditStudySession({ id }) {
  const session = useLoaded((signal) => read(id, signal), [id]);
  return html`
    <div class="narrow stack">
      <${Loaded} of=${session}>${(/** @type {Session} */ found) => html`<${Edit} session=${found} />`}<//>
    </div>
  `;
}

/** @param {{ session: Session }} properties */
function Edit({ session }) {
  const draft = `study-session.${session.id}`;
  const [base, setBase] = useState(session);
  const [values, setValues] = useState(() => begun(session, draft));
  const [others, setOthers] = useState(/** @type {Values} */ ({}));
  const canEdit = base.my_participation?.role === "host" && base.my_participation.is_active;
  const isOver = base.status === "finished" || base.status === "cancelled";

  function keep(/** @type {Session} */ of, /** @type {Values} */ typed) {
    setValues(typed);
    keepDraft(draft, { former: valuesOf(of), typed });
  }
  /** Send what was changed of this state. @param {Session} of */
  async function save(of) {
    const names = differing(valuesOf(of), values).filter((name) => of.status !== "live" || CHANGEABLE_WHILE_LIVE.includes(name));
    const whole = bodyOf(values);
    const body = Object.fromEntries(names.map((name) => [name, whole[name]]));
    if (of.series_id) body.scope = values.scope || "this";
    if (names.length) await patch("/api/study-sessions/{session_id}", { params: { session_id: session.id }, body, of });
  }
  /** It was changed since it was read: by the clock alone, or by someone. @param {Problem} problem */
  async function saveLater(problem) {
    const present = await read(session.id);
    const [before, now] = [valuesOf(base), valuesOf(present)];
    const names = differing(before, now);
    setBase(present);
    if (!names.length) {
      await save(present);
      return;
    }
    setOthers(Object.fromEntries(names.map((name) => [name, now[name]])));
    keep(present, { ...carriedOver(before, values, now), scope: values.scope });
    throw problem;
  }
  const form = useForm(async (_, key, element) => {
    requirePoint(values, element);
    try {
      await save(base);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 412) throw problem;
      await saveLater(problem);
    }
    dropDraft(draft);
    tell(t("host.changed"));
    go(`/study-sessions/${session.id}`, { replace: true });
  });

  const title = html`<${Title} of=${t("host.edit")} />`;
  const back = html`<p><a href="/study-sessions/${session.id}"><bdi>${base.title}</bdi></a></p>`;
  if (!canEdit || isOver) return html`${title}<p>${t(isOver ? "host.over" : "host.not_yours")}</p>${back}`;
  return html`
    ${title}
    ${back}
    ${base.status === "live" && html`<p class="notice">${t("host.live")}</p>`}
    <${SessionForm}
      form=${form} values=${values} press=${t("host.save")} isLive=${base.status === "live"}
      change=${(/** @type {Values} */ changes) => keep(base, { ...values, ...changes })}
    >
      <${Changed} others=${others} />
      ${base.status !== "live" && html`<${ScopeField} session=${base} value=${values.scope} />`}
    <//>
  `;
}

/** What was typed the last time, if it was not sent. @param {Session} session @param {string} draft @returns {Values} */
function begun(session, draft) {
  const present = valuesOf(session);
  const { former, typed } = draftOf(draft, { former: present, typed: present });
  return carriedOver(former, typed, present);
}

/** What someone else has put meanwhile. @param {{ others: Values }} properties */
function Changed({ others }) {
  const names = Object.keys(others);
  if (!names.length) return null;
  return html`
    <div class="notice">
      <p>${t("host.others")}</p>
      <dl class="facts">
        ${names.map((name) => html`<dt>${t(`host.of_${name}`)}</dt><dd dir="auto">${shown(name, others[name])}</dd>`)}
      </dl>
    </div>
  `;
}

/** @param {string} name @param {string} value */
function shown(name, value) {
  if (name === "start_time") return dayAndTime(moment(value));
  if (name === "session_type") return t(`type.${value}`);
  const key = `${name}.${value}`;
  return hasWords(key) ? t(key) : value || t("host.nothing");
}
