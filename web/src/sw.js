// Keeps the app's own files, so that it opens without a network. Data and reports are not its business: the app keeps those itself.
// Several networks may live on one origin, each with a scope of its own; the name of the cache tells them apart.
const SCOPE = self.registration.scope;
const CACHE = `shanyrak-__APP__-__VERSION__#${SCOPE}`;
const FILES = ["__FILES__"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("shanyrak-__APP__-") && name.endsWith(`#${SCOPE}`) && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || !address.href.startsWith(SCOPE)) return;
  const name = address.href.slice(SCOPE.length).split(/[?#]/)[0];
  if (name === "" || name === "index.html") event.respondWith(kept("./", request));
  else if (name.startsWith("assets/") || FILES.includes(name)) event.respondWith(kept(request, request));
});

// What is kept comes first: names carry a hash of the contents, and a new app brings a new worker.
async function kept(key, request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(key);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(key, answer.clone());
  return answer;
}
