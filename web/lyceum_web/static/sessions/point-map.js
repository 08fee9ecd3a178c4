// @ts-check
/** A map that is moved under a pin, to say where something is: by touch, mouse, or the arrow keys. */
import { html, useEffect, useRef } from "../vendor/ui.js";
import * as L from "../vendor/leaflet.js";
import { t } from "../words.js";
import { drawGround } from "./map.js";

const WORLD = { lat: 25, lng: 15, zoom: 2 };
const NEAR = 12;
const METRE = 5; // decimals of a degree that tell some metres apart

/** @param {{ latitude: number | null, longitude: number | null, onMove: (lat: number, lng: number) => void }} properties */
export function PointMap({ latitude, longitude, onMove }) {
  const element = useRef(/** @type {HTMLDivElement | null} */ (null));
  const map = useRef(/** @type {any} */ (null));
  const latest = useRef(onMove);
  const shown = useRef("");
  latest.current = onMove;

  useEffect(() => {
    // Closer at the pin: what it stands on stays under it.
    const atPin = { scrollWheelZoom: "center", touchZoom: "center", doubleClickZoom: "center" };
    const made = (map.current = L.map(element.current, { minZoom: 2, maxZoom: 18, ...atPin }));
    made.attributionControl.setPrefix(false);
    made.setView([WORLD.lat, WORLD.lng], WORLD.zoom);
    drawGround(made).catch(() => {}); // its ground may be away, or the map may be gone
    made.on("moveend", () => {
      const centre = made.getCenter().wrap();
      const point = [centre.lat.toFixed(METRE), centre.lng.toFixed(METRE)];
      if (!shown.current || point.join() === shown.current) return;
      shown.current = point.join();
      latest.current(Number(point[0]), Number(point[1]));
    });
    return () => made.remove();
  }, []);

  useEffect(() => {
    if (latitude === null || longitude === null) return;
    const point = [latitude.toFixed(METRE), longitude.toFixed(METRE)].join();
    if (point === shown.current) return;
    const zoom = shown.current ? map.current.getZoom() : NEAR;
    shown.current = point;
    map.current.setView([latitude, longitude], Math.max(zoom, NEAR), { animate: false });
  }, [latitude, longitude]);

  return html`
    <div class="point-map-frame">
      <div class="map point-map" ref=${element} role="application" aria-label=${t("point.map")}></div>
      <span class="point-pin" aria-hidden="true"></span>
    </div>
  `;
}
