// @ts-check
/** Changing a message where it stands: Enter keeps the change, Escape the words as they were. */
import { html, useEffect, useRef } from "../vendor/ui.js";
import { t } from "../words.js";
import { Form, Submit, useForm } from "../parts/form.js";

export const LONGEST = 2000;

/**
 * @param {{ message: import("./conversation.js").Message, end: () => void,
 *   talk: import("./conversation.js").Talk }} properties
 */
export function MessageEdit({ message, talk, end }) {
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useEffect(() => area.current?.focus(), []);
  const form = useForm(async ({ content }) => {
    if (content !== message.content) await talk.edit(message.id, content);
    end();
  });
  function onKeyDown(/** @type {KeyboardEvent} */ event) {
    if (event.key === "Escape") end();
    if (!isSending(event)) return;
    event.preventDefault();
    area.current?.form?.requestSubmit();
  }
  return html`
    <${Form} of=${form} label=${t("chat.edit")} class="message-edit">
      <textarea
        ref=${area} name="content" dir="auto" aria-label=${t("chat.message")} required maxlength=${LONGEST}
        onKeyDown=${onKeyDown}
      >${message.content}</textarea>
      <div class="row">
        <${Submit} of=${form}>${t("chat.save")}<//>
        <button type="button" class="button quiet" onClick=${end}>${t("back")}</button>
      </div>
    <//>
  `;
}

/** Whether the key sends what was typed: Enter, but not one that ends a word of an input method. @param {KeyboardEvent} event */
export const isSending = (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing;
