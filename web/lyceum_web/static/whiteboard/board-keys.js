// @ts-check
/** Drawing with keys: arrows move a cursor, Shift makes its steps small, Space puts the pen down and lifts it. */
import { SIZE } from "./board.js";
import { useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";

const STEP = 40; // units of the board
const SMALL_STEP = 8;
const ARM = 18; // of the cross that shows where the cursor is
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {import("./board.js").Point} Point */

/** @param {{ mayDraw: boolean, extend: (point: Point) => void, finish: () => void, paint: () => void }} drawing */
export function useKeys({ mayDraw, extend, finish, paint }) {
  const cursor = useRef({ at: /** @type {Point} */ ([SIZE.width / 2, SIZE.height / 2]), isDown: false, isShown: false });
  const [said, setSaid] = useState("");
  const state = cursor.current;

  function onKeyDown(/** @type {KeyboardEvent} */ event) {
    if (!mayDraw) return;
    const way = WAYS[/** @type {keyof typeof WAYS} */ (event.key)];
    if (way) move(way, event.shiftKey ? SMALL_STEP : STEP);
    else if (event.key === " ") toggle();
    else if (event.key === "Escape") lift();
    else return;
    event.preventDefault();
    paint();
  }
  function move(/** @type {number[]} */ [x, y], /** @type {number} */ step) {
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(0, Math.min(most, value));
    state.at = [within(state.at[0] + x * step, SIZE.width), within(state.at[1] + y * step, SIZE.height)];
    state.isShown = true;
    if (state.isDown) extend(state.at);
  }
  function toggle() {
    if (state.isDown) {
      lift();
      return;
    }
    state.isDown = true;
    state.isShown = true;
    extend(state.at);
    setSaid(t("board.pen_down"));
  }
  function lift() {
    if (!state.isDown) return;
    state.isDown = false;
    finish();
    setSaid(t("board.pen_up"));
  }
  function onFocus(/** @type {FocusEvent} */ event) {
    state.isShown = /** @type {Element} */ (event.target).matches(":focus-visible");
    paint();
  }
  function onBlur() {
    lift();
    state.isShown = false;
    paint();
  }
  /** The cursor, dark in light so that it is seen on any line. */
  function paintCursor(/** @type {CanvasRenderingContext2D} */ canvas) {
    if (!state.isShown) return;
    const [x, y] = state.at;
    for (const [colour, width] of /** @type {[string, number][]} */ ([["#ffffff", 7], ["#1f2430", 3]])) {
      canvas.strokeStyle = colour;
      canvas.lineWidth = width;
      canvas.beginPath();
      canvas.moveTo(x - ARM, y);
      canvas.lineTo(x + ARM, y);
      canvas.moveTo(x, y - ARM);
      canvas.lineTo(x, y + ARM);
      if (state.isDown) canvas.arc(x, y, ARM, 0, 2 * Math.PI);
      canvas.stroke();
    }
  }
  return {
    onKeyDown, onFocus, onBlur, lift, paint: paintCursor, said,
    get isDown() {
      return state.isDown;
    },
  };
}
