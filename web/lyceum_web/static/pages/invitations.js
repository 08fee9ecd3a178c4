// @ts-check
/** Invitations to study together: the one of a link in an e-mail, or all that wait for the person. */
import { post } from "../api.js";
import { answersTo, InvitationCard } from "../parts/invitation-card.js";
import { Loaded, More, useLoaded, usePages } from "../parts/loading.js";
import { Title } from "../parts/title.js";
import { dropFragment, place } from "../router.js";
import { account } from "../sign-in.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

export default function Invitations() {
  const [token] = useState(() => place.value.fragment.get("token"));
  return token ? html`<${OfLink} token=${token} />` : html`<${Own} />`;
}

/** @param {{ token: string }} properties */
function OfLink({ token }) {
  const invitation = useLoaded((signal) => post("/api/invitations/preview", { body: { token }, signal }), [token]);
  useEffect(() => {
    // Someone who signs in first comes back with the link.
    if (account.value) dropFragment();
  }, []);
  const answers = {
    accept: () => post("/api/invitations/accept", { body: { token } }),
    decline: () => post("/api/invitations/decline", { body: { token } }),
  };
  const here = `${location.pathname}#token=${encodeURIComponent(token)}`;
  return html`
    <div class="narrow stack">
      <${Title} of=${t("invitations.one")} />
      <${Loaded} of=${invitation}>
        ${(/** @type {any} */ found) => html`
          <${InvitationCard} invitation=${found} ...${answers} canAccept=${Boolean(account.value)} />
          ${!account.value && html`
            <p>${say("invitations.sign_in_first", {
              sign_in: html`<a href="/sign-in?then=${encodeURIComponent(here)}">${t("sign_in")}</a>`,
              register: html`<a href="/register?then=${encodeURIComponent(here)}">${t("register")}</a>`,
            })}</p>
          `}
        `}
      <//>
    </div>
  `;
}

function Own() {
  const invitations = usePages("/api/invitations/mine", {}, []);
  return html`
    <div class="narrow stack">
      <${Title} of=${t("invitations.title")} />
      <${Loaded} of=${invitations}>
        ${(/** @type {any} */ { items }) => html`
          ${items.length === 0 && html`<p class="empty">${t("invitations.none")}</p>`}
          <ul role="list" class="stack">
            ${items.map((/** @type {any} */ each) => html`
              <li key=${each.id}>
                <${InvitationCard} invitation=${each} ...${answersTo(each.id)} canAccept />
              </li>
            `)}
          </ul>
          <${More} of=${invitations} />
        `}
      <//>
    </div>
  `;
}
