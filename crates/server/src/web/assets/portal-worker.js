// Keeps one member's card on the phone, for where there is no network, and shows the notices that he or she asked for.
// Nothing else of anybody is kept.
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
  // Whoever signs out leaves neither the card nor notices to the next person at this browser.
  if (event.data === "forget") event.waitUntil(Promise.all([caches.open(KEPT).then((kept) => kept.delete(CARD)),
    registration.pushManager?.getSubscription().then((own) => own?.unsubscribe()).catch(() => {})]));
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
// A notice opens its page, in the window that is there if there is one; only pages of this portal are opened.
addEventListener("push", (event) => {
  const { title, body, path, tag } = event.data?.json() ?? {};
  if (title) event.waitUntil(registration.showNotification(title, { body, tag, data: { path }, lang: navigator.language }));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  const path = event.notification.data?.path, own = path === BASE || path?.startsWith(BASE + "/") ? path : BASE;
  event.waitUntil(clients.matchAll({ type: "window" }).then((open) => open.length
    ? open[0].focus().then((one) => one.navigate(own)) : clients.openWindow(own)));
});
