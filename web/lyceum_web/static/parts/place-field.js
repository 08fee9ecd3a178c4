// @ts-check
/**
 * A field for a place: cities are proposed while one types, and the browser's own place on request.
 * A combobox as https://www.w3.org/WAI/ARIA/apg/patterns/combobox describes it.
 */
import { findCities, whereIAm } from "../places.js";
import { html, useEffect, useId, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Icon } from "./icon.js";

/** @typedef {import("../places.js").Spot} Spot */

/** @param {{ label: string, spot: Spot | null, onPick: (spot: Spot | null) => void, hint?: string, placeholder?: string }} properties */
export function PlaceField({ label, spot, onPick, hint, placeholder = t("place.anywhere") }) {
  const id = useId();
  const [typed, setTyped] = useState(spot?.name || "");
  const [found, setFound] = useState(/** @type {Spot[]} */ ([]));
  const [active, setActive] = useState(0);
  const [trouble, setTrouble] = useState("");
  useEffect(() => setTyped(spot?.name || ""), [spot?.name]);

  async function onInput(/** @type {InputEvent} */ event) {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    setTyped(value);
    setTrouble("");
    if (!value) onPick(null);
    setFound(await findCities(value));
    setActive(0);
  }
  function pick(/** @type {Spot} */ picked) {
    setFound([]);
    setTyped(picked.name);
    onPick(picked);
  }
  function onKeyDown(/** @type {KeyboardEvent} */ event) {
    if (event.key === "Escape") setFound([]);
    if (!found.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setActive((active + step + found.length) % found.length);
    if (event.key === "Enter") pick(found[active]);
    if (step || event.key === "Enter") event.preventDefault();
  }
  async function onHere() {
    try {
      pick({ name: t("place.here"), ...(await whereIAm()) });
    } catch {
      setTrouble(t("place.not_allowed"));
    }
  }
  return html`
    <div class="field place-field">
      <label for=${id}>${label}</label>
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      <div class="row tight">
        <div class="combobox">
          <input
            id=${id} type="text" dir="auto" role="combobox" autocomplete="off" value=${typed}
            placeholder=${placeholder}
            aria-autocomplete="list" aria-expanded=${found.length > 0} aria-controls="${id}-list"
            aria-activedescendant=${found.length ? `${id}-${active}` : undefined}
            aria-describedby=${hint && `${id}-hint`}
            onInput=${onInput} onKeyDown=${onKeyDown} onBlur=${() => setFound([])}
          />
          <ul id="${id}-list" role="listbox" aria-label=${label} hidden=${!found.length}>
            ${found.map((each, index) => html`
              <li
                key=${each.name + each.lat} id="${id}-${index}" role="option" aria-selected=${index === active} dir="auto"
                onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => pick(each)}
              >${each.name}</li>
            `)}
          </ul>
        </div>
        <button type="button" class="button quiet" onClick=${onHere}>
          <${Icon} name="pin" />${t("place.use_mine")}
        </button>
      </div>
      <p class="error" role="status">${trouble}</p>
    </div>
  `;
}
