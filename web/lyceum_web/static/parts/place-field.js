// @ts-check
/** A field for a place: cities are proposed while one types, and the browser's own place on request. */
import { findPlaces, whereIAm } from "../places.js";
import { html, useId, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Combobox } from "./combobox.js";
import { Icon } from "./icon.js";

/** @typedef {import("../places.js").Spot} Spot */

/** @param {{ label: string, spot: Spot | null, onPick: (spot: Spot | null) => void, hint?: string, placeholder?: string }} properties */
export function PlaceField({ label, spot, onPick, hint, placeholder = t("place.anywhere") }) {
  const id = useId();
  const [trouble, setTrouble] = useState("");

  async function onHere() {
    try {
      onPick({ name: t("place.here"), ...(await whereIAm()) });
    } catch {
      setTrouble(t("place.not_allowed"));
    }
  }
  return html`
    <div class="field place-field">
      <label for=${id}>${label}</label>
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      <div class="row tight">
        <${Combobox}
          id=${id} label=${label} value=${spot?.name || ""} placeholder=${placeholder}
          aria-describedby=${hint && `${id}-hint`}
          find=${findPlaces} words=${(/** @type {Spot} */ { name }) => name} onPick=${onPick} onTyped=${() => setTrouble("")}
        />
        <button type="button" class="button quiet" onClick=${onHere}>
          <${Icon} name="pin" />${t("place.use_mine")}
        </button>
      </div>
      <p class="error" role="status">${trouble}</p>
    </div>
  `;
}
