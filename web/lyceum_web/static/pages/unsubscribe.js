// @ts-check
/** Ending e-mails, with the link in one of them: invitations to an address, or notifications of one kind. */
import { post, Problem } from "../api.js";
import { Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";
import { dropFragment, place } from "../router.js";
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { hasWords, say, t } from "../words.js";

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
  const [kind] = useState(kindOfLink);
  const [state, setState] = useState(token ? "asked" : "no_link");
  useEffect(dropFragment, []);
  const form = useForm(async () => {
    try {
      await post(path, { params: { unsubscribe_token: token } });
      setState("done");
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 404) throw problem;
      setState("broken");
    }
  });
  return html`
    <div class="narrow stack">
      <${Title} of=${t(`${about}.title`)} />
      ${kind && state !== "broken" && html`<p><span class="badge">${kind}</span></p>`}
      ${state === "asked" && html`
        <p>${t(`${about}.ask`)}</p>
        <${Form} of=${form}><div><${Submit} of=${form}>${t("unsubscribe.press")}<//></div><//>
        <p class="muted">${t("unsubscribe.no_sign_in")}</p>
      `}
      ${state === "done" && html`<${Outcome} kind="good">${t(`${about}.done`)}<//>`}
      ${state === "broken" && html`<${Outcome} kind="bad">${t("unsubscribe.broken")}<//>`}
      ${state === "no_link" && html`<p class="notice">${t("unsubscribe.no_link")}</p>`}
      ${state !== "asked" && html`<p>${say(`${about}.${state === "done" ? "back" : "otherwise"}`, { settings: html`<${Settings} />` })}</p>`}
    </div>
  `;
}

/** What the e-mail was about, in the words of the settings; nothing if the link does not say it. */
function kindOfLink() {
  const key = `kind.${place.value.fragment.get("kind")}`;
  return hasWords(key) ? t(key) : "";
}

/** In place of the button that was pressed, which had the focus. @param {{ kind: string, children: unknown }} properties */
function Outcome({ kind, children }) {
  const outcome = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => outcome.current?.focus(), []);
  return html`<p ref=${outcome} class="notice ${kind}" tabindex="-1">${children}</p>`;
}

function Settings() {
  return html`<a href="/account/notifications">${t("unsubscribe.settings")}</a>`;
}
