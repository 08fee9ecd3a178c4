// @ts-check
/** What is round every page: where one can go, who is signed in, and whether the platform can be reached. */
import { patch, post } from "../api.js";
import { followInbox, MOST_SHOWN, unread } from "../inbox.js";
import { isConnected } from "../live.js";
import { go, place } from "../router.js";
import { account, forget } from "../sign-in.js";
import { tell, told } from "../told.js";
import { html, useEffect, useRef } from "../vendor/ui.js";
import { choose, language, LANGUAGES, number, t } from "../words.js";
import { Icon } from "./icon.js";
import { Initials } from "./person.js";
import { wordsOn } from "./trouble.js";

// `own` is for people who have signed in, and `open` for those who have not.
/** @type {{ address: string, words: string, icon: any, own?: boolean, open?: boolean, under: RegExp }[]} */
const WAYS = [
  { address: "/dashboard", words: "way.today", icon: "home", own: true, under: /^\/(dashboard|calendar)/ },
  { address: "/", words: "way.near", icon: "pin", under: /^\/($|study-sessions)/ },
  { address: "/havrutas", words: "way.havruta", icon: "book", own: true, under: /^\/(havruta|texts|notes)/ },
  { address: "/texts", words: "way.texts", icon: "book", open: true, under: /^\/texts/ },
  { address: "/courses", words: "way.tutors", icon: "tutor", under: /^\/(courses|tutors|enrollments|sessions|tutoring|whiteboards)/ },
  { address: "/assessments", words: "way.assessments", icon: "quiz", under: /^\/assessment/ },
];

/** @param {{ children: unknown }} properties */
export function Frame({ children }) {
  const { path } = place.value;
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const isSignedIn = Boolean(account.value);

  useEffect(() => (isSignedIn ? followInbox() : undefined), [isSignedIn]);
  return html`
    <div class="frame">
      <a class="skip" href="#main" onClick=${() => main.current?.focus()}>${t("frame.skip")}</a>
      <header class="head">
        <a class="brand" href="/"><img src=${icon} alt="" />Lyceum</a>
        <nav class="ways" aria-label=${t("frame.ways")}>
          ${WAYS.filter((way) => (isSignedIn ? !way.open : !way.own)).map((way) => html`<${Way} path=${path} ...${way} />`)}
        </nav>
        <${Own} />
      </header>
      <main class="main" id="main" ref=${main} tabindex="-1">
        ${!isConnected.value && html`<p class="away" role="status">${t("frame.away")}</p>`}
        ${children}
      </main>
      <${Foot} />
      <div class="told" role="status">${told.value && html`<p>${told.value}</p>`}</div>
    </div>
  `;
}

const icon = new URL("../icon.svg", import.meta.url).pathname;

/** @param {{ address: string, words: string, icon: any, under: RegExp, path: string }} properties */
function Way({ address, words, icon: drawing, under, path }) {
  const current = under.test(path) ? "page" : undefined;
  return html`<a href=${address} aria-current=${current}><${Icon} name=${drawing} />${t(words)}</a>`;
}

/** What is the person's own: notifications, account, the way out. */
function Own() {
  if (!account.value) {
    return html`
      <div class="own">
        <a class="button quiet" href="/sign-in">${t("sign_in")}</a>
      </div>
    `;
  }
  return html`
    <div class="own">
      <a class="icon-button" href="/search" aria-label=${t("frame.search")}><${Icon} name="search" /></a>
      <${Bell} />
      <${Menu} name=${account.value.display_name} />
    </div>
  `;
}

function Bell() {
  const count = unread.value;
  const shown = count > MOST_SHOWN ? `${number(MOST_SHOWN)}+` : number(count);
  return html`
    <a class="bell" href="/notifications" aria-label=${t("frame.notifications", { count })}>
      <${Icon} name="bell" />${count > 0 && html`<span class="count" aria-hidden="true">${shown}</span>`}
    </a>
  `;
}

/** @param {{ name: string }} properties */
function Menu({ name }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const { path } = place.value;
  const close = () => menu.current?.removeAttribute("open");
  useEffect(close, [path]);

  function onKey(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "Escape") return;
    close();
    menu.current?.querySelector("summary")?.focus();
  }
  function onFocusOut(/** @type {FocusEvent} */ event) {
    if (!menu.current?.contains(/** @type {Node | null} */ (event.relatedTarget))) close();
  }
  return html`
    <details class="menu" ref=${menu} onKeyDown=${onKey} onFocusOut=${onFocusOut}>
      <summary aria-label=${t("frame.menu", { name })}>
        <${Initials} name=${name} /><bdi class="who">${name}</bdi>
      </summary>
      <ul>
        <li><a href="/account">${t("frame.account")}</a></li>
        ${account.value?.roles.includes("admin") && html`<li><a href="/admin/reports">${t("frame.admin")}</a></li>`}
        <li><button onClick=${signOut}>${t("sign_out")}</button></li>
      </ul>
    </details>
  `;
}

async function signOut() {
  try {
    await post("/web/sign-out");
  } catch (problem) {
    tell(wordsOn(/** @type {any} */ (problem)));
    return;
  }
  forget();
  go("/");
}

function Foot() {
  return html`
    <footer class="foot">
      <${LanguageChoice} />
      <a class="end" href="/docs">${t("frame.api")}</a>
      <a href="/problems">${t("frame.problems")}</a>
      <a href="/sources">${t("frame.sources")}</a>
    </footer>
  `;
}

function LanguageChoice() {
  function onChange(/** @type {Event} */ event) {
    const chosen = /** @type {import("../words.js").Language} */ (/** @type {HTMLSelectElement} */ (event.target).value);
    choose(chosen);
    if (account.value) patch("/api/users/me", { body: { locale: chosen } }).catch(() => {});
  }
  return html`
    <label class="row">
      <span>${t("frame.language")}</span>
      <select onChange=${onChange} value=${language.value}>
        ${Object.entries(LANGUAGES).map(([tag, name]) => html`<option value=${tag} lang=${tag}>${name}</option>`)}
      </select>
    </label>
  `;
}
