// @ts-check
/**
 * Keeps the files of the client, so that pages open without a network; the API is always asked itself.
 * Each version of the files has a store of its own, and the former ones go when a version takes over.
 */
const VERSION = "{version}";
const STORE = `lyceum-${VERSION}`;
const FILES = `/static/${VERSION}/`;
const worker = /** @type {any} */ (self);

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.add("/")));
  worker.skipWaiting();
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(removeFormer().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (pathname.startsWith(FILES)) event.respondWith(fromStore(request));
  else if (request.mode === "navigate" && isPage(pathname)) event.respondWith(page(request));
});

/** Whether the client has the page of an address. @param {string} path */
const isPage = (path) => !/^\/(api|docs|problems|static|web)(\/|$)|\.\w+$/.test(path);

/** @param {Request} request */
async function fromStore(request) {
  const store = await caches.open(STORE);
  const kept = await store.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await store.put(request, response.clone());
  return response;
}

/** The page of now; without a network the one that was kept. @param {Request} request */
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match("/")) || Response.error();
  }
}

async function removeFormer() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)));
}
