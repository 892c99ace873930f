/**
 * The service worker, which opens the app without a network. It stores one page without private
 * data and the files of that page; no answer of the API, and no page of a person.
 */
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const shell = "/offline";
// BUILD is replaced in app/sw.js/route.ts.
const cacheName = "tend-BUILD";
/** Milliseconds after which a hanging connection counts as none, if there are tasks to show. */
const patience = 3000;
const anyVariant = { ignoreVary: true, ignoreSearch: true };

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", answer);

async function install() {
  const cache = await caches.open(cacheName);
  // The page is fetched without cookies, so that it is the same for everybody.
  const page = await fetch(shell, { credentials: "omit", cache: "no-store" });
  if (!page.ok) throw new Error(`${shell} answers ${page.status}`);
  await storeFiles(cache, await page.clone().text());
  // The page is stored last, so that it is never there without its files.
  await cache.put(shell, page);
  await worker.skipWaiting();
}

/**
 * Stores the scripts, styles and fonts that a page names, and the scripts that those may load.
 * @param {Cache} cache
 * @param {string} page
 */
async function storeFiles(cache, page) {
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} text @returns {Promise<unknown>} */
  const storeNamed = (text) =>
    Promise.all(
      [...text.matchAll(/static\/(?:chunks|media)\/[\w.~-]+\.(?:js|css|woff2)/g)].map(([name]) => {
        if (seen.has(name)) return undefined;
        seen.add(name);
        return store(`/_next/${name}`);
      }),
    );
  /** @param {string} path */
  const store = async (path) => {
    const file = (await caches.match(path, anyVariant)) ?? (await fetch(path));
    if (!file.ok) throw new Error(`${path} answers ${file.status}`);
    await cache.put(path, file.clone());
    if (path.endsWith(".js")) await storeNamed(await file.text());
  };
  await storeNamed(page);
}

async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith("tend-"));
  // The previous version stays, since open tabs may still need a file of it.
  await Promise.all(names.slice(0, -2).map((name) => caches.delete(name)));
  // Preload sends the request for a page while the worker still starts.
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

/** @param {FetchEvent} event */
function answer(event) {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (pathname.startsWith("/_next/static/")) event.respondWith(fileOf(request));
  else if (request.mode === "navigate" && !pathname.startsWith("/api/")) {
    event.respondWith(pageOf(event));
  } else if (!navigator.onLine && request.headers.has("next-router-prefetch")) {
    // The prefetch could only fail, with an error in the console.
    event.respondWith(new Response(null, { status: 204 }));
  }
}

/**
 * Answers with a file whose name changes with its content.
 * @param {Request} request
 */
async function fileOf(request) {
  const kept = await caches.match(request, anyVariant);
  if (kept) return kept;
  const file = await fetch(request);
  if (file.ok) {
    const cache = await caches.open(cacheName);
    await cache.put(request, file.clone());
  }
  return file;
}

/**
 * Answers with the page from the network, or the shell where no server can be reached. A page that
 * fails in the server itself (500) is shown as it is.
 * @param {FetchEvent} event
 */
async function pageOf(event) {
  const kept = () => caches.match(shell, { ...anyVariant, cacheName });
  const late = after(patience).then(async () => ((await hasTasks()) ? kept() : undefined));
  const network = fromNetwork(event);
  try {
    const page = (await Promise.race([network, late])) ?? (await network);
    const reached = ![502, 503, 504].includes(page.status);
    return reached ? page : ((await kept()) ?? page);
  } catch (error) {
    const page = await kept();
    if (page) return page;
    throw error;
  }
}

/** @param {FetchEvent} event @returns {Promise<Response>} */
const fromNetwork = async ({ request, preloadResponse }) =>
  (await preloadResponse) ?? fetch(request);

/** @param {number} time @returns {Promise<void>} */
const after = (time) => new Promise((resolve) => setTimeout(resolve, time));

/**
 * Whether the device has tasks (ui/tasks/sync/person-database.ts) that the shell can show.
 * @returns {Promise<boolean>}
 */
async function hasTasks() {
  // A browser that cannot list its databases waits for the network.
  const databases = (await indexedDB.databases?.()) ?? [];
  const names = databases.flatMap(({ name }) => (name?.startsWith("tend:") ? name : []));
  const found = await Promise.all(names.map(hasTasksIn));
  return found.includes(true);
}

/** @param {string} name @returns {Promise<boolean>} */
const hasTasksIn = (name) =>
  new Promise((resolve) => {
    const request = indexedDB.open(name);
    // The database has gone meanwhile, and the worker must not make it.
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onerror = () => resolve(false);
    request.onsuccess = () => {
      const database = request.result;
      if (database.objectStoreNames.contains("state")) {
        const state = database.transaction("state").objectStore("state").get("sync");
        state.onsuccess = () => resolve(typeof state.result?.live === "string");
        state.onerror = () => resolve(false);
      } else resolve(false);
      database.close();
    };
  });
