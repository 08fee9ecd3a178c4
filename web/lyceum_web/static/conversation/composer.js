// @ts-check
/** Where a message is written: Enter sends, Shift and Enter begin a line, and what is not sent yet stays. */
import { draftOf, dropDraft, keepDraft } from "../drafts.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Icon } from "../parts/icon.js";
import { isSending, LONGEST } from "./message-edit.js";

/**
 * @param {{ place: string, area: import("preact").RefObject<HTMLTextAreaElement | null>, send: (content: string) => void,
 *   editLast: () => boolean }} properties `editLast` says whether there was something to edit
 */
export function Composer({ place, area, send, editLast }) {
  const draft = `message.${place}`;
  const [content, setContent] = useState(() => draftOf(draft, ""));
  const excess = [...content].length - LONGEST;
  useEffect(() => (content ? keepDraft(draft, content) : dropDraft(draft)), [content]);

  function onSubmit(/** @type {Event} */ event) {
    event.preventDefault();
    if (!content.trim() || excess > 0) return;
    send(content);
    setContent("");
    area.current?.focus();
  }
  function onKeyDown(/** @type {KeyboardEvent} */ event) {
    if (isSending(event)) onSubmit(event);
    if (event.key === "ArrowUp" && !content && editLast()) event.preventDefault();
  }
  return html`
    <form class="composer" onSubmit=${onSubmit}>
      <textarea
        ref=${area} rows="1" dir="auto" aria-label=${t("chat.message")} placeholder=${t("chat.placeholder")} value=${content}
        aria-describedby="composer-excess" aria-invalid=${excess > 0 ? "true" : undefined}
        onInput=${() => setContent(area.current?.value || "")} onKeyDown=${onKeyDown}
      ></textarea>
      <button class="button" aria-label=${t("chat.send")} aria-disabled=${!content.trim() || excess > 0}>
        <${Icon} name="send" />
      </button>
      <p id="composer-excess" class="error" role="status">${excess > 0 && t("chat.excess", { count: excess })}</p>
    </form>
  `;
}
