// @ts-check
/** Fields of a draft: each is at a path of the document, and what is refused at this path is shown next to it. */
import { changed, valueAt } from "./definitions.js";
import { html, useId, useRef } from "../vendor/ui.js";
import { t } from "../words.js";
import { Icon } from "../parts/icon.js";
import { Moves, moved } from "./sortable.js";

/** @typedef {import("./definitions.js").Path} Path */

/** A document that is edited. */
export class Editing {
  /** @param {any} document @param {(document: any, path: Path) => void} onChange @param {Record<string, string>} errors by path */
  constructor(document, onChange, errors) {
    this.document = document;
    this.onChange = onChange;
    this.errors = errors;
  }

  /** @param {Path} path */
  at(path) {
    return valueAt(this.document, path);
  }

  /** @param {Path} path @param {unknown} value */
  set(path, value) {
    this.onChange(changed(this.document, path, value), path);
  }

  /** @param {Path} path */
  errorAt(path) {
    return this.errors[path.join("/")];
  }
}

/** @typedef {{ of: Editing, path: Path, label: string, hint?: string, [attribute: string]: unknown }} FieldProperties */

/** @param {FieldProperties & { as?: string, optional?: boolean, children?: unknown }} properties */
export function DraftField({ of: editing, path, label, hint, as = "input", optional = false, children, ...attributes }) {
  const id = useId();
  const error = editing.errorAt(path);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const isNumber = attributes.type === "number";
  function onInput(/** @type {Event} */ event) {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    const content = isNumber ? Number(value) : value;
    editing.set(path, value === "" && (optional || isNumber) ? undefined : content);
  }
  return html`
    <div class="field ${error ? "wrong" : ""}">
      <label for=${id}>${label}${optional && html` <span class="muted">${t("form.optional")}</span>`}</label>
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      <${as}
        id=${id} dir=${isNumber || as === "select" ? undefined : "auto"} value=${editing.at(path) ?? ""} step=${isNumber ? "any" : undefined}
        aria-describedby=${described || undefined} aria-invalid=${error ? "true" : undefined}
        onInput=${onInput} ...${attributes}
      >${children}</${as}>
      ${error && html`<p class="error" id="${id}-error">${error}</p>`}
    </div>
  `;
}

/** @param {FieldProperties & { otherwise?: boolean }} properties `otherwise` is what leaving it out means */
export function DraftTick({ of: editing, path, label, hint, otherwise = false }) {
  const id = useId();
  const isOn = editing.at(path) ?? otherwise;
  return html`
    <div class="tick">
      <input type="checkbox" id=${id} checked=${isOn} aria-describedby=${hint && `${id}-hint`} onChange=${() => editing.set(path, !isOn)} />
      <label for=${id}>${label}</label>
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    </div>
  `;
}

/** What is wrong with a whole part. @param {{ of: Editing, path: Path }} properties */
export function Fault({ of: editing, path }) {
  const error = editing.errorAt(path);
  return error ? html`<p class="error fault" tabindex="-1">${error}</p>` : null;
}

/**
 * Parts in an order: each can be moved, removed, and more can be added.
 * @param {{ of: Editing, path: Path, nameOf: (part: any, index: number) => string, render: (part: any, path: Path, buttons: unknown) => unknown,
 *   fewest?: number, kind?: string }} properties
 */
export function Parts({ of: editing, path, nameOf, render, fewest = 0, kind = "" }) {
  const list = useRef(/** @type {HTMLOListElement | null} */ (null));
  const parts = /** @type {any[]} */ (editing.at(path) || []);
  function remove(/** @type {number} */ index) {
    editing.set(path, parts.filter((_, each) => each !== index));
    // The focus stays in the list when its button has gone.
    requestAnimationFrame(() => {
      const items = list.current?.children || [];
      const next = /** @type {HTMLElement | undefined} */ (items[Math.min(index, items.length - 1)] || list.current);
      next?.focus();
    });
  }
  return html`
    <ol role="list" class="parts ${kind}" ref=${list} tabindex="-1">
      ${parts.map((part, index) => {
        const name = nameOf(part, index);
        const buttons = html`
          <span class="moves">
            <${Moves} index=${index} count=${parts.length} name=${name} move=${(/** @type {number} */ to) => editing.set(path, moved(parts, index, to))} />
            ${parts.length > fewest && html`
              <button type="button" class="icon-button" aria-label=${t("assessment_edit.remove", { name })} onClick=${() => remove(index)}><${Icon} name="close" /></button>
            `}
          </span>
        `;
        return html`<li key=${part.key ?? index} tabindex="-1">${render(part, [...path, index], buttons)}</li>`;
      })}
    </ol>
    <${Fault} of=${editing} path=${path} />
  `;
}

/** @param {{ of: Editing, path: Path, part: () => unknown, children: unknown }} properties */
export function Add({ of: editing, path, part, children }) {
  const add = () => editing.set(path, [...(editing.at(path) || []), part()]);
  return html`<div><button type="button" class="button quiet" onClick=${add}>${children}</button></div>`;
}
