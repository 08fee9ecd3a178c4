// @ts-check
/** Who drew how much on a whiteboard, and when: what the picture cannot say in words. */
import { html } from "../vendor/ui.js";
import { number, t } from "../words.js";
import { Person } from "../parts/person.js";
import { When } from "../parts/when.js";

/** @typedef {Schemas["Stroke"]} Stroke */

/** @param {{ strokes: Stroke[] }} properties */
export function BoardPeople({ strokes }) {
  const people = byAuthor(strokes);
  return html`
    <section class="stack">
      <h2>${t("board.who")}</h2>
      ${people.length === 0 && html`<p class="muted">${t("board.empty")}</p>`}
      ${people.length > 0 && html`
        <div class="scrolls">
          <table class="drawn">
            <thead>
              <tr>${["person", "strokes", "first", "last"].map((each) => html`<th scope="col">${t(`board.${each}`)}</th>`)}</tr>
            </thead>
            <tbody>
              ${people.map(({ first, last, count }) => html`
                <tr key=${first.author_id}>
                  <th scope="row"><${Person} id=${first.author_id} name=${first.author_display_name || null} isLink=${false} /></th>
                  <td>${number(count)}</td>
                  <td><${When} at=${first.created_at} /></td>
                  <td><${When} at=${last.created_at} /></td>
                </tr>
              `)}
            </tbody>
          </table>
        </div>
      `}
    </section>
  `;
}

/** @param {Stroke[]} strokes */
function byAuthor(strokes) {
  /** @type {Map<string, { first: Stroke, last: Stroke, count: number }>} */
  const people = new Map();
  for (const stroke of strokes) {
    const known = people.get(stroke.author_id);
    if (known) Object.assign(known, { last: stroke, count: known.count + 1 });
    else people.set(stroke.author_id, { first: stroke, last: stroke, count: 1 });
  }
  return [...people.values()];
}
