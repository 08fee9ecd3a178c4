// @ts-check
/** Ending e-mails, with the link in one of them: invitations to an address, or notifications of one kind. */
import { post } from "../api.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { dropFragment, place } from "../router.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";

/** @type {Record<string, { path: "/api/invitations/unsubscribe/{unsubscribe_token}" | "/api/notifications/unsubscribe/{unsubscribe_token}", about: string }>} */
const LINKS = {
  "/invitations/unsubscribe": { path: "/api/invitations/unsubscribe/{unsubscribe_token}", about: "unsubscribe" },
  "/notifications/unsubscribe": {
    path: "/api/notifications/unsubscribe/{unsubscribe_token}",
    about: "unsubscribe_kind",
  },
};

export default function Unsubscribe() {
  const [{ path, about }] = useState(() => LINKS[place.value.path]);
  const [token] = useState(() => place.value.fragment.get("token") || "");
  const [isDone, setDone] = useState(false);
  useEffect(dropFragment, []);
  const form = useForm(async () => {
    await post(path, { params: { unsubscribe_token: token } });
    setDone(true);
  });
  return html`
    <div class="narrow stack">
      <${Title} of=${t(`${about}.title`)} />
      ${isDone && html`<p class="notice good" role="status">${t(`${about}.done`)}</p>`}
      ${!isDone && token && html`
        <p>${t(`${about}.ask`)}</p>
        <${Form} of=${form}><div><${Submit} of=${form}>${t("unsubscribe.press")}<//></div><//>
      `}
      ${!isDone && !token && html`<p>${t("unsubscribe.no_link")}</p>`}
      ${about === "unsubscribe_kind" && html`<p><a href="/account/notifications">${t("unsubscribe_kind.all")}</a></p>`}
    </div>
  `;
}
