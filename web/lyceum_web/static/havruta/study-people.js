// @ts-check
/** Who is here, who turns the pages, and how that changes. */
import { put } from "../api.js";
import { account } from "../sign-in.js";
import { html } from "../vendor/ui.js";
import { t } from "../words.js";
import { useAction } from "../parts/action.js";
import { Initials } from "../parts/person.js";
import { Refusal } from "../parts/trouble.js";

/** @typedef {Schemas["SessionState"]} State */

/** @param {{ state: State, isOwner: boolean, set: (state: State) => void }} properties */
export function StudyPeople({ state, isOwner, set }) {
  const params = { session_id: state.session_id };
  const isShared = state.mode === "shared";
  const own = account.value?.id;
  const mayHandOver = !isShared && (isOwner || state.navigator_id === own);
  const isOwnerWatching = isOwner && state.present.some(({ user_id: person }) => person === own);
  const handOver = useAction(async (/** @type {string} */ person) => {
    set(await put("/api/havruta-sessions/{session_id}/navigator", { params, body: { user_id: person } }));
  });
  const change = useAction(async () => {
    set(await put("/api/havruta-sessions/{session_id}/mode", { params, body: { mode: isShared ? "navigator" : "shared" } }));
  });
  return html`
    <section class="stack tight present">
      <h2>${t("study.here")}</h2>
      <ul role="list" class="people">
        ${state.present.map(({ user_id: person, display_name: name }) => html`
          <li key=${person} class="row">
            <${Initials} name=${name} />
            <bdi>${name || t("person.unknown")}</bdi>
            ${!isShared && person === state.navigator_id && html`<span class="badge">${t("study.turns")}</span>`}
            ${mayHandOver && person !== state.navigator_id && html`
              <button
                type="button" class="button quiet end" aria-disabled=${handOver.isBusy} onClick=${() => handOver.run(person)}
                aria-label=${person === own ? t("study.take") : t("study.hand_to", { name: name || t("person.unknown") })}
              >${person === own ? t("study.take") : t("study.hand")}</button>
            `}
          </li>
        `)}
      </ul>
      ${state.present.length === 0 && html`<p class="muted">${t("study.nobody")}</p>`}
      <${Refusal} problem=${handOver.problem || change.problem} />
      ${isOwnerWatching && html`
        <div class="tick">
          <input type="checkbox" id="shared" checked=${change.isBusy ? !isShared : isShared} onChange=${() => change.run()} />
          <label for="shared">${t("study.shared")}</label>
        </div>
      `}
    </section>
  `;
}

/** Who may turn, as a sentence. @param {State} state @param {boolean} mayTurn */
export function whoTurns(state, mayTurn) {
  if (state.mode === "shared") return t("study.all_turn");
  if (mayTurn) return t("study.you_turn");
  return t("study.name_turns", { name: state.navigator_display_name || t("person.unknown") });
}
