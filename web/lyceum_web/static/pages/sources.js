// @ts-check
/** Where what the pages show is from, and under which licences. */
import { get } from "../api.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { settings } from "../settings.js";
import { html } from "../vendor/ui.js";
import { say, t } from "../words.js";

/** @typedef {{ packages: { name: string, version: string, license: string }[] }} Vendored a file of others */

const VENDOR = new URL("../vendor/", import.meta.url).pathname;
const GEONAMES = html`<a href="https://www.geonames.org/" lang="en">GeoNames</a>`;
const CC_BY = html`<a href="https://creativecommons.org/licenses/by/4.0/" lang="en">CC BY 4.0</a>`;
const NATURAL_EARTH = html`<a href="https://www.naturalearthdata.com/" lang="en">Natural Earth</a>`;

export default function Sources() {
  const versions = useLoaded((signal) => get("/api/texts/versions", { query: { limit: 100 }, signal }), []);
  const vendored = useLoaded((signal) => fetch(`${VENDOR}VENDOR.json`, { signal }).then((answer) => answer.json()), []);
  const platform = useLoaded(settings, []);
  const tiles = platform.value?.tiles;
  return html`
    <div class="narrow stack">
      <${Title} of=${t("sources.title")} />
      <h2>${t("sources.texts")}</h2>
      <${Loaded} of=${versions}>
        ${(/** @type {{ items: Schemas["TextVersion"][] }} */ { items }) => html`
          <ul class="stack tight">${items.map((version) => html`<li key=${version.id}><${Text} of=${version} /></li>`)}</ul>
        `}
      <//>
      <h2>${t("sources.places")}</h2>
      <p>${say("sources.geonames", { source: GEONAMES, licence: CC_BY })}</p>
      <h2>${t("sources.maps")}</h2>
      <p>${say("sources.land", { source: NATURAL_EARTH })}</p>
      ${tiles && html`<p>${say("sources.tiles", { source: html`<bdi>${wordsOf(tiles.attribution)}</bdi>` })}</p>`}
      <h2>${t("sources.programs")}</h2>
      <p>${t("sources.programs_why")}</p>
      <${Loaded} of=${vendored}>
        ${(/** @type {Vendored[]} */ files) => html`
          <ul class="stack tight" dir="ltr">${packagesIn(files).map((each) => html`<li key=${each.name}><${Package} of=${each} /></li>`)}</ul>
        `}
      <//>
    </div>
  `;
}

/** @param {{ of: Schemas["TextVersion"] }} properties */
function Text({ of: { title, attribution, licence, source } }) {
  const isAddress = /^https?:\/\//.test(source);
  return html`
    <b><bdi>${isAddress ? html`<a href=${source}>${title}</a>` : title}</bdi></b>: <bdi>${attribution}</bdi> (<bdi>${licence}</bdi>)
  `;
}

/** What an operator says of a map may have links in it. @param {string} attribution */
const wordsOf = (attribution) => new DOMParser().parseFromString(attribution, "text/html").body.textContent || "";

/** @param {{ of: Vendored["packages"][0] }} properties */
function Package({ of: { name, version, license } }) {
  const file = `${name.split("/").at(-1)?.replace(/-core$/, "")}.txt`;
  return html`<span lang="en">${name} ${version}, <a href="${VENDOR}licences/${file}" target="_blank" aria-label="${name}: ${license}">${license}</a></span>`;
}

/** Each once, though several files may be made of it. @param {Vendored[]} files */
function packagesIn(files) {
  return [...new Map(files.flatMap(({ packages }) => packages).map((each) => [each.name, each])).values()];
}
