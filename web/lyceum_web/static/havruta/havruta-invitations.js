// @ts-check
/** Inviting people to a havruta by e-mail, and the invitations that are not answered. */
import { post } from "../api.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useRef, useState } from "../vendor/ui.js";
import { LANGUAGES, language, say, t } from "../words.js";
import { Action } from "../parts/action.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Loaded, More, usePages } from "../parts/loading.js";
import { When } from "../parts/when.js";

const BADGES = { sent: "good", already_member: "plain", already_pending: "plain", invalid: "bad" };

/** @typedef {Schemas["Invitation"]} Invitation */

/** @param {{ id: string, isOwner: boolean, changes: number }} properties */
export function HavrutaInvitations({ id, isOwner, changes }) {
  const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));
  const params = { havruta_id: id };
  const invitations = usePages("/api/havrutas/{havruta_id}/invitations", { params }, [id, changes]);
  function revoked() {
    invitations.again();
    heading.current?.focus();
  }
  return html`
    <section class="stack">
      <h2 ref=${heading} tabindex="-1">${t("invite.title")}</h2>
      ${account.value?.email_verified ? html`<${Invite} id=${id} done=${invitations.again} />` : html`<p class="muted">${t("problem.email_not_verified")}</p>`}
      <${Loaded} of=${invitations}>
        ${(/** @type {Schemas["InvitationPage"]} */ { items }) => html`
          <ul role="list" class="people">
            ${items.filter(({ status }) => status === "pending").map((each) => html`
              <li key=${each.id} class="stack tight">
                <${Pending} invitation=${each} mayChange=${isOwner || each.inviter_id === account.value?.id} again=${invitations.again} revoked=${revoked} />
              </li>
            `)}
          </ul>
          <${Ended} items=${items.filter(({ status }) => status !== "pending")} />
          <${More} of=${invitations} />
        `}
      <//>
    </section>
  `;
}

/** @param {{ id: string, done: () => void }} properties */
function Invite({ id, done }) {
  const [results, setResults] = useState(/** @type {Schemas["InvitationResult"][]} */ ([]));
  const form = useForm(async ({ emails, language: chosen }, key, element) => {
    const addresses = emails.split(/[\s,;]+/).filter(Boolean);
    const answer = await post("/api/havrutas/{havruta_id}/invitations", { params: { havruta_id: id }, body: { emails: addresses, language: chosen }, key });
    setResults(answer.results);
    const wrong = answer.results.filter(({ status }) => status === "invalid").map(({ email }) => email);
    /** @type {HTMLTextAreaElement} */ (element.elements.namedItem("emails")).value = wrong.join("\n");
    done();
  });
  return html`
    <${Form} of=${form}>
      <${Field} of=${form} name="emails" as="textarea" rows="2" label=${t("invite.emails")} hint=${t("invite.hint")} />
      <${Field} of=${form} name="language" as="select" label=${t("invite.language")}>
        ${Object.entries(LANGUAGES).map(([name, called]) => html`<option key=${name} value=${name} lang=${name} selected=${name === language.value}>${called}</option>`)}
      <//>
      <p><${Submit} of=${form} quiet>${t("invite.press")}<//></p>
    <//>
    <div role="status">
      <ul role="list" class="results">
        ${results.map(({ email, status }) => html`
          <li key=${email} class="row"><bdi>${email}</bdi> <span class="badge ${BADGES[status]}">${t(`invite.${status}`)}</span></li>
        `)}
      </ul>
    </div>
  `;
}

/** @param {{ invitation: Invitation, mayChange: boolean, again: () => void, revoked: () => void }} properties */
function Pending({ invitation, mayChange, again, revoked }) {
  const { id, invitee_email: email, expires_at: end } = invitation;
  const params = { invitation_id: id };
  async function resend() {
    await post("/api/invitations/{invitation_id}/resend", { params });
    tell(t("invite.resent", { email }));
    again();
  }
  async function revoke() {
    await post("/api/invitations/{invitation_id}/revoke", { params });
    tell(t("invite.revoked", { email }));
    revoked();
  }
  return html`
    <p><bdi>${email}</bdi></p>
    <p class="muted small">${say("invite.waits_until", { time: html`<${When} at=${end} />` })}</p>
    ${mayChange && html`
      <div class="row">
        <${Action} work=${resend} kind="quiet" label=${t("invite.resend_to", { email })}>${t("invite.resend")}<//>
        <${Action} work=${revoke} kind="quiet" label=${t("invite.revoke_of", { email })}>${t("invite.revoke")}<//>
      </div>
    `}
  `;
}

/** @param {{ items: Invitation[] }} properties */
function Ended({ items }) {
  if (!items.length) return null;
  return html`
    <details class="fold">
      <summary>${t("invite.ended")}</summary>
      <ul role="list" class="people">
        ${items.map(({ id, invitee_email: email, status }) => html`
          <li key=${id} class="row apart"><bdi>${email}</bdi> <span class="badge plain">${t(`invite.status_${status}`)}</span></li>
        `)}
      </ul>
    </details>
  `;
}
