// @ts-check
/** A link to a session for others, with the join code if it is private. */
import { copy } from "../copying.js";
import { html, useId, useRef } from "../vendor/ui.js";
import { t } from "../words.js";

/** @param {{ session: Schemas["StudySessionDetails"] }} properties */
export function Share({ session }) {
  const code = session.join_code;
  const address = `${location.origin}/study-sessions/${session.id}`;
  const link = code ? `${address}#code=${encodeURIComponent(code)}` : address;
  return html`
    <section class="card stack" aria-labelledby="share">
      <h2 id="share">${t("share.title")}</h2>
      <p class="muted small">${t(code ? "share.why_private" : "share.why")}</p>
      <${Copied} label=${t("share.link")} value=${link} />
      ${code && html`<${Copied} label=${t("secret.code")} value=${code} />`}
    </section>
  `;
}

/** @param {{ label: string, value: string }} properties */
function Copied({ label, value }) {
  const id = useId();
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  function onCopy() {
    field.current?.select();
    copy(value);
  }
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <div class="row tight">
        <input id=${id} ref=${field} readonly dir="ltr" value=${value} onFocus=${() => field.current?.select()} />
        <button type="button" class="button quiet" aria-label=${t("share.copy_this", { label })} onClick=${onCopy}>${t("share.copy")}</button>
      </div>
    </div>
  `;
}
