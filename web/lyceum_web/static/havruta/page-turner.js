// @ts-check
/** Turns the pages: to what is next or before, or to a passage that one types. On a phone it lies under the thumb. */
import { expect, resolve } from "./references.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { language, t } from "../words.js";
import { Dialog } from "../parts/dialog.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Icon } from "../parts/icon.js";
import { atField, useReference } from "./reference-field.js";

/** @typedef {"prev" | "next" | "prev_section" | "next_section"} Side as a reference of the API names what is there */

/** @param {{ at: string, book: string, turn: (side: Side) => void, go: (ref: string) => Promise<void> }} properties */
export function PageTurner({ at, book, turn, go }) {
  const [isAsked, setAsked] = useState(false);
  const here = useReference(at);
  expect(here?.next);
  expect(here?.prev);
  useArrows(turn);
  return html`
    <nav class="turner" aria-label=${t("study.pages")}>
      <${Turn} here=${here} side="prev" turn=${turn} kind="before" words="study.previous" />
      <button type="button" class="button quiet go-to" onClick=${() => setAsked(true)}>${t("study.go_to")}</button>
      <${Turn} here=${here} side="next" turn=${turn} kind="after" words="study.next" />
      <div class="chapters">
        <${Turn} here=${here} side="prev_section" turn=${turn} kind="before chapter" words="study.previous_chapter" />
        <${Turn} here=${here} side="next_section" turn=${turn} kind="after chapter" words="study.next_chapter" />
      </div>
      ${isAsked && html`<${GoTo} book=${book} go=${go} close=${() => setAsked(false)} />`}
    </nav>
  `;
}

/** @param {{ here: import("./references.js").Reference | null, side: Side, turn: (side: Side) => void, kind: string, words: string }} properties */
function Turn({ here, side, turn, kind, words }) {
  const isEnd = here !== null && !here[side];
  return html`
    <button type="button" class="button turn ${kind}" aria-disabled=${isEnd} onClick=${() => turn(side)}>
      <${Icon} name="back" /><span>${t(words)}</span>
    </button>
  `;
}

/** The arrow keys turn pages, unless they are needed where the focus is. @param {(side: Side) => void} turn */
function useArrows(turn) {
  useEffect(() => {
    const isRtl = language.value === "he";
    function onKey(/** @type {KeyboardEvent} */ event) {
      const element = /** @type {Element} */ (event.target);
      const isTaken = element.closest("input, select, textarea, dialog, summary") || event.altKey || event.ctrlKey || event.metaKey;
      if (isTaken || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      turn((event.key === "ArrowRight") !== isRtl ? "next" : "prev");
    }
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

/** @param {{ book: string, go: (ref: string) => Promise<void>, close: () => void }} properties */
function GoTo({ book, go, close }) {
  const form = useForm(async ({ ref }) => {
    // A number alone is meant in the book that is studied.
    const wanted = /^\d/.test(ref.trim()) ? `${book} ${ref}` : ref;
    try {
      const { start } = await resolve(wanted);
      await go(start);
    } catch (problem) {
      throw atField(problem, "ref");
    }
    close();
  });
  return html`
    <${Dialog} title=${t("study.go_to_title")} close=${close}>
      <${Form} of=${form}>
        <${Field} of=${form} name="ref" label=${t("study.passage")} hint=${t("study.passage_hint")} maxlength="100" autocomplete="off" autofocus />
        <p><${Submit} of=${form}>${t("study.turn_there")}<//></p>
      <//>
    <//>
  `;
}
