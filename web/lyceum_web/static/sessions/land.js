// @ts-check
/**
 * The land as a flat map has it. On the globe a coast goes on across the 180th meridian; on a map that would be a line
 * from one edge to the other. So it goes on beyond the edge, and is drawn at the other edge as well.
 */

/** @typedef {[longitude: number, latitude: number]} Point in degrees */
/** @typedef {Point[][]} Polygon its outer ring, and those of its holes */

const POLE = -90;

/** @param {{ features: { geometry: { coordinates: Polygon[] } }[] }} land its multipolygons @returns {object} GeoJSON */
export function flat(land) {
  const polygons = land.features.flatMap(({ geometry }) => geometry.coordinates).map((rings) => rings.map(unrolled));
  return { type: "MultiPolygon", coordinates: polygons.flatMap(atBothEdges) };
}

/** A ring whose neighbours are never more than half the globe apart. @param {Point[]} ring @returns {Point[]} */
function unrolled(ring) {
  /** @type {Point[]} */
  const points = [];
  let turns = 0;
  for (const [longitude, latitude] of ring) {
    const before = points.at(-1)?.[0] ?? longitude;
    turns += Math.round((before - longitude - turns * 360) / 360);
    points.push([longitude + turns * 360, latitude]);
  }
  // A ring that goes round the globe has the pole within: there is land at the southern one.
  if (turns) points.push([points[points.length - 1][0], POLE], [points[0][0], POLE]);
  return points;
}

/** @param {Polygon} polygon @returns {Polygon[]} */
function atBothEdges(polygon) {
  const [outer] = polygon;
  const shifts = [0];
  if (outer.some(([longitude]) => longitude > 180)) shifts.push(-360);
  if (outer.some(([longitude]) => longitude < -180)) shifts.push(360);
  return shifts.map((shift) => polygon.map((ring) => ring.map(([longitude, latitude]) => [longitude + shift, latitude])));
}
