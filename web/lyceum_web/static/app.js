// @ts-check
/** Starts the pages: the language, the sign-in, the frame, and in it the page of the address. */
import { get } from "./api.js";
import { Frame } from "./parts/frame.js";
import { Trouble } from "./parts/trouble.js";
import { followLinks, go, match, place } from "./router.js";
import { ROUTES } from "./routes.js";
import { account, isSignedIn, remember } from "./sign-in.js";
import { style } from "./styles.js";
import { html, render, useEffect, useState } from "./vendor/ui.js";
import { language, preferred, speak } from "./words.js";

const SETTLED_AFTER = 3_000; // milliseconds

/** The page of the present address, as soon as its module is here. */
function Page() {
  const { path, fragment } = place.value;
  const found = match(ROUTES, path);
  const [loaded, setLoaded] = useState(/** @type {any} */ (null));
  // A sign-in may also end while the page is shown.
  const refused = Boolean(found?.route.signedIn) && !account.value && !isSignedIn();

  useEffect(() => {
    if (refused) go(`/sign-in?then=${encodeURIComponent(path + location.search)}`, { replace: true });
  }, [path, refused]);
  useEffect(() => {
    let isCurrent = true;
    const show = (/** @type {object} */ page) => isCurrent && setLoaded({ pattern: found?.route.pattern, ...page });
    if (found) {
      loadPage(found.route).then(
        (Component) => show({ Component }),
        (error) => show({ error }),
      );
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

/** @param {import("./router.js").Route} route */
async function loadPage(route) {
  const [page] = await Promise.all([route.load(), route.style && style(`./styles/${route.style}.css`)]);
  return page.default;
}

function App() {
  return html`<${Frame} key=${language.value}><${Page} /></${Frame}>`;
}

async function refreshAccount() {
  if (!isSignedIn()) return;
  remember(await get("/api/users/me"));
}

followLinks();
await speak(preferred());
render(html`<${App} />`, /** @type {Element} */ (document.getElementById("app")));
refreshAccount().catch(() => {});
// The worker fetches files of its own: after what the page needs to be seen.
if (navigator.serviceWorker) setTimeout(() => navigator.serviceWorker.register("/sw.js"), SETTLED_AFTER);
