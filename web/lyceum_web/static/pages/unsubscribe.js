// @ts-check
/** Ending all e-mails with invitations to an address, with the link in one of them. */
import { post } from "../api.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { dropFragment, place } from "../router.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { t } from "../words.js";

export default function Unsubscribe() {
  const [token] = useState(() => place.value.fragment.get("token") || "");
  const [isDone, setDone] = useState(false);
  useEffect(dropFragment, []);
  const form = useForm(async () => {
    await post("/api/invitations/unsubscribe/{unsubscribe_token}", { params: { unsubscribe_token: token } });
    setDone(true);
  });
  return html`
    <div class="narrow stack">
      <${Title} of=${t("unsubscribe.title")} />
      ${isDone && html`<p class="notice good" role="status">${t("unsubscribe.done")}</p>`}
      ${!isDone && token && html`
        <p>${t("unsubscribe.ask")}</p>
        <${Form} of=${form}><div><${Submit} of=${form}>${t("unsubscribe.press")}<//></div><//>
      `}
      ${!isDone && !token && html`<p>${t("unsubscribe.no_link")}</p>`}
    </div>
  `;
}
