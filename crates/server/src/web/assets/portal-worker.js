// Keeps one member's card on the phone, for where there is no network. Nothing else of anybody is kept.
const KEPT = "lazo-card-%VERSION%", BASE = "%BASE%", CARD = BASE + "/card", FILES = %FILES%;
const keep = async () => {
  const kept = await caches.open(KEPT);
  await kept.addAll(FILES);
  const answer = await fetch(CARD, { credentials: "same-origin" });
  if (answer.ok && !answer.redirected) await kept.put(CARD, answer); else await kept.delete(CARD);
};
addEventListener("install", (event) => event.waitUntil(keep().catch(() => {}).then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(caches.keys()
  .then((names) => Promise.all(names.filter((name) => name.startsWith("lazo-card-") && name !== KEPT).map((name) => caches.delete(name))))
  .then(() => clients.claim())));
addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keep().catch(() => {}));
  if (event.data === "forget") event.waitUntil(caches.open(KEPT).then((kept) => kept.delete(CARD)));
});
addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(async () => (await caches.match(CARD)) || Response.error()));
  } else if (FILES.includes(pathname)) {
    event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));
  }
});
