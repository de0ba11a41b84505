// Keeps one page of the till for when there is no network. Only what asks and changes nothing is answered with it: of a
// form that was sent nobody knows whether it arrived.
const KEPT = "lazo-till-%VERSION%", FILES = ["/caja/offline", "%CSS%", "%JS%"];
addEventListener("install", (event) => event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(FILES)).then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(caches.keys()
  .then((names) => Promise.all(names.filter((name) => name.startsWith("lazo-till-") && name !== KEPT).map((name) => caches.delete(name))))
  .then(() => clients.claim())));
addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const path = new URL(event.request.url).pathname;
  if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => caches.match("/caja/offline")));
  else if (path.startsWith("/assets/")) event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
});
