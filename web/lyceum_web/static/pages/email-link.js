// @ts-check
/** Where links in e-mails about an address lead: it is verified, changed, or changed back, by one press. */
import { get, post } from "../api.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { dropFragment, place } from "../router.js";
import { account, isSignedIn, remember } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";

/** @type {Record<string, { path: "/api/auth/verify-email" | "/api/auth/change-email" | "/api/auth/revert-email", about: string }>} */
const LINKS = {
  "/verify-email": { path: "/api/auth/verify-email", about: "verify_email" },
  "/change-email": { path: "/api/auth/change-email", about: "change_email" },
  "/revert-email": { path: "/api/auth/revert-email", about: "revert_email" },
};

export default function EmailLink() {
  const [{ path, about }] = useState(() => LINKS[place.value.path]);
  const [token] = useState(() => place.value.fragment.get("token"));
  const [isDone, setDone] = useState(false);
  useEffect(dropFragment, []);
  // By a press: programs that look at the links in e-mails must not use them up.
  const form = useForm(async () => {
    await post(path, { body: { token } });
    setDone(true);
    if (isSignedIn()) remember(await get("/api/users/me"));
  });
  return html`
    <div class="narrow stack">
      <${Title} of=${t(`${about}.title`)} />
      ${isDone && html`<p class="notice good" role="status">${t(`${about}.done`)}</p>`}
      ${!isDone && token && html`
        <p>${t(`${about}.ask`)}</p>
        <${Form} of=${form}><div><${Submit} of=${form}>${t(`${about}.press`)}<//></div><//>
      `}
      ${!isDone && !token && html`<${Waiting} />`}
      <p><a href="/">${t("go_home")}</a></p>
    </div>
  `;
}

/** Without a link: one is on its way to those who have just registered. */
function Waiting() {
  const form = useForm(async () => {
    await post("/api/auth/verify-email/resend");
    tell(t("verify_email.sent"));
  });
  if (!account.value || account.value.email_verified) return html`<p>${t("verify_email.no_link")}</p>`;
  return html`
    <p>${say("verify_email.waiting", { email: account.value.email })}</p>
    <${Form} of=${form}><div><${Submit} of=${form} quiet>${t("verify_email.again")}<//></div><//>
  `;
}
