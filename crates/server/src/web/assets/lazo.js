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
// Passkeys: the browser asks the person, the server checks what comes of it. A form is there where that can be done.
if (window.PublicKeyCredential) {
  for (const note of document.querySelectorAll("[data-passkey-none]")) note.hidden = true;
  const octets = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const told = {
    create: async ({ challenge, host, user, name, known }) => navigator.credentials.create({ publicKey: {
      challenge: octets(challenge), rp: { id: host, name: document.title }, user: { id: octets(user), name, displayName: name },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })), attestation: "none",
      excludeCredentials: known.split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: octets(id) })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    } }),
    get: async ({ options }) => {
      const { challenge, host } = await (await fetch(options)).json();
      return navigator.credentials.get({ publicKey: { challenge: octets(challenge), rpId: host, userVerification: "required" } });
    },
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.client.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const stopped = form.querySelector("[role=alert]");
      stopped.hidden = true;
      try {
        const made = await told[form.dataset.passkey](form.dataset), { response } = made;
        const fill = (name, buffer) => { if (form.elements[name]) form.elements[name].value = words(buffer); };
        fill("attestation", response.attestationObject ?? []);
        fill("credential", made.rawId);
        fill("authenticator", response.authenticatorData ?? []);
        fill("signature", response.signature ?? []);
        fill("client", response.clientDataJSON);
        form.requestSubmit();
      } catch { stopped.hidden = false; }
    }, { capture: true });
  }
}
// Notices: the browser asks the person and its maker, the server keeps what comes of it. A form is there where that can be
// done; ending them here ends them in the browser, too.
if (window.PushManager && "serviceWorker" in navigator) {
  for (const note of document.querySelectorAll("[data-push-none]")) note.hidden = true;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  for (const form of document.querySelectorAll("form[data-push]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.endpoint.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const stopped = form.querySelector("[role=alert]");
      stopped.hidden = true;
      try {
        const there = await navigator.serviceWorker.ready;
        const made = await there.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) });
        const { endpoint, keys } = made.toJSON();
        Object.entries({ endpoint, ...keys }).forEach(([name, value]) => { if (form.elements[name]) form.elements[name].value = value; });
        // Not within the event that is still being handled: a form that is being sent is not sent again.
        setTimeout(() => form.requestSubmit());
      } catch { stopped.hidden = false; }
    }, { capture: true });
  }
  for (const form of document.querySelectorAll("form[data-push-end]")) {
    form.addEventListener("submit", async () => {
      const own = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
      if (!own) return;
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(own.endpoint)));
      if ([...hash].map((one) => one.toString(16).padStart(2, "0")).join("") === form.dataset.pushEnd) await own.unsubscribe();
    });
  }
}
// A brand's surfaces follow the values of its kit as they change.
for (const form of document.querySelectorAll("form[data-surfaces]")) {
  form.addEventListener("change", () => {
    const query = new URLSearchParams(new FormData(form));
    for (const frame of document.querySelectorAll("iframe[data-surface]")) frame.src = `${frame.dataset.surface}?${query}`;
  });
}
// Sharing: the machine's own sheet where there is one, else the link is copied.
for (const part of document.querySelectorAll("[data-share]")) {
  const { share: url, words: text } = part.dataset, show = (name, act) => {
    const button = part.querySelector(name);
    button.hidden = false;
    button.addEventListener("click", () => act().catch(() => {}));
  };
  if (navigator.share) show("[data-share-sheet]", () => navigator.share({ url, text }));
  if (navigator.clipboard) show("[data-share-copy]", async () => {
    await navigator.clipboard.writeText(url);
    part.querySelector("[data-share-copied]").hidden = false;
  });
}
