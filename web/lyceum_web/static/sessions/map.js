// @ts-check
/** A map next to a list: the land from a file, streets only if the platform has set a server of tiles. */
import { get } from "../api.js";
import { settings } from "../settings.js";
import { flat } from "./land.js";
import { go } from "../router.js";
import { html, useEffect, useRef } from "../vendor/ui.js";
import { t } from "../words.js";
import * as L from "../vendor/leaflet.js";

const WORLD = { lat: 25, lng: 15, zoom: 2 };
const NEAR = 11; // the zoom at which a city fills the map

/** @typedef {{ id: string, title: string, latitude: number, longitude: number }} Thing */

/**
 * @param {{ things: Thing[], spot: { lat: number, lng: number } | null, onArea: (bbox: string) => void }} properties
 * `onArea` is called when the person has moved the map, with west, south, east, north in degrees
 */
export function SessionMap({ things, spot, onArea }) {
  const element = useRef(/** @type {HTMLDivElement | null} */ (null));
  const state = useRef(/** @type {{ map: any, pins: any } | null} */ (null));
  const latest = useRef(onArea);
  const isByPage = useRef(false);
  latest.current = onArea;

  useEffect(() => {
    const map = L.map(element.current, { minZoom: 2, maxZoom: 18, worldCopyJump: true, attributionControl: true });
    map.attributionControl.setPrefix(false);
    const pins = L.layerGroup().addTo(map);
    state.current = { map, pins };
    map.setView([WORLD.lat, WORLD.lng], WORLD.zoom);
    drawGround(map).catch(() => {}); // its ground may be away, or the map may be gone
    let size = map.getSize();
    map.on("moveend", () => {
      // A map that only changes its size was not moved by anyone.
      const isMoved = !isByPage.current && size.equals(map.getSize());
      size = map.getSize();
      if (isMoved) latest.current(boxOf(map));
      drawClusters(map, pins);
    });
    return () => map.remove();
  }, []);

  useEffect(() => {
    const { map, pins } = /** @type {{ map: any, pins: any }} */ (state.current);
    map.numbers = new Map(things.map(({ id }, index) => [id, index + 1]));
    if (!spot) {
      drawClusters(map, pins);
      return;
    }
    isByPage.current = true;
    map.setView([spot.lat, spot.lng], NEAR, { animate: false });
    isByPage.current = false;
  }, [things, spot?.lat, spot?.lng]);

  return html`<div class="map" ref=${element} role="region" aria-label=${t("map.label")}></div>`;
}

/** @param {any} map */
function boxOf(map) {
  const bounds = map.getBounds();
  const within = (/** @type {number} */ degrees, /** @type {number} */ most) => Math.max(-most, Math.min(most, degrees));
  const sides = [
    within(bounds.getWest(), 180), within(bounds.getSouth(), 90), within(bounds.getEast(), 180), within(bounds.getNorth(), 90),
  ];
  return sides.map((degrees) => degrees.toFixed(4)).join(",");
}

/** @param {any} map */
export async function drawGround(map) {
  const { tiles } = await settings();
  if (tiles) {
    L.tileLayer(tiles.url, { attribution: tiles.attribution, maxZoom: 19, referrerPolicy: "strict-origin" }).addTo(map);
    return;
  }
  const [{ feature }, response] = await Promise.all([
    import("../vendor/topojson.js"),
    fetch(new URL("../vendor/land-50m.json", import.meta.url)),
  ]);
  const world = await response.json();
  const options = { interactive: false, className: "land" };
  L.geoJSON(flat(feature(world, world.objects.land)), { style: options, attribution: "Natural Earth" }).addTo(map).bringToBack();
}

/** Show what is in the area, with the numbers of the list; where there is much, how much. @param {any} map @param {any} pins */
async function drawClusters(map, pins) {
  const zoom = Math.round(map.getZoom());
  let found;
  try {
    found = await get("/api/study-sessions/clusters", { query: { bbox: boxOf(map), zoom, series: "next" } });
  } catch {
    return;
  }
  pins.clearLayers();
  for (const { latitude, longitude, count, more } of found.clusters) {
    const shown = more ? `${count}+` : `${count}`;
    const marker = pin(shown, t("map.cluster", { count }), [latitude, longitude], "many");
    marker.on("click", () => map.setView([latitude, longitude], Math.min(zoom + 3, 18)));
    pins.addLayer(marker);
  }
  for (const together of atOnePlace(found.sessions)) pins.addLayer(sessionPin(map, together));
}

/** @param {any} map @param {Thing[]} together */
function sessionPin(map, together) {
  const numbers = together.map(({ id }) => map.numbers?.get(id)).filter(Boolean).sort((a, b) => a - b);
  const [first] = together;
  const shown = numbers.length ? numbers.slice(0, 2).join("·") : "";
  const name = together.map(({ title }) => title).join(", ");
  const marker = pin(shown, name, [first.latitude, first.longitude], numbers.length ? "listed" : "");
  marker.on("click", () => {
    const item = document.getElementById(`session-${first.id}`);
    if (item) item.querySelector("a")?.focus();
    else go(`/study-sessions/${first.id}`);
  });
  return marker;
}

/** @param {Thing[]} things */
function atOnePlace(things) {
  /** @type {Map<string, Thing[]>} */
  const places = new Map();
  for (const thing of things) {
    const name = `${thing.latitude},${thing.longitude}`;
    places.set(name, [...(places.get(name) || []), thing]);
  }
  return places.values();
}

/** @param {string} shown @param {string} name @param {[number, number]} at @param {string} kind */
function pin(shown, name, at, kind) {
  const icon = L.divIcon({ className: `pin ${kind}`, html: shown, iconSize: [44, 44] });
  const marker = L.marker(at, { icon, keyboard: true, alt: "" });
  marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", name);
    element.title = name;
  });
  return marker;
}
