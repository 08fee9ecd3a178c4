// @ts-check
/** The pens of a whiteboard: colours with their names, widths, and an eraser. */
import { COLOURS, WIDTHS } from "./board.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";

/** @typedef {Omit<import("./board.js").Line, "points">} Pen */

/** @type {Pen} */
export const FIRST_PEN = { tool: "pen", colour: "ink", width: "medium" };

/** @param {{ pen: Pen, choose: (pen: Pen) => void }} properties */
export function Pens({ pen, choose }) {
  const isEraser = pen.tool === "eraser";
  return html`
    <div class="pens">
      <div class="row" role="group" aria-label=${t("board.colour")}>
        ${/** @type {(keyof typeof COLOURS)[]} */ (Object.keys(COLOURS)).map((colour) => html`
          <button
            type="button" class="button quiet pen" aria-pressed=${!isEraser && pen.colour === colour}
            onClick=${() => choose({ ...pen, tool: "pen", colour })}
          ><span class="swatch ${colour}"></span>${t(`board.${colour}`)}</button>
        `)}
        <button
          type="button" class="button quiet pen" aria-pressed=${isEraser} onClick=${() => choose({ ...pen, tool: "eraser" })}
        >${t("board.eraser")}</button>
      </div>
      <div class="row" role="group" aria-label=${t("board.width")}>
        ${/** @type {(keyof typeof WIDTHS)[]} */ (Object.keys(WIDTHS)).map((width) => html`
          <button
            type="button" class="button quiet pen" aria-pressed=${pen.width === width} onClick=${() => choose({ ...pen, width })}
          ><span class="nib ${width}"></span>${t(`board.${width}`)}</button>
        `)}
      </div>
    </div>
  `;
}
