// @ts-check
/** The draft while it is written: kept in this browser with each change, saved as one, refused parts shown where they are. */
import { get, Problem, post, put, remove } from "../api.js";
import { toEdit, toSave } from "./definitions.js";
import { draftOf, dropDraft, keepDraft } from "../drafts.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { useAction } from "../parts/action.js";
import { AskButton } from "../parts/ask.js";
import { DraftDetails, DraftDimensions } from "./draft-details.js";
import { errorsOf, Faults } from "./draft-faults.js";
import { Editing } from "./draft-fields.js";
import { DraftPages } from "./draft-pages.js";
import { DraftPreview } from "./draft-preview.js";
import { Title } from "../parts/title.js";
import { Refusal } from "../parts/trouble.js";

/** @typedef {Schemas["AssessmentVersionDocument"]} Version */
/** @typedef {import("./draft-faults.js").Errors} Errors */

const DRAFT = "/api/v2/assessments/{slug}/draft";

/** @param {{ draft: Version, again: () => void }} properties `again` reads everything again */
export function DraftEditor({ draft, again }) {
  const { slug } = draft;
  const place = `assessment-draft.${slug}`;
  const [kept] = useState(() => draftOf(place, /** @type {{ of: string, definition: any } | null} */ (null)));
  const [saved, setSaved] = useState(draft);
  const [definition, setDefinition] = useState(() => kept?.definition || toEdit(draft.definition));
  const [isDirty, setDirty] = useState(Boolean(kept));
  const [isOvertaken, setOvertaken] = useState(Boolean(kept) && kept?.of !== draft.updated_at);
  const [errors, setErrors] = useState(/** @type {Errors} */ ({}));
  const [isPreview, setPreview] = useState(false);
  const editor = useRef(/** @type {HTMLElement | null} */ (null));
  const latest = useRef(definition);
  latest.current = definition;

  function change(/** @type {any} */ document, /** @type {(string | number)[]} */ path) {
    const changedAt = path.join("/");
    setDefinition(document);
    setDirty(true);
    setErrors(Object.fromEntries(Object.entries(errors).filter(([at]) => at !== changedAt && !at.startsWith(`${changedAt}/`))));
    keepDraft(place, { of: saved.updated_at, definition: document });
  }
  /** The platform has this version of what was written; more may have been written since. @param {Version} version @param {any} [written] */
  function settle(version, written = latest.current) {
    const isAll = latest.current === written;
    if (isAll) dropDraft(place);
    else keepDraft(place, { of: version.updated_at, definition: latest.current });
    setSaved(version);
    setDirty(!isAll);
    setErrors({});
    setOvertaken(false);
  }
  /** Show what is refused at its part; other problems are for the one who asked. @param {() => Promise<Version>} ask */
  async function orRefused(ask) {
    try {
      return await ask();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.code === "precondition_failed") setOvertaken(true);
      else if (!problem.errors.length) throw problem;
      setErrors(errorsOf(problem));
      setPreview(false);
      return null;
    }
  }
  async function save(/** @type {Version} */ over = saved) {
    const version = await orRefused(() => put(DRAFT, { params: { slug }, body: { definition: toSave(definition) }, of: over }));
    if (version) settle(version, definition);
    return version;
  }
  async function publish() {
    const current = isDirty ? await save() : saved;
    const version = current && (await orRefused(() => post("/api/v2/assessments/{slug}/publish", { params: { slug }, of: current })));
    if (!version) return;
    dropDraft(place);
    tell(t("assessment_edit.published", { number: version.number }));
    again();
  }
  async function discard() {
    await remove(DRAFT, { params: { slug }, of: saved });
    dropDraft(place);
    if (saved.number === 1) go("/assessments/mine");
    else again();
  }
  const saving = useAction(() => save());
  const taking = useAction(async () => {
    const theirs = await get(DRAFT, { params: { slug } });
    settle(theirs);
    setDefinition(toEdit(theirs.definition));
  });
  const overriding = useAction(async () => save(await get(DRAFT, { params: { slug } })));

  useEffect(() => {
    const fault = editor.current?.querySelector('[aria-invalid="true"], .fault');
    for (let fold = fault?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
    if (fault instanceof HTMLElement && saving.problem === null) fault.focus();
  }, [errors]);

  const editing = new Editing(definition, change, errors);
  return html`
    <div class="row apart">
      <${Title} of=${definition.title || slug}><bdi>${definition.title || slug}</bdi><//>
      <span class="badge plain">${t("assessment_edit.draft")}</span>
    </div>
    <div class="edit-head row">
      <button type="button" class="button" aria-disabled=${saving.isBusy} onClick=${() => saving.run()}>${t("assessment_edit.save")}</button>
      <button type="button" class="button quiet" aria-pressed=${isPreview} onClick=${() => setPreview(!isPreview)}>${t("assessment_edit.preview")}</button>
      <${AskButton} kind="quiet" work=${publish} title=${t("assessment_edit.publish_title")} why=${t("assessment_edit.publish_why")}>${t("assessment_edit.publish")}<//>
      <span class="muted small" role="status">${t(isDirty ? "assessment_edit.unsaved" : "assessment_edit.saved")}</span>
    </div>
    <div class="alerts stack">
      ${isOvertaken && html`
        <div class="refusal stack" role="alert">
          <p>${t("assessment_edit.overtaken")}</p>
          <p class="row">
            <button type="button" class="button quiet" onClick=${() => taking.run()}>${t("assessment_edit.take_theirs")}</button>
            <button type="button" class="button quiet" onClick=${() => overriding.run()}>${t("assessment_edit.keep_mine")}</button>
          </p>
        </div>
      `}
      <${Refusal} problem=${saving.problem || taking.problem || overriding.problem} />
      <${Faults} errors=${errors} />
    </div>
    <div ref=${editor} class="edit-main stack wide">
      ${isPreview && html`<${DraftPreview} definition=${definition} />`}
      ${!isPreview && html`
        <${DraftDetails} of=${editing} />
        <${DraftPages} of=${editing} />
        <${DraftDimensions} of=${editing} />
        <div><${AskButton} work=${discard} title=${t("assessment_edit.discard_title")} why=${t("assessment_edit.discard_why")}>${t("assessment_edit.discard")}<//></div>
      `}
    </div>
  `;
}
