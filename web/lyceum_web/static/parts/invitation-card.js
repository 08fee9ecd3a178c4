// @ts-check
/** An invitation to study together, and the two answers to it. */
import { post } from "../api.js";
import { go } from "../router.js";
import { tell } from "../told.js";
import { html, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Action } from "./action.js";
import { When } from "./when.js";

/** How one of the person's own invitations is answered. @param {string} id */
export function answersTo(id) {
  const params = { invitation_id: id };
  return {
    accept: () => post("/api/invitations/{invitation_id}/accept", { params }),
    decline: () => post("/api/invitations/{invitation_id}/decline", { params }),
  };
}

/** @param {{ invitation: Schemas["ReceivedInvitation"], canAccept: boolean, accept: () => Promise<Schemas["ReceivedInvitation"]>, decline: () => Promise<unknown> }} properties */
export function InvitationCard({ invitation, canAccept, accept, decline }) {
  const [isDeclined, setDeclined] = useState(false);
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
      ${isDeclined && html`<p role="status">${t("invitations.declined")}</p>`}
      ${!isDeclined && html`
        <div class="row">
          ${canAccept && html`<${Action} work=${join}>${t("invitations.accept")}<//>`}
          <${Action} work=${refuse} kind="quiet">${t("invitations.decline")}<//>
        </div>
      `}
    </article>
  `;
}
