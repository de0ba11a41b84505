// Comfort where scripts run; every page works without. A form is sent once, and the back button shows no old page.
document.documentElement.classList.add("js");
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
for (const choice of document.querySelectorAll("select[name=tenant]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}
document.querySelector(".rail nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
// What is still running is looked at again until it is not; the reader's place on the page stays.
const running = document.querySelector("[data-refresh]");
if (running) {
  const look = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (fresh) document.querySelector("main").replaceWith(fresh);
    if (!fresh || fresh.querySelector("[data-refresh]")) setTimeout(look, running.dataset.refresh * 1000);
  };
  setTimeout(look, running.dataset.refresh * 1000);
}
// The portal as an app: the phone keeps a member's card, and forgets it with the session.
const app = document.querySelector("link[rel=manifest]");
if (app && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(app.dataset.worker, { scope: app.dataset.scope }).then(() => navigator.serviceWorker.ready)
    .then((there) => {
      const mine = "member" in app.dataset;
      if (!mine || location.pathname === app.dataset.scope) there.active?.postMessage(mine ? "keep" : "forget");
    }).catch(() => {});
}
