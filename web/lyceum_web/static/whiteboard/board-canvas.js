// @ts-check
/**
 * The area one draws on, with mouse, pen, finger or keys. What the platform has is drawn once on a canvas below;
 * what is new lies on one above it, until the platform has it, too.
 */
import { clear, draw, MOST_POINTS, SIZE } from "./board.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { useKeys } from "./board-keys.js";

const NEAR = 3; // units of the board: a point so near to the last says nothing more

/** @typedef {import("./board.js").Line} Line */
/** @typedef {import("./board.js").Point} Point */
/**
 * @typedef {object} Properties
 * @property {Schemas["Stroke"][]} done what the platform has; it only grows
 * @property {{ operation: Line }[]} own
 * @property {Omit<Line, "points">} pen
 * @property {boolean} mayDraw
 * @property {(line: Line) => void} onLine
 */

/** @param {Properties} properties */
export function BoardCanvas({ done, own, pen, mayDraw, onLine }) {
  const below = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const above = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const drawn = useRef(0);
  const line = useRef(/** @type {Point[]} */ ([]));
  const [scale, setScale] = useState(0);

  useEffect(() => {
    const element = /** @type {HTMLCanvasElement} */ (below.current);
    const observer = new ResizeObserver(() => setScale((element.clientWidth * devicePixelRatio) / SIZE.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    for (const element of [below.current, above.current]) {
      if (!element) continue;
      element.width = Math.round(SIZE.width * scale);
      element.height = Math.round(SIZE.height * scale);
      contextOf(element).setTransform(scale, 0, 0, scale, 0, 0);
    }
    drawn.current = 0;
  }, [scale]);
  useLayoutEffect(() => {
    const canvas = contextOf(below.current);
    for (const { operation } of done.slice(drawn.current)) draw(canvas, operation);
    drawn.current = done.length;
    paint();
  });

  /** All that lies above. */
  function paint() {
    const canvas = contextOf(above.current);
    clear(canvas);
    for (const { operation } of own) draw(canvas, operation);
    draw(canvas, { ...pen, points: line.current });
    keys.paint(canvas);
  }
  function extend(/** @type {Point} */ point) {
    const points = line.current;
    const last = points[points.length - 1];
    if (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return;
    points.push(point);
    if (points.length < MOST_POINTS) return;
    finish();
    line.current = [point];
  }
  function finish() {
    const points = line.current;
    line.current = [];
    if (points.length) onLine({ ...pen, points });
  }
  const keys = useKeys({ mayDraw, extend, finish, paint });

  function pointOf(/** @type {PointerEvent} */ event) {
    const box = /** @type {HTMLElement} */ (above.current).getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * SIZE.width;
    const y = ((event.clientY - box.top) / box.height) * SIZE.height;
    return /** @type {Point} */ ([Math.round(x), Math.round(y)]);
  }
  function onPointerDown(/** @type {PointerEvent} */ event) {
    if (!mayDraw || !event.isPrimary || event.button !== 0) return;
    /** @type {Element} */ (event.target).setPointerCapture(event.pointerId);
    keys.lift();
    line.current = [pointOf(event)];
    paint();
  }
  function onPointerMove(/** @type {PointerEvent} */ event) {
    if (!line.current.length || !event.isPrimary || keys.isDown) return;
    const moves = event.getCoalescedEvents?.() || [];
    for (const each of moves.length ? moves : [event]) extend(pointOf(each));
    paint();
  }
  function onPointerUp(/** @type {PointerEvent} */ event) {
    if (!event.isPrimary || keys.isDown) return;
    finish();
    paint();
  }
  return html`
    <div
      class="board ${mayDraw ? "open" : ""}" role=${mayDraw ? "application" : "img"} tabindex=${mayDraw ? 0 : undefined}
      aria-label=${t("board.area")} aria-describedby=${mayDraw ? "board-keys" : undefined}
      onPointerDown=${onPointerDown} onPointerMove=${onPointerMove} onPointerUp=${onPointerUp} onPointerCancel=${onPointerUp}
      onKeyDown=${keys.onKeyDown} onBlur=${keys.onBlur} onFocus=${keys.onFocus}
    >
      <canvas ref=${below}></canvas>
      <canvas ref=${above}></canvas>
    </div>
    <p class="for-readers" role="status">${keys.said}</p>
  `;
}

/** @param {HTMLCanvasElement | null} element */
function contextOf(element) {
  return /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (element).getContext("2d"));
}
