// @ts-check
/** An invitation to a havruta, with the answers that it can be given. */
import { post } from "../api.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Action } from "./action.js";
import { When } from "./when.js";

/** @typedef {{ accept: () => Promise<Schemas["ReceivedInvitation"]>, decline: () => Promise<unknown> }} Answers */

/** How one answers an invitation to oneself. @param {string} id @returns {Answers} */
export function answersTo(id) {
  const params = { invitation_id: id };
  return {
    accept: () => post("/api/invitations/{invitation_id}/accept", { params }),
    decline: () => post("/api/invitations/{invitation_id}/decline", { params }),
  };
}

/** @param {{ invitation: Schemas["OpenInvitation"], canAccept: boolean } & Answers} properties */
export function Invitation({ invitation, canAccept, accept, decline }) {
  const [isDeclined, setDeclined] = useState(false);
  const outcome = useRef(/** @type {HTMLElement | null} */ (null));
  // The button that was pressed is gone.
  useEffect(() => outcome.current?.focus(), [isDeclined]);

  async function join() {
    const { havruta_id: id } = await accept();
    tell(t("invitations.accepted"));
    go(`/havrutas/${id}`);
  }
  async function refuse() {
    await decline();
    setDeclined(true);
  }
  return html`
    <article class="card stack">
      <h2><bdi>${invitation.havruta_name}</bdi></h2>
      <p>${say("invitations.who", { name: invitation.inviter_name, book: invitation.book })}</p>
      <p class="muted small">${say("invitations.until", { time: html`<${When} at=${invitation.expires_at} />` })}</p>
      ${isDeclined && html`<p role="status" tabindex="-1" ref=${outcome}>${t("invitations.declined")}</p>`}
      ${!isDeclined && html`
        <div class="row">
          ${canAccept && html`<${Action} work=${join}>${t("invitations.accept")}<//>`}
          <${Action} work=${refuse} kind="quiet">${t("invitations.decline")}<//>
        </div>
      `}
    </article>
  `;
}
