// @ts-check
/** A book: its chapters or folios. */
import { get } from "../api.js";
import { Loaded, useLoaded } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { html } from "../vendor/ui.js";
import { language, t } from "../words.js";

/** @param {{ book: string }} properties */
export default function Text({ book }) {
  const text = useLoaded((signal) => get("/api/texts/{book}", { params: { book }, signal }), [book]);
  return html`
    <div class="narrow stack wide">
      <p><a href="/texts">${t("texts.title")}</a></p>
      <${Loaded} of=${text}>${(/** @type {Schemas["TextWithSections"]} */ found) => html`<${Sections} of=${found} />`}<//>
    </div>
  `;
}

/** @param {{ of: Schemas["TextWithSections"] }} properties */
function Sections({ of: { slug, name, hebrew_name: hebrew, edition, contents, collection } }) {
  const isHebrew = language.value === "he";
  return html`
    <${Title} of=${isHebrew ? hebrew : name} />
    <p class="other-name"><bdi>${isHebrew ? name : hebrew}</bdi></p>
    <h2>${t(collection === "talmud" ? "texts.folios" : "texts.chapters")}</h2>
    <ul role="list" class="sections">
      ${contents.map(({ number }) => html`<li key=${number}><a class="button quiet" href="/texts/${slug}/sections/${number}">${number}</a></li>`)}
    </ul>
    <p class="muted small">${t("texts.edition")} <bdi>${edition}</bdi></p>
  `;
}
