// The language goes along to the apps, each of which remembers its own.
const language = document.documentElement.lang;
for (const kept of ["shanyrak.language#/find/app/", "shanyrak.host.language", "shanyrak-desk-language"]) {
  try {
    localStorage.setItem(kept, language);
  } catch {
    break; // a browser that keeps nothing
  }
}

async function forgetAll() {
  const databases = (await indexedDB.databases?.()) ?? [];
  const gone = (name) =>
    new Promise((done) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = request.onerror = request.onblocked = done;
    });
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  const copies = (await globalThis.caches?.keys()) ?? [];
  await Promise.all([
    ...databases.map((one) => gone(one.name)),
    ...workers.map((one) => one.unregister()),
    ...copies.map((one) => caches.delete(one)),
  ]);
  localStorage.clear();
  sessionStorage.clear();
}

document.querySelector("form.again")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  document.querySelectorAll("iframe").forEach((frame) => frame.remove());
  Promise.race([forgetAll(), new Promise((done) => setTimeout(done, 3000))])
    .catch(() => undefined)
    .finally(() => form.submit());
});
