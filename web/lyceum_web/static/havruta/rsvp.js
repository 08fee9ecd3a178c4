// @ts-check
/** Whether the members mean to come to a planned session. */
import { get, put } from "../api.js";
import { account } from "../sign-in.js";
import { html } from "../vendor/ui.js";
import { listed, t } from "../words.js";
import { useAction } from "../parts/action.js";
import { useLoaded } from "../parts/loading.js";
import { Refusal } from "../parts/trouble.js";

const ANSWERS = /** @type {const} */ (["yes", "maybe", "no"]);

/** @typedef {Schemas["HavrutaSessionRsvp"]} Answer */

/** @param {{ id: string }} properties the id of the session */
export function Rsvp({ id }) {
  const params = { session_id: id };
  const answers = useLoaded((signal) => get("/api/havruta-sessions/{session_id}/rsvps", { params, signal }), [id]);
  const say = useAction(async (/** @type {string} */ answer) => {
    await put("/api/havruta-sessions/{session_id}/rsvp", { params, body: { answer } });
    answers.again();
  });
  const items = answers.value?.items || [];
  const own = items.find(({ user_id: person }) => person === account.value?.id)?.answer;
  return html`
    <div class="stack tight">
      <div class="row" role="group" aria-label=${t("rsvp.ask")}>
        ${ANSWERS.map((answer) => html`
          <button
            type="button" class="button quiet" aria-pressed=${own === answer} aria-disabled=${say.isBusy}
            onClick=${() => say.run(answer)}
          >${t(`rsvp.${answer}`)}</button>
        `)}
      </div>
      <${Refusal} problem=${say.problem} />
      <${Others} items=${items.filter(({ user_id: person }) => person !== account.value?.id)} />
    </div>
  `;
}

/** @param {{ items: Answer[] }} properties */
function Others({ items }) {
  const lines = ANSWERS.map((answer) => ({ answer, names: namesOf(items.filter((each) => each.answer === answer)) }));
  return html`
    ${lines.filter(({ names }) => names.length).map(({ answer, names }) => html`
      <p class="small muted">${t(`rsvp.others_${answer}`, { names: listed(names) })}</p>
    `)}
  `;
}

/** @param {Answer[]} items */
const namesOf = (items) => items.map(({ display_name: name }) => name || t("person.unknown"));
