// @ts-check
/** Keeping a person away, or no longer. */
import { get, put, remove } from "../api.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { useAction } from "./action.js";
import { Ask } from "./ask.js";
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
  const unblock = useAction(async () => {
    await remove("/api/users/me/blocks/{user_id}", { params: { user_id: id } });
    onChange(false);
  });
  const close = () => setAsked(false);
  return html`
    <span class="action">
      <button
        type="button" class="button ${kind}" aria-disabled=${unblock.isBusy}
        onClick=${() => (isBlocked ? unblock.run() : setAsked(true))}
      >${t(isBlocked ? "block.end" : "block.begin")}</button>
      <${Refusal} problem=${unblock.problem} />
    </span>
    ${isAsked && html`<${BlockDialog} id=${id} name=${name} close=${close} after=${() => onChange(true)} />`}
  `;
}

/** @param {{ id: string, name: string, close: () => void, after: () => void }} properties */
export function BlockDialog({ id, name, close, after }) {
  async function block() {
    await put("/api/users/me/blocks/{user_id}", { params: { user_id: id } });
    tell(t("block.done", { name }));
    after();
  }
  return html`
    <${Ask} title=${t("block.ask", { name })} why=${t("block.why")} press=${t("block.begin")} work=${block} close=${close} />
  `;
}
