// The worker that keeps one agency's whole site on the device. site-gen/src/offline.rs puts in front of it:
// VERSION, SIZE (of all files on the wire, in words), ASSETS (the assets' folder, seen from here) and FILES, a list of
// [path seen from here, SHA-256].
//
// What it keeps and shows is of one version, byte for byte: a newer one is fetched whole into a cache of its own while
// the old one goes on being shown, and takes over when the reader says so. Look-ups, and all else that is not in the
// list, it does not touch.
const SCOPE = registration.scope;
const OFFLINE = `${SCOPE}tanpa-internet/`;
const ASSET = new URL(ASSETS, SCOPE).href;
const MINE = `pandu ${new URL(SCOPE).pathname} `; // agencies on one origin keep out of each other's way
const CACHE = MINE + VERSION;
const WHOLE = `${MINE}utuh`; // an empty cache; where it is, the reader has the whole site, and updates are whole, too
const LIST = new Map(FILES.map(([path, hash]) => [new URL(path, SCOPE).href, hash]));
const BATCH = 4; // files asked for at a time
const WAIT = 300; // milliseconds that a kept page waits for the network
const PAUSE = 10000; // milliseconds between two questions for news
let keeping; // the promise of having everything
let leaving = false;
let lookedAt = 0;

// However it is spelled: without query, anchor and `index.html`.
const address = (url) => url.replace(/[?#].*/s, "").replace(/\/index\.html$/, "/");
// A browser may refuse to store anything: the site then works as without worker.
const kept = (url, cacheName = CACHE) => caches.match(url, { cacheName, ignoreVary: true }).catch(() => {});
const hash = async (answer) =>
  btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()))));
const count = async () => (await (await caches.open(CACHE)).keys()).length;
const windows = async () =>
  (await clients.matchAll({ type: "window", includeUncontrolled: true })).filter(({ url }) => url.startsWith(SCOPE));
const own = async () => (await caches.keys()).filter((name) => name.startsWith(MINE));
const say = (client, words, button, act) => client.postMessage({ words, button, act });
const sayNew = (client) => say(client, "Panduan sudah diperbarui.", "Muat yang baru", "muat");

// Refuses what is not of this version: a newer deployment, an error page, the log-in page of a hotel's Wi-Fi.
async function store(url, answer) {
  const sound = answer.ok && (await hash(answer.clone())) === LIST.get(url);
  if (!sound || leaving) throw new Error(`not kept: ${url}`);
  // A browser refuses to open a page from an answer that was redirected.
  await (await caches.open(CACHE)).put(url, answer.redirected ? new Response(answer.body, answer) : answer);
}

// Nothing that is on the device already, in this version or unchanged in another, is fetched again.
async function keep(url) {
  if (await kept(url)) return;
  for (const name of (await own()).reverse()) {
    const same = await kept(url, name);
    if (same && (await hash(same.clone())) === LIST.get(url)) return store(url, same);
  }
  const take = async (cache) => store(url, await fetch(url, { cache }));
  if (!url.startsWith(ASSET)) return take("no-cache");
  // What the page in view has just loaded need not come again, unless something else was put in its place.
  await take("force-cache").catch(() => take("reload"));
}

// A page with all that it names.
async function keepPage(url) {
  await keep(url);
  const names = (await (await kept(url)).text()).match(/assets\/[\w.-]+/g) ?? [];
  const assets = names.map((name) => name.replace("assets/", ASSET));
  await Promise.all(assets.filter((asset) => LIST.has(asset)).map(keep));
}

async function keepAll() {
  const urls = [...LIST.keys()];
  for (let at = 0; at < urls.length; at += BATCH) {
    await Promise.all(urls.slice(at, at + BATCH).map(keep));
    for (const client of await windows()) await tell(client);
  }
  await caches.open(WHOLE);
}

// The first time, only what is needed at once: it must succeed on a bad line, too.
async function install() {
  lookedAt = Date.now();
  const whole = await caches.has(WHOLE);
  const open = (await windows()).map(({ url }) => address(url));
  if (whole) await keepAll();
  else for (const url of new Set([SCOPE, OFFLINE, ...open])) if (LIST.has(url)) await keepPage(url);
  if (!registration.active) return;
  // Where the old version was never whole, pages come from the network, and are the new ones already.
  if (!whole) skipWaiting();
  (await windows()).forEach(sayNew);
}

async function activate() {
  const others = (await own()).filter((name) => name !== CACHE && name !== WHOLE);
  others.pop(); // the version before: tabs that still show it may ask for its assets
  await Promise.all(others.map((name) => caches.delete(name)));
  await clients.claim();
}

// A page just opened: tells it what is new, or keeps the rest and says so, with the size, first.
async function greet(client) {
  leaving = false;
  if (registration.waiting) return sayNew(client);
  if (!navigator.onLine || (await count()) === LIST.size) return;
  say(client, `Menyimpan semua panduan (${SIZE}) di perangkat ini supaya bisa dibuka tanpa internet.`, "Jangan", "jangan");
  try {
    await (keeping ??= keepAll());
    say(client, "Semua panduan tersimpan. Anda bisa membukanya tanpa internet.", "Tutup");
  } catch {
    if (!leaving) say(client, "Belum semua panduan tersimpan. Sisanya disimpan saat Anda berkunjung lagi.", "Tutup");
  } finally {
    keeping = undefined;
  }
}

async function tell(client) {
  client.postMessage({ kept: await count(), of: LIST.size, size: SIZE });
}

async function leave() {
  leaving = true;
  await Promise.all((await own()).map((name) => caches.delete(name)));
  await registration.unregister();
}

// Has the page look for a newer version: browsers put off what a worker itself asks for.
function lookForNews(client) {
  if (Date.now() - lookedAt < PAUSE) return;
  lookedAt = Date.now();
  client.postMessage({ look: true });
}

// The page could not. Where the site has no worker any more, nothing may be shown from the device for ever.
async function leaveIfGone() {
  const { status } = await fetch(location.href, { cache: "no-store" }).catch(() => ({}));
  if (status === 404 || status === 410) await leave();
}

// The network first, but not for long: after that, or without it, what is kept. The answer counts if it is of this version,
// byte for byte; a newer deployment, an error page or the log-in page of a hotel's Wi-Fi is refused.
async function page(event, url) {
  const listed = LIST.has(url);
  const found = listed && (await kept(url));
  if (found) {
    const asked = fetch(url, { cache: "no-cache", redirect: "error", integrity: `sha256-${LIST.get(url)}` });
    const late = new Promise((resolve) => setTimeout(resolve, WAIT, found));
    return Promise.race([asked, late]).catch(() => found);
  }
  try {
    const answer = await fetch(event.request);
    if (listed) event.waitUntil(store(url, answer.clone()).catch(() => {}));
    return answer;
  } catch {
    return url === OFFLINE ? Response.error() : Response.redirect(`${OFFLINE}#${url.slice(SCOPE.length)}`);
  }
}

// Assets are named by their content: one kept for any version, or any agency, is the right one.
async function asset(event, url) {
  const found = await caches.match(url, { ignoreVary: true }).catch(() => {});
  if (found) return found;
  const answer = await fetch(event.request);
  if (LIST.has(url)) event.waitUntil(store(url, answer.clone()).catch(() => {}));
  return answer;
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const url = address(event.request.url);
  if (event.request.method !== "GET" || url.startsWith(`${SCOPE}api/`)) return;
  if (event.request.mode === "navigate") event.respondWith(page(event, url));
  else if (url.startsWith(ASSET)) event.respondWith(asset(event, url));
});
addEventListener("message", (event) => {
  const { data, source } = event;
  if (data === "halo" || data === "hemat") lookForNews(source);
  if (data === "halo") event.waitUntil(greet(source));
  // With Save-Data, nothing is fetched unasked.
  if (data === "hemat" && registration.waiting) sayNew(source);
  if (data === "gagal") event.waitUntil(leaveIfGone());
  if (data === "keadaan") event.waitUntil(tell(source));
  if (data === "muat") skipWaiting();
  if (data === "jangan") event.waitUntil(leave());
});
