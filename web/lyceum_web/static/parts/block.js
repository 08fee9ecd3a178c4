// @ts-check
/** Keeping a person away, or no longer. */
import { get, put, remove } from "../api.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { useAction } from "./action.js";
import { Dialog } from "./dialog.js";
import { Refusal } from "./trouble.js";

/** Whether the person of this page blocks another. @param {string} id @param {AbortSignal} [signal] */
export async function isBlocking(id, signal) {
  /** @type {string | null} */
  let cursor = null;
  do {
    /** @type {Schemas["BlockedPersonPage"]} */
    const page = await get("/api/users/me/blocks", { query: { limit: 100, cursor }, signal });
    if (page.items.some((each) => each.user_id === id)) return true;
    cursor = page.next;
  } while (cursor);
  return false;
}

/**
 * One button, so that the focus stays on it. Blocking asks first.
 * @param {{ id: string, name: string, isBlocked?: boolean, onChange?: (isBlocked: boolean) => void, kind?: string }} properties
 * `kind` is the class of the button
 */
export function BlockButton({ id, name, isBlocked = false, onChange = () => {}, kind = "quiet" }) {
  const [isAsked, setAsked] = useState(false);
  const params = { user_id: id };
  const block = useAction(async () => {
    await put("/api/users/me/blocks/{user_id}", { params });
    setAsked(false);
    onChange(true);
  });
  const unblock = useAction(async () => {
    await remove("/api/users/me/blocks/{user_id}", { params });
    onChange(false);
  });
  return html`
    <span class="action">
      <button
        type="button" class="button ${kind}" aria-disabled=${unblock.isBusy}
        onClick=${() => (isBlocked ? unblock.run() : setAsked(true))}
      >${t(isBlocked ? "block.end" : "block.begin")}</button>
      <${Refusal} problem=${unblock.problem} />
    </span>
    ${isAsked && html`
      <${Dialog} title=${t("block.ask", { name })} close=${() => setAsked(false)}>
        <div class="stack">
          <p>${t("block.why")}</p>
          <${Refusal} problem=${block.problem} />
          <div class="row">
            <button type="button" class="button danger" aria-disabled=${block.isBusy} onClick=${() => block.run()}>${t("block.begin")}</button>
            <button type="button" class="button quiet" onClick=${() => setAsked(false)}>${t("back")}</button>
          </div>
        </div>
      <//>
    `}
  `;
}
