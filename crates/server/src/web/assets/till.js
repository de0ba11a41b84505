// The till: sales wait here while there is no network, and cards are read by the camera where the browser can.
(() => {
  const KEY = "lazo-till-queue", OWNER = "lazo-till-owner", MOST = 10, LINES = 4, PATIENCE = 4000;
  const status = document.querySelector("[data-queue]");
  const words = status?.dataset ?? {};
  // Who sells, and for whom: of the page, else, on the page that the browser keeps, whoever was here last.
  if (words.owner) localStorage.setItem(OWNER, words.owner);
  const owner = words.owner || localStorage.getItem(OWNER) || "";
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; } };
  const write = (all) => { localStorage.setItem(KEY, JSON.stringify(all)); show(all); };
  const change = (key, how) => write(read().flatMap((sale) => sale.key === key ? how(sale) : [sale]));
  const fresh = () => `k-${[...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(36).padStart(2, "0")).join("")}`;
  const button = (text, act) => {
    const one = document.createElement("button");
    one.type = "button"; one.className = "plain"; one.textContent = text; one.onclick = act;
    return one;
  };
  const show = (all = read()) => {
    if (!status) return;
    const own = all.filter((sale) => sale.owner === owner), others = all.length - own.length;
    status.hidden = all.length === 0;
    const count = [];
    if (own.length) count.push(words.words.replace("{n}", own.length));
    if (others) count.push(words.others.replace("{n}", others));
    status.querySelector("[data-count]").textContent = count.join(" ");
    status.querySelector("ul").replaceChildren(...own.filter((sale) => sale.why).map((sale) => {
      const item = document.createElement("li");
      item.textContent = `${sale.lines.map((line) => line.amount).join(" + ")} · ${sale.why} `;
      item.append(button(words.again, () => { change(sale.key, (one) => [{ ...one, why: undefined }]); flush(); }), " ",
        button(words.drop, () => change(sale.key, () => [])));
      return item;
    }));
  };
  const value = (form, name) => form.elements[name]?.value.trim() ?? "";
  const told = (form, text, kind = "bad") => {
    let note = form.querySelector("[data-told]");
    if (!note) { note = document.createElement("p"); note.dataset.told = ""; note.setAttribute("role", "status"); form.prepend(note); }
    note.className = `note ${kind}`; note.textContent = text;
  };
  // Keeps a sale as its form says it. Points cannot pay what nobody can ask the ledger about.
  const keep = (form, reference) => {
    if (value(form, "pay")) { told(form, words.pay); return false; }
    const lines = Array.from({ length: LINES }, (_, n) => ({ amount: value(form, `amount${n}`), category: value(form, `category${n}`) }));
    write([...read(), {
      key: fresh(), owner, reference, who: form.dataset.sale || value(form, "who"), at: new Date().toISOString(),
      lines: lines.filter((line) => line.amount),
    }]);
    return true;
  };
  const within = () => AbortSignal.timeout(PATIENCE);
  const reached = async () => {
    if (!navigator.onLine) return false;
    try { return (await fetch("/caja/offline", { cache: "no-store", signal: within() })).ok; } catch { return false; }
  };
  // A sale that is typed stays on the page until the server is there; else it waits here.
  const typed = (form) => form.addEventListener("submit", async (event) => {
    event.preventDefault(); event.stopImmediatePropagation();
    if (!("keep" in form.dataset) && await reached()) { form.submit(); return; }
    if (keep(form, fresh())) { form.reset(); told(form, words.kept, "good"); flush(); }
  });
  // A sale that is paid is sent under one name: when the answer is lost, the same one is sent again, and counts once.
  const paid = (form) => form.addEventListener("submit", async (event) => {
    event.preventDefault(); event.stopImmediatePropagation();
    const act = form.querySelector("button.act");
    act.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (answer.redirected) { location.assign(answer.url); return; }
      if (answer.status >= 500) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.querySelector("main").replaceWith(page.querySelector("main"));
      bind();
    } catch {
      act.disabled = false;
      if (value(form, "pay")) { told(form, words.unknown); return; }
      keep(form, value(form, "reference"));
      form.querySelectorAll("input").forEach((field) => field.remove());
      act.remove(); told(form, words.kept, "good"); flush();
    }
  });
  const bind = () => {
    document.querySelectorAll("main form[data-sale]:not([data-sell]), main form[data-keep]").forEach(typed);
    document.querySelectorAll("main form[data-sell]").forEach(paid);
  };
  let busy = false;
  const flush = async () => {
    const token = document.querySelector("input[name=_token]")?.value;
    const waiting = read().filter((sale) => sale.owner === owner && !sale.why).slice(0, MOST);
    if (busy || !navigator.onLine || !token || !words.owner || waiting.length === 0) return;
    busy = true;
    try {
      const queue = waiting.map(({ reference, who, at, lines }) => ({ reference, who, at, lines }));
      const body = new URLSearchParams({ _token: token, queue: JSON.stringify(queue) });
      const answer = await fetch("/caja/replay", { method: "POST", body });
      if (!answer.ok) return;
      // Answers stand in the order of the questions.
      (await answer.json()).forEach((became, place) => change(waiting[place].key,
        (sale) => became.state === "done" ? [] : [{ ...sale, why: became.why }]));
      if (read().some((sale) => sale.owner === owner && !sale.why)) setTimeout(flush, 2000);
    } catch { setTimeout(flush, 5000); } finally { busy = false; }
  };
  addEventListener("online", flush);
  bind(); show(); flush();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/caja/worker.js", { scope: "/caja" }).catch(() => {});
  const scan = document.querySelector("[data-scan]");
  if (scan && "BarcodeDetector" in window && navigator.mediaDevices) {
    scan.hidden = false;
    scan.addEventListener("click", async () => {
      const field = document.getElementById(scan.dataset.scan), view = document.createElement("video");
      view.playsInline = true; view.muted = true; view.className = "camera";
      scan.closest("form").append(view);
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        view.srcObject = stream; await view.play();
        const detector = new BarcodeDetector();
        const end = Date.now() + 30000;
        while (Date.now() < end) {
          const [found] = await detector.detect(view);
          if (found) { field.value = found.rawValue; field.form.requestSubmit(); break; }
          await new Promise((next) => setTimeout(next, 150));
        }
      } catch { /* no camera, or not allowed: the field is still there */ }
      stream?.getTracks().forEach((track) => track.stop());
      view.remove();
    });
  }
})();
