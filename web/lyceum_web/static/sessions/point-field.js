// @ts-check
/** Where something is: a city by its name, and the exact point on a map or by its coordinates. */
import { Problem } from "../api.js";
import { style } from "../styles.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";
import { Field } from "../parts/form.js";
import { PlaceField } from "../parts/place-field.js";

/** @typedef {import("./session-values.js").Values} Values */

/** @param {{ form: import("../parts/form.js").FormState, values: Values, change: (changes: Values) => void, hint: string }} properties */
export function PointField({ form, values, change, hint }) {
  const [isOpen, setOpen] = useState(false);
  const { place, latitude, longitude } = values;
  const spot = place ? { name: place, lat: Number(latitude), lng: Number(longitude) } : null;
  const hasPoint = latitude !== "" && longitude !== "";
  const error = form.errors.latitude || form.errors.longitude;

  function pick(/** @type {import("../places.js").Spot | null} */ picked) {
    if (picked) change({ place: picked.name, latitude: String(picked.lat), longitude: String(picked.lng) });
    else change({ place: "", latitude: "", longitude: "" });
  }
  function setPoint(/** @type {number} */ lat, /** @type {number} */ lng) {
    change({ latitude: String(lat), longitude: String(lng) });
  }
  return html`
    <div class="point-field">
      <${PlaceField} label=${t("near.where")} spot=${spot} onPick=${pick} hint=${hint} placeholder=${t("point.city")} />
      ${!isOpen && error && html`<p class="error" role="alert">${error}</p>`}
      <details class="fold" onToggle=${(/** @type {Event} */ event) => setOpen(/** @type {HTMLDetailsElement} */ (event.currentTarget).open)}>
        <summary>${t("point.exactly")}</summary>
        ${isOpen && html`<${LateMap} latitude=${hasPoint ? Number(latitude) : null} longitude=${hasPoint ? Number(longitude) : null} onMove=${setPoint} />`}
        <p class="hint">${t("point.hint")}</p>
        <div class="pair">
          <${Coordinate} form=${form} name="latitude" value=${latitude} most="90" />
          <${Coordinate} form=${form} name="longitude" value=${longitude} most="180" />
        </div>
      </details>
    </div>
  `;
}

/** @param {{ form: import("../parts/form.js").FormState, name: string, value: string, most: string }} properties */
function Coordinate({ form, name, value, most }) {
  return html`
    <${Field}
      of=${form} name=${name} label=${t(`point.${name}`)} value=${value} type="number" required=${false}
      min="-${most}" max=${most} step="any" inputmode="decimal" dir="ltr"
    />
  `;
}

/** @param {{ latitude: number | null, longitude: number | null, onMove: (lat: number, lng: number) => void }} properties */
function LateMap(properties) {
  const [PointMap, setMap] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const parts = [import("./point-map.js"), style("./vendor/leaflet.css"), style("./styles/near.css")];
    // Without the map the fields below do the same.
    Promise.all(parts).then(([module]) => setMap(() => /** @type {any} */ (module).PointMap), () => {});
  }, []);
  if (!PointMap) return html`<div class="map point-map"></div>`;
  return html`<${PointMap} ...${properties} />`;
}

/** A place is picked, not typed: say so where it is picked. @param {Record<string, string>} values @param {HTMLFormElement} form */
export function requirePoint({ latitude, longitude }, form) {
  if (latitude !== "" && longitude !== "") return;
  const field = form.querySelector("[role=combobox]");
  if (field instanceof HTMLElement) field.focus();
  throw new Problem(422, { code: "invalid", errors: [{ pointer: "/latitude", detail: "Missing data for required field." }] });
}
