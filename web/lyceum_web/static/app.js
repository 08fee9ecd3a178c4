// @ts-check
/** Starts the pages: the language, the sign-in, the frame, and in it the page of the address. */
import { get } from "./api.js";
import { isFirstPage } from "./early.js";
import { Frame } from "./parts/frame.js";
import { Trouble } from "./parts/trouble.js";
import { followLinks, go, match, place } from "./router.js";
import { ROUTES } from "./routes.js";
import { account, isSignedIn, remember } from "./sign-in.js";
import { style } from "./styles.js";
import { html, render, useEffect, useState } from "./vendor/ui.js";
import { language, preferred, speak, speakWhole } from "./words.js";

const SETTLED_AFTER = 3_000; // milliseconds

/** The page of the present address, as soon as its module is here. @param {{ first: any }} properties */
function Page({ first }) {
  const { path, fragment } = place.value;
  const found = match(ROUTES, path);
  const [loaded, setLoaded] = useState(first);
  // A sign-in may also end while the page is shown.
  const refused = Boolean(found?.route.signedIn) && !account.value && !isSignedIn();

  useEffect(() => {
    if (refused) go(`/sign-in?then=${encodeURIComponent(path + location.search)}`, { replace: true });
  }, [path, refused]);
  useEffect(() => {
    let isCurrent = true;
    if (found && found.route.pattern !== loaded?.pattern) {
      loadPage(found.route).then((page) => isCurrent && setLoaded(page));
    }
    return () => {
      isCurrent = false;
    };
  }, [found?.route.pattern]);

  if (!found) return html`<${Trouble} problem=${{ status: 404, code: "no_such_page" }} />`;
  if (refused || loaded?.pattern !== found.route.pattern) return html`<div class="loading" aria-busy="true"></div>`;
  if (loaded.error) return html`<${Trouble} problem=${{ status: 0, code: "offline" }} again=${() => location.reload()} />`;
  // A link with another token is another page, even if this one is open.
  return html`<${loaded.Component} key=${path + fragment.get("token")} ...${found.params} />`;
}

/** The component of a page, or why there is none. @param {import("./router.js").Route} route */
async function loadPage({ pattern, load, style: names = "" }) {
  try {
    const words = pattern === "/" ? undefined : speakWhole();
    const styles = names.split(" ").filter(Boolean).map((name) => style(`./styles/${name}.css`));
    const [page] = await Promise.all([load(), words, ...styles]);
    return { pattern, Component: page.default };
  } catch (error) {
    return { pattern, error };
  }
}

/** @param {{ first: any }} properties */
function App({ first }) {
  return html`<${Frame} key=${language.value}><${Page} first=${first} /></${Frame}>`;
}

async function refreshAccount() {
  if (!isSignedIn()) return;
  remember(await get("/api/users/me"));
}

async function start() {
  followLinks();
  const opened = match(ROUTES, place.value.path);
  const spoken = speak(preferred(), isFirstPage());
  const [first] = await Promise.all([opened && loadPage(opened.route), spoken]);
  render(html`<${App} first=${first} />`, /** @type {Element} */ (document.getElementById("app")));
  refreshAccount().catch(() => {});
  setTimeout(prepare, SETTLED_AFTER);
}

/** Fetch what nothing needs yet: after what the page needs to be seen. */
function prepare() {
  speakWhole().catch(() => {});
  if (navigator.onLine) navigator.serviceWorker?.register("/sw.js").catch(() => {});
}

start();
