// @ts-check
/** A list that is put in order: by its buttons, or by dragging. Where a thing has gone is said to screen readers. */
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Icon } from "../parts/icon.js";

/**
 * @param {{ keys: string[], nameOf: (key: string) => string, onOrder: (keys: string[]) => void }} properties
 */
export function Sortable({ keys, nameOf, onOrder }) {
  const [said, setSaid] = useState("");
  const dragged = useRef(/** @type {string | null} */ (null));

  function move(/** @type {string} */ key, /** @type {number} */ to) {
    if (to < 0 || to >= keys.length) return;
    onOrder(moved(keys, keys.indexOf(key), to));
    setSaid(t("sortable.moved", { name: nameOf(key), place: to + 1, count: keys.length }));
  }
  return html`
    <ol role="list" class="sortable">
      ${keys.map((key, index) => html`
        <li
          key=${key} draggable="true"
          onDragStart=${() => { dragged.current = key; }}
          onDragOver=${(/** @type {DragEvent} */ event) => dragged.current && event.preventDefault()}
          onDrop=${(/** @type {DragEvent} */ event) => {
            event.preventDefault();
            if (dragged.current) move(dragged.current, index);
            dragged.current = null;
          }}
        >
          <span class="place">${number(index + 1)}</span>
          <bdi class="name">${nameOf(key)}</bdi>
          <${Moves} index=${index} count=${keys.length} name=${nameOf(key)} move=${(/** @type {number} */ to) => move(key, to)} />
        </li>
      `)}
    </ol>
    <p class="for-readers" role="status">${said}</p>
  `;
}

/**
 * Buttons that move something up and down; they keep the focus when it has gone as far as it can.
 * @param {{ index: number, count: number, name: string, move: (to: number) => void }} properties
 */
export function Moves({ index, count, name, move }) {
  const pressed = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    pressed.current?.focus();
    pressed.current = null;
  }, [index]);
  function press(/** @type {Event} */ event, /** @type {number} */ to) {
    if (to < 0 || to >= count) return;
    pressed.current = /** @type {HTMLElement} */ (event.currentTarget);
    move(to);
  }
  return html`
    <span class="moves">
      <button
        type="button" class="icon-button" aria-label=${t("sortable.up", { name })} aria-disabled=${index === 0}
        onClick=${(/** @type {Event} */ event) => press(event, index - 1)}
      ><${Icon} name="up" /></button>
      <button
        type="button" class="icon-button" aria-label=${t("sortable.down", { name })} aria-disabled=${index === count - 1}
        onClick=${(/** @type {Event} */ event) => press(event, index + 1)}
      ><${Icon} name="down" /></button>
    </span>
  `;
}

/** The list with one thing at another place. @template T @param {T[]} list @param {number} from @param {number} to */
export function moved(list, from, to) {
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), list[from], ...rest.slice(to)];
}
