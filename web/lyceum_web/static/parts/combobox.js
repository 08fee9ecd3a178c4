// @ts-check
/**
 * A field that proposes things while one types. A combobox as https://www.w3.org/WAI/ARIA/apg/patterns/combobox
 * describes it.
 */
import { html, useEffect, useRef, useState } from "../vendor/ui.js";

/**
 * @template T
 * @param {{ id: string, label: string, value: string, find: (typed: string) => Promise<T[]>,
 *   words: (thing: T) => string, onPick: (thing: T | null) => void, onTyped?: () => void,
 *   [attribute: string]: unknown }} properties
 * `value` is what was picked, as words. What is not named here goes to the input itself.
 */
export function Combobox({ id, label, value, find, words, onPick, onTyped, ...attributes }) {
  const [typed, setTyped] = useState(value);
  const [found, setFound] = useState(/** @type {T[]} */ ([]));
  const [active, setActive] = useState(0);
  // Whether what is proposed is for something typed before; and whether Enter has asked for the first of what comes.
  const isLate = useRef(false);
  const isWanted = useRef(false);
  useEffect(() => setTyped(value), [value]);

  async function onInput(/** @type {InputEvent} */ event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const asked = field.value;
    setTyped(asked);
    onTyped?.();
    isLate.current = true;
    isWanted.current = false;
    if (!asked) onPick(null);
    // What cannot be asked for proposes nothing; it can be typed again.
    const proposed = await find(asked).catch(() => []);
    // What was typed meanwhile has an answer of its own.
    if (field.value !== asked) return;
    isLate.current = false;
    if (isWanted.current && proposed.length) return pick(proposed[0]);
    setFound(proposed);
    setActive(0);
  }
  function pick(/** @type {T} */ picked) {
    setFound([]);
    setTyped(words(picked));
    onPick(picked);
  }
  function onKeyDown(/** @type {KeyboardEvent} */ event) {
    if (event.key === "Escape" && found.length) {
      setFound([]);
      event.preventDefault();
    }
    if (event.key === "Enter" && isLate.current) {
      isWanted.current = true;
      event.preventDefault();
      return;
    }
    if (!found.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setActive((active + step + found.length) % found.length);
    if (event.key === "Enter") pick(found[active]);
    if (step || event.key === "Enter") event.preventDefault();
  }
  return html`
    <div class="combobox">
      <input
        id=${id} type="text" dir="auto" role="combobox" autocomplete="off" value=${typed}
        aria-autocomplete="list" aria-expanded=${found.length > 0} aria-controls="${id}-list"
        aria-activedescendant=${found.length ? `${id}-${active}` : undefined}
        onInput=${onInput} onKeyDown=${onKeyDown} onBlur=${() => setFound([])}
        ...${attributes}
      />
      <ul id="${id}-list" role="listbox" aria-label=${label} hidden=${!found.length}>
        ${found.map((each, index) => html`
          <li
            key=${index} id="${id}-${index}" role="option" aria-selected=${index === active} dir="auto"
            onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => pick(each)}
          >${words(each)}</li>
        `)}
      </ul>
    </div>
  `;
}
