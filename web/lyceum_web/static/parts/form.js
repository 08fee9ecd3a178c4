// @ts-check
/**
 * Forms: fields with a label and a hint, what was refused next to the field that it is about, and one sending at a
 * time. What is sent twice with the same words counts once.
 */
import { newKey, Problem } from "../api.js";
import { draftOf, dropDraft, keepDraft } from "../drafts.js";
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { fieldsOf, fillIn, typedIn } from "./form-draft.js";
import { Refusal } from "./trouble.js";
import { wordsOnField } from "./field-words.js";

/**
 * @typedef {{ problem: Problem | null, errors: Record<string, string>, isAtFields: boolean, isBusy: boolean,
 *   draft: string, onSubmit: (event: SubmitEvent) => void }} FormState `isAtFields` if a field of the form is what was refused
 */

/**
 * The state of a form. `send` gets what is in the fields and a key for a call that must count once.
 * @param {(values: Record<string, string>, key: string, form: HTMLFormElement) => Promise<unknown>} send
 * @param {string} [draft] where what was typed is kept until it is sent
 * @returns {FormState}
 */
export function useForm(send, draft = "") {
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const [isAtFields, setAtFields] = useState(false);
  const last = useRef({ words: "", key: "" });

  async function submit(/** @type {HTMLFormElement} */ form) {
    const values = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    const words = JSON.stringify(values);
    if (last.current.words !== words) last.current = { words, key: newKey() };
    setBusy(true);
    setProblem(null);
    try {
      await send(values, last.current.key, form);
      last.current = { words: "", key: "" };
      if (draft) dropDraft(draft);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const wrong = Object.keys(errorsOf(error)).map((name) => form.elements.namedItem(name)).filter(Boolean);
      setProblem(error);
      setAtFields(wrong.length > 0);
      if (wrong[0] instanceof HTMLElement) wrong[0].focus();
    } finally {
      setBusy(false);
    }
  }

  function onSubmit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    if (!isBusy) submit(/** @type {HTMLFormElement} */ (event.currentTarget));
  }

  return { problem, errors: problem ? errorsOf(problem) : {}, isAtFields, isBusy, draft, onSubmit };
}

/** What is wrong with each field, by its name. @param {Problem} problem */
function errorsOf(problem) {
  /** @type {Record<string, string>} */
  const errors = {};
  for (const { pointer, detail } of problem.errors) {
    const name = pointer.replace(/^[/?]/, "").split("/")[0];
    errors[name] ??= wordsOnField(detail);
  }
  return errors;
}

/** @param {{ of: FormState, children: unknown, label?: string, class?: string }} properties */
export function Form({ of: form, children, label, class: className = "" }) {
  const element = useRef(/** @type {HTMLFormElement | null} */ (null));
  const [isRestored, setRestored] = useState(false);
  const [turn, setTurn] = useState(0);

  useLayoutEffect(() => {
    const typed = form.draft && draftOf(form.draft, null);
    if (!typed || !element.current) return;
    fillIn(element.current, typed);
    setRestored(true);
  }, []);
  // The button that was pressed is gone.
  useEffect(() => {
    if (turn) fieldsOf(/** @type {HTMLFormElement} */ (element.current))[0].focus();
  }, [turn]);
  function keep() {
    if (form.draft && element.current) keepDraft(form.draft, typedIn(element.current));
  }
  function startOver() {
    dropDraft(form.draft);
    setRestored(false);
    setTurn(turn + 1);
  }
  return html`
    <form
      key=${turn} class="form ${className}" ref=${element} aria-label=${label} aria-busy=${form.isBusy}
      onSubmit=${form.onSubmit} onInput=${keep}
    >
      ${isRestored && html`
        <p class="notice row apart" role="status">
          ${t("form.restored")} <button type="button" class="button quiet" onClick=${startOver}>${t("form.start_over")}</button>
        </p>
      `}
      <${Refusal} problem=${form.problem && (form.isAtFields ? { code: "invalid", status: 422 } : form.problem)} />
      ${children}
    </form>
  `;
}

/** @param {{ of: FormState, children: unknown, quiet?: boolean }} properties */
export function Submit({ of: form, children, quiet = false }) {
  return html`
    <button class="button ${quiet ? "quiet" : ""}" aria-disabled=${form.isBusy}>
      ${children}
    </button>
  `;
}

/**
 * A field with its label. What is not named here goes to the input itself.
 * @param {{ of: FormState, name: string, label: string, hint?: string, as?: string, optional?: boolean,
 *   children?: unknown, [attribute: string]: unknown }} properties
 */
export function Field({ of: form, name, label, hint, as = "input", optional = false, children, ...attributes }) {
  const id = useId();
  const error = form.errors[name];
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const textual = as === "textarea" || !attributes.type || ["text", "search"].includes(String(attributes.type));
  return html`
    <div class="field ${error ? "wrong" : ""}">
      <label for=${id}>${label}${optional && html` <span class="muted">${t("form.optional")}</span>`}</label>
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      <${as}
        id=${id}
        name=${name}
        required=${!optional}
        dir=${textual && as !== "select" ? "auto" : undefined}
        aria-describedby=${described || undefined}
        aria-invalid=${error ? "true" : undefined}
        ...${attributes}
      >${children}</${as}>
      ${error && html`<p class="error" id="${id}-error">${error}</p>`}
    </div>
  `;
}

/** A box to tick. @param {{ name: string, label: unknown, hint?: string, [attribute: string]: unknown }} properties */
export function Tick({ name, label, hint, ...attributes }) {
  const id = useId();
  return html`
    <div class="tick">
      <input type="checkbox" id=${id} name=${name} aria-describedby=${hint && `${id}-hint`} ...${attributes} />
      <label for=${id}>${label}</label>
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    </div>
  `;
}
