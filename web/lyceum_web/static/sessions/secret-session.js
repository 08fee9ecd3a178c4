// @ts-check
/** In place of a session that is private, or that there is not: a join code opens it. */
import { post, Problem } from "../api.js";
import { dropFragment, place } from "../router.js";
import { account } from "../sign-in.js";
import { tell } from "../told.js";
import { html, useEffect, useState } from "../vendor/ui.js";
import { say, t } from "../words.js";
import { Field, Form, Submit, useForm } from "../parts/form.js";
import { Title } from "../parts/title.js";

/** @param {{ id: string, again: () => void }} properties */
export function Secret({ id, again }) {
  const [given] = useState(() => place.value.fragment.get("code") || "");
  const here = encodeURIComponent(`/study-sessions/${id}${given && `#code=${encodeURIComponent(given)}`}`);
  const form = useForm(async ({ join_code }, key) => {
    try {
      await open(id, join_code, key);
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 404) throw problem;
      throw new Problem(404, { code: "wrong_join_code" });
    }
    tell(t("joining.joined"));
    again();
  });
  useEffect(() => {
    // Someone who signs in first comes back with the code.
    if (account.value) dropFragment();
  }, []);
  return html`
    <div class="narrow stack">
      <${Title} of=${t("secret.title")} />
      <p>${t("secret.why")}</p>
      ${account.value && html`
        <${Form} of=${form} class="narrow">
          <${Field}
            of=${form} name="join_code" label=${t("secret.code")} value=${given} dir="ltr" maxlength="20"
            autocomplete="off" autocapitalize="characters" spellcheck=${false}
          />
          <div><${Submit} of=${form}>${t("joining.join")}<//></div>
        <//>
      `}
      ${!account.value && html`<p>${say("secret.sign_in_first", {
        sign_in: html`<a href="/sign-in?then=${here}">${t("sign_in")}</a>`,
        register: html`<a href="/register?then=${here}">${t("register")}</a>`,
      })}</p>`}
      <p><a href="/">${t("trouble.home")}</a></p>
    </div>
  `;
}

/** Join; if no seat is free, wait for one. @param {string} session_id @param {string} join_code @param {string} key */
const open = (session_id, join_code, key) =>
  post("/api/study-sessions/{session_id}/join", { params: { session_id }, body: { join_code, waitlist: true }, key });
