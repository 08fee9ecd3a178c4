// @ts-check
/** What is drawn on a whiteboard: lines in the measure of the board, whatever the size of the window. */

export const SIZE = { width: 1600, height: 1000 };
export const COLOURS = { ink: "#1f2430", blue: "#1f5fae", red: "#b3261e", green: "#2c7a3a" };
export const WIDTHS = { fine: 3, medium: 7, broad: 18 };
/** Of one line that is sent: a longer one goes on in the next, so that others see it grow. */
export const MOST_POINTS = 160;
const PAPER = "#fffefa";
const ERASER = 5; // times the width of a pen

/** @typedef {[number, number]} Point */
/**
 * @typedef {object} Line
 * @property {"pen" | "eraser"} tool
 * @property {keyof typeof COLOURS} colour
 * @property {keyof typeof WIDTHS} width
 * @property {Point[]} points
 */

/** Draw a line. Other clients may have sent what this one does not know: it is passed over. @param {CanvasRenderingContext2D} canvas @param {any} line */
export function draw(canvas, line) {
  const points = pointsOf(line);
  if (!points.length) return;
  const width = WIDTHS[/** @type {Line} */ (line).width] || WIDTHS.medium;
  const isEraser = line.tool === "eraser";
  canvas.strokeStyle = isEraser ? PAPER : COLOURS[/** @type {Line} */ (line).colour] || COLOURS.ink;
  canvas.lineWidth = isEraser ? width * ERASER : width;
  canvas.lineCap = "round";
  canvas.lineJoin = "round";
  canvas.beginPath();
  trace(canvas, points);
  canvas.stroke();
}

/** A smooth way through the middles between the points. @param {CanvasRenderingContext2D} canvas @param {Point[]} points */
function trace(canvas, points) {
  const [first] = points;
  const last = points[points.length - 1];
  canvas.moveTo(...first);
  for (let index = 1; index < points.length - 1; index += 1) {
    const [x, y] = points[index];
    const [nextX, nextY] = points[index + 1];
    canvas.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  canvas.lineTo(...last);
}

/** @param {any} line @returns {Point[]} */
function pointsOf(line) {
  const points = Array.isArray(line?.points) ? line.points : [];
  return points.filter((/** @type {any} */ point) => Array.isArray(point) && point.slice(0, 2).every(Number.isFinite));
}

/** @param {CanvasRenderingContext2D} canvas */
export function clear(canvas) {
  canvas.clearRect(0, 0, SIZE.width, SIZE.height);
}
