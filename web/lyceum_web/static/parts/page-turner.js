// @ts-check
/** Turns the pages: to what is next or before, or to a passage that one types. On a phone it lies under the thumb. */
import { resolve } from "../references.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { language, t } from "../words.js";
import { Dialog } from "./dialog.js";
import { Field, Form, Submit, useForm } from "./form.js";
import { Icon } from "./icon.js";
import { atField, useReference } from "./reference.js";

/** @param {{ at: string, book: string, turn: (ref: string) => void, go: (ref: string) => Promise<void> }} properties */
export function PageTurner({ at, book, turn, go }) {
  const [isAsked, setAsked] = useState(false);
  const here = useReference(at);
  useReference(here?.next);
  useReference(here?.prev);
  useArrows(() => here?.prev && turn(here.prev), () => here?.next && turn(here.next));

  /** A chapter is gone to at its beginning. @param {string} section */
  const turnTo = async (section) => turn((await resolve(section)).start);
  return html`
    <nav class="turner" aria-label=${t("study.pages")}>
      <${Turn} to=${here?.prev} turn=${turn} kind="before" words="study.previous" />
      <button type="button" class="button quiet go-to" onClick=${() => setAsked(true)}>${t("study.go_to")}</button>
      <${Turn} to=${here?.next} turn=${turn} kind="after" words="study.next" />
      <div class="chapters">
        <${Turn} to=${here?.prev_section} turn=${turnTo} kind="before chapter" words="study.previous_chapter" />
        <${Turn} to=${here?.next_section} turn=${turnTo} kind="after chapter" words="study.next_chapter" />
      </div>
      ${isAsked && html`<${GoTo} book=${book} go=${go} close=${() => setAsked(false)} />`}
    </nav>
  `;
}

/** @param {{ to: string | null | undefined, turn: (ref: string) => void, kind: string, words: string }} properties */
function Turn({ to, turn, kind, words }) {
  return html`
    <button type="button" class="button turn ${kind}" aria-disabled=${!to} onClick=${() => to && turn(to)}>
      <${Icon} name="back" /><span>${t(words)}</span>
    </button>
  `;
}

/** The arrow keys turn pages, unless they are needed where the focus is. @param {() => void} before @param {() => void} next */
function useArrows(before, next) {
  useEffect(() => {
    const isRtl = language.value === "he";
    function onKey(/** @type {KeyboardEvent} */ event) {
      const element = /** @type {Element} */ (event.target);
      const isTaken = element.closest("input, select, textarea, dialog, summary") || event.altKey || event.ctrlKey || event.metaKey;
      if (isTaken || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      const isForward = (event.key === "ArrowRight") !== isRtl;
      if (isForward) next();
      else before();
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
