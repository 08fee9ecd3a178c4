// @ts-check
/** Study sessions near a place: the list is the page, and the map goes with it. */
import { FIRST, RADIUS } from "../early.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { PlaceField } from "../parts/place-field.js";
import { SessionCard } from "../sessions/session-card.js";
import { Title } from "../parts/title.js";
import { keepPlace, lastPlace } from "../places.js";
import { note, place } from "../router.js";
import { account } from "../sign-in.js";
import { style } from "../styles.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { number, t } from "../words.js";

const RADII = [2, 5, 10, 25, 50, 100]; // kilometres
const WIDE = "(min-width: 60rem)";

/** What is looked for, out of the address of the page. */
function looked() {
  const { query } = place.value;
  const lat = Number(query.get("lat"));
  const lng = Number(query.get("lng"));
  const named = query.has("lat") ? { name: query.get("place") || `${lat}, ${lng}`, lat, lng } : null;
  return {
    spot: named || (query.size ? null : lastPlace()),
    radius: Number(query.get("radius")) || RADIUS,
    bbox: query.get("bbox") || "",
    q: query.get("q") || "",
    mode: query.get("mode") || "",
    type: query.get("type") || "",
    space: query.get("space") === "1",
  };
}

export default function Near() {
  const [wish, setWish] = useState(looked);
  const [isMapShown, setMapShown] = useState(() => matchMedia(WIDE).matches);
  const sessions = usePages("/api/study-sessions", { query: queryOf(wish) }, [JSON.stringify(wish)]);

  function change(/** @type {Partial<typeof wish>} */ changes) {
    const next = { ...wish, ...changes };
    setWish(next);
    note(addressOf(next));
  }
  function pick(/** @type {import("../places.js").Spot | null} */ spot) {
    keepPlace(spot);
    change({ spot, bbox: "" });
  }
  return html`
    <div class="stack">
      <div class="row apart">
        <${Title} of=${t("near.title")} />
        ${account.value && html`
          <p class="row">
            <a class="button quiet" href="/study-sessions">${t("mine.title")}</a>
            <a class="button" href="/study-sessions/new">${t("near.host")}</a>
          </p>
        `}
      </div>
      <search class="near-search">
        <${PlaceField} label=${t("near.where")} spot=${wish.spot} onPick=${pick} />
        <${Filters} wish=${wish} change=${change} />
      </search>
      <div class="near ${isMapShown ? "" : "no-map"}">
        <section aria-label=${t("near.list")} class="stack">
          <${Loaded} of=${sessions}>
            ${(/** @type {any} */ page) => html`
              <div class="row apart">
                <p role="status">${sessions.isStale ? t("loading") : found(page, wish)}</p>
                <button class="button quiet map-switch" aria-pressed=${isMapShown} onClick=${() => setMapShown(!isMapShown)}>
                  ${t("near.map")}
                </button>
              </div>
              ${page.items.length === 0 && html`<${Nothing} wish=${wish} change=${change} />`}
              <ol role="list" class="stack">
                ${page.items.map((/** @type {any} */ each, /** @type {number} */ index) => html`
                  <li key=${each.id} id="session-${each.id}"><${SessionCard} session=${each} index=${index + 1} /></li>
                `)}
              </ol>
              <${More} of=${sessions} />
            `}
          <//>
        </section>
        ${isMapShown && html`<${LateMap} page=${sessions.value} wish=${wish} change=${change} />`}
      </div>
    </div>
  `;
}

/** The map comes when the list is there: it must not hold that up. @param {{ page: any, wish: any, change: (changes: any) => void }} properties */
function LateMap({ page, wish, change }) {
  const [SessionMap, setMap] = useState(/** @type {any} */ (null));
  const isReady = Boolean(page);
  useEffect(() => {
    if (!isReady || SessionMap) return;
    // Without the map the page is as it was.
    loadMap().then(setMap, () => {});
  }, [isReady]);
  if (!SessionMap) return html`<div class="map"></div>`;
  const onArea = (/** @type {string} */ bbox) => change({ bbox });
  return html`<${SessionMap} things=${page?.items || []} spot=${wish.bbox ? null : wish.spot} onArea=${onArea} />`;
}

async function loadMap() {
  const [module] = await Promise.all([import("../sessions/map.js"), style("./vendor/leaflet.css")]);
  return () => module.SessionMap;
}

/** @param {{ wish: any, change: (changes: any) => void }} properties */
function Filters({ wish, change }) {
  /** @param {string} name */
  const chosen = (name) => (/** @type {Event} */ event) =>
    change({ [name]: /** @type {HTMLSelectElement} */ (event.target).value });
  return html`
    <details class="fold" open=${matchMedia(WIDE).matches}>
      <summary>${t("near.filters")}</summary>
      <div class="filters">
        <label class="field"><span>${t("near.words")}</span>
          <input type="search" dir="auto" maxlength="100" value=${wish.q} onChange=${chosen("q")} />
        </label>
        ${wish.spot && html`
          <label class="field"><span>${t("near.radius")}</span>
            <select value=${wish.radius} onChange=${chosen("radius")}>
              ${RADII.map((km) => html`<option value=${km}>${number(km, { style: "unit", unit: "kilometer" })}</option>`)}
            </select>
          </label>
        `}
        <label class="field"><span>${t("near.mode")}</span>
          <select value=${wish.mode} onChange=${chosen("mode")}>
            <option value="">${t("near.any")}</option>
            ${["in-person", "online", "hybrid"].map((mode) => html`<option value=${mode}>${t(`mode.${mode}`)}</option>`)}
          </select>
        </label>
        <label class="field"><span>${t("near.type")}</span>
          <select value=${wish.type} onChange=${chosen("type")}>
            <option value="">${t("near.any")}</option>
            ${["discussion", "silent", "exam-prep"].map((type) => html`<option value=${type}>${t(`type.${type}`)}</option>`)}
          </select>
        </label>
        <label class="tick"><input
          type="checkbox" checked=${wish.space} onChange=${() => change({ space: !wish.space })}
        /><span>${t("near.space")}</span></label>
      </div>
    </details>
  `;
}

/** @param {{ wish: any, change: (changes: any) => void }} properties */
function Nothing({ wish, change }) {
  const isNarrow = wish.spot || wish.bbox;
  return html`
    <div class="empty stack">
      <p>${t("near.none")}</p>
      ${isNarrow && html`
        <p><button class="button quiet" onClick=${() => change({ spot: null, bbox: "" })}>${t("near.look_everywhere")}</button></p>
      `}
    </div>
  `;
}

/** @param {any} page @param {any} wish */
function found(page, wish) {
  const count = page.items.length;
  const key = page.next ? "near.first" : "near.found";
  if (wish.bbox) return t(`${key}_in_area`, { count });
  if (wish.spot) return t(`${key}_near`, { count, place: wish.spot.name });
  return t(key, { count });
}

/** @param {any} wish */
function queryOf({ spot, radius, bbox, q, mode, type, space }) {
  const near = spot && !bbox ? { lat: spot.lat, lng: spot.lng, radius_km: radius } : {};
  return { ...near, bbox, q, mode, session_type: type, has_space: space || "", series: space ? "" : "next", limit: FIRST };
}

/** @param {any} wish */
function addressOf({ spot, radius, bbox, q, mode, type, space }) {
  const near = spot ? { place: spot.name, lat: spot.lat, lng: spot.lng, radius } : {};
  return { ...near, bbox, q, mode, type, space: space ? 1 : "" };
}
