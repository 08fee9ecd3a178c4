// @ts-check
/** The whiteboards of an enrolment, on which tutor and student draw together. */
import { get, post } from "../api.js";
import { go } from "../router.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { Action } from "../parts/action.js";
import { useLoaded } from "../parts/loading.js";
import { roleIn } from "./people.js";

/** @param {{ enrollment: Schemas["Enrollment"] }} properties */
export function Boards({ enrollment }) {
  const query = { enrolled_courses_id: enrollment.id, limit: 20 };
  const boards = useLoaded((signal) => get("/api/whiteboards", { query, signal }), [enrollment.id]);
  const role = roleIn(enrollment);
  const canDraw = enrollment.status === "active" && (role === "tutor" || role === "student");
  const all = boards.value?.items || [];
  async function create() {
    const { id } = await post("/api/whiteboards", { body: { enrolled_courses_id: enrollment.id } });
    go(`/whiteboards/${id}`);
  }
  if (!all.length && !canDraw) return null;
  return html`
    <section class="stack" aria-labelledby="boards">
      <h2 id="boards">${t("boards.title")}</h2>
      <ul role="list" class="boards">
        ${all.map((each) => html`
          <li key=${each.id} class="row">
            <a href="/whiteboards/${each.id}"><bdi>${each.session_name || t("boards.unnamed")}</bdi></a>
            ${each.closed_at && html`<span class="badge plain">${t("boards.closed")}</span>`}
          </li>
        `)}
      </ul>
      ${canDraw && html`<div class="row"><${Action} work=${create} kind="quiet">${t("boards.create")}<//></div>`}
    </section>
  `;
}
