// @ts-check
/** Which sessions of a series are meant. */
import { html, useId } from "../vendor/ui.js";
import { t } from "../words.js";

/**
 * Nothing for a session without a series.
 * @param {{ session: { series_id: string | null }, value?: string, scopes?: string[] }} properties
 */
export function ScopeField({ session, value = "this", scopes = ["this", "future", "all"] }) {
  const id = useId();
  if (!session.series_id) return null;
  return html`
    <div class="field">
      <label for=${id}>${t("study.scope")}</label>
      <select id=${id} name="scope">
        ${scopes.map((scope) => html`<option value=${scope} selected=${scope === value}>${t(`study.scope_${scope}`)}</option>`)}
      </select>
    </div>
  `;
}
