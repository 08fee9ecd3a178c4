// @ts-check
/** What a havruta has studied, the newest first. */
import { duration } from "../time.js";
import { html } from "../vendor/ui.js";
import { listed, t } from "../words.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { Ref } from "./reference-field.js";
import { When } from "../parts/when.js";

/** @param {{ id: string, changes: number }} properties */
export function HavrutaHistory({ id, changes }) {
  const history = usePages("/api/havrutas/{havruta_id}/history", { params: { havruta_id: id }, query: { limit: 5 } }, [id, changes]);
  return html`
    <section class="stack">
      <h2>${t("history.title")}</h2>
      <${Loaded} of=${history}>
        ${(/** @type {Schemas["CompletedHavrutaSessionPage"]} */ { items }) => html`
          ${items.length === 0 && html`<p class="muted">${t("history.none")}</p>`}
          <ol role="list" class="history">
            ${items.map((each) => html`<li key=${each.id}><${Studied} session=${each} /></li>`)}
          </ol>
          <${More} of=${history} />
        `}
      <//>
    </section>
  `;
}

/** @param {{ session: Schemas["CompletedHavrutaSession"] }} properties */
function Studied({ session }) {
  const { id, coverage_range: range, starts_at: at, minutes, attended_by: people = [] } = session;
  const names = people.map(({ display_name: name }) => name || t("person.unknown"));
  return html`
    <h3><a href="/havruta-sessions/${id}">${range ? html`<${Ref} of=${range} />` : t("history.nothing")}</a></h3>
    <p class="muted small"><${When} at=${at} />${minutes ? ` · ${duration(minutes)}` : ""}</p>
    ${names.length > 0 && html`<p class="small"><bdi>${listed(names)}</bdi></p>`}
  `;
}
