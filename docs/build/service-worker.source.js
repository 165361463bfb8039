/**
 * Pages that were visited work without a network: with their search, their examples and the playground's training. Pages come
 * from the network where there is one, so none is stale; what has a hash in its name never changes, and is asked for once.
 */
const VERSION = 'VERSION';
const PREFIX = 'tfjs-moe ';
const CACHE = PREFIX + VERSION;
const assets = new URL('assets/', self.registration.scope).href;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('message', ({ data }) => {
  if (typeof data?.visited === 'string' && isOurs(data.visited)) void keepPage(data.visited);
});
self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method !== 'GET' || !isOurs(url)) return;
  event.respondWith(url.startsWith(assets) ? cacheFirst(event.request) : networkFirst(event.request));
});

function isOurs(url) {
  return url.startsWith(self.registration.scope);
}

/** Pages of earlier versions are kept in their new form; everything else of those goes. */
async function takeOver() {
  const older = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  for (const name of older) {
    const pages = (await (await caches.open(name)).keys()).filter(({ url }) => !url.startsWith(assets));
    const kept = await Promise.all(pages.map(({ url }) => keepPage(url)));
    // Without a network the old form is better than none.
    if (kept.every(Boolean)) await caches.delete(name);
  }
}

async function cacheFirst(request) {
  return (await caches.match(request)) ?? kept(request);
}

async function networkFirst(request) {
  try {
    return await kept(request);
  } catch (error) {
    const known = await caches.match(request, { ignoreSearch: true });
    if (known !== undefined) return known;
    if (request.mode !== 'navigate') throw error;
    const text = 'There is no network, and this page has not been opened on this device before.';
    return new Response(text, { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  }
}

async function kept(request) {
  const response = await fetch(request);
  if (response.ok) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}

/** A page and everything that it may load later; whether that could be had. */
async function keepPage(address) {
  const seen = new Set();
  const url = new URL(address);
  url.hash = '';
  try {
    await keepAll(url.href, seen);
    return true;
  } catch {
    return false;
  }
}

async function keepAll(url, seen) {
  if (seen.has(url)) return;
  seen.add(url);
  const known = url.startsWith(assets) ? await caches.match(url) : undefined;
  const response = known ?? (await kept(new Request(url)));
  if (!response.ok) return;
  const type = response.headers.get('content-type') ?? '';
  if (!/html|javascript|css/.test(type)) return;
  const text = await response.clone().text();
  await Promise.all([...new Set(namedIn(text, url))].map((each) => keepAll(each, seen)));
}

/** Addresses of assets in a text: from the root, as `assets/x.js`, or beside the file that names them. */
function* namedIn(text, from) {
  const isAsset = from.startsWith(assets);
  for (const [, path] of text.matchAll(/assets\/([\w./@~-]+\.(?:js|css|bin|wasm|woff2))\b/g))
    yield assets + path;
  if (!isAsset) return;
  for (const [, path] of text.matchAll(/["'`(](\.{1,2}\/[\w./@~-]+\.(?:js|bin|wasm|woff2))["'`)]/g))
    yield new URL(path, from).href;
}
