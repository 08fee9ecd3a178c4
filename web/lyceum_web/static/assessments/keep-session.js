// @ts-check
/** A session without an owner is known to this browser alone: it can be kept in an account. */
import { post } from "../api.js";
import { place } from "../router.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useEffect } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { dropVisit } from "./visits.js";
import { useAction } from "../parts/action.js";
import { Refusal } from "../parts/trouble.js";

/** @param {{ session: Schemas["AssessmentSession"], onKept: (session: Schemas["AssessmentSession"]) => void }} properties */
export function KeepSession({ session, onKept }) {
  const claim = useAction(async () => {
    const params = { session_id: session.session_id };
    const kept = await post("/api/v2/session/{session_id}/claim", { params });
    dropVisit(session.session_id);
    tell(t("keep.done"));
    onKept(kept);
  });
  const isOwned = session.attempt !== null;
  const isAsked = Boolean(account.value) && place.value.query.has("keep");
  useEffect(() => {
    if (isAsked && !isOwned) claim.run();
  }, []);

  if (isOwned) return null;
  if (!account.value) return html`<p class="notice">${say("keep.sign_in", links())}</p>`;
  return html`
    <div class="notice row apart">
      <p>${t("keep.why")}</p>
      <button type="button" class="button quiet" aria-disabled=${claim.isBusy} onClick=${() => claim.run()}>${t("keep.press")}</button>
      <${Refusal} problem=${claim.problem} />
    </div>
  `;
}

function links() {
  const then = encodeURIComponent(`${location.pathname}?keep=1`);
  return {
    sign_in: html`<a href="/sign-in?then=${then}">${t("sign_in")}</a>`,
    register: html`<a href="/register?then=${then}">${t("register")}</a>`,
  };
}
