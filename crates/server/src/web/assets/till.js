// The till: sales wait here while there is no network, and cards are read by the camera where the browser can.
(() => {
  const KEY = "lazo-till-queue", MOST = 10;
  const status = document.querySelector("[data-queue]");
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; } };
  const write = (all) => { localStorage.setItem(KEY, JSON.stringify(all)); show(all); };
  const show = (all = read()) => {
    if (!status) return;
    const refused = all.filter((sale) => sale.why);
    status.hidden = all.length === 0;
    status.querySelector("[data-count]").textContent = status.dataset.words.replace("{n}", all.length);
    const list = status.querySelector("ul");
    list.replaceChildren(...refused.map((sale) => {
      const item = document.createElement("li"), away = document.createElement("button");
      item.textContent = `${sale.amount} · ${sale.why} `;
      away.type = "button"; away.className = "plain"; away.textContent = status.dataset.drop;
      away.onclick = () => write(read().filter((other) => other.reference !== sale.reference));
      item.append(away);
      return item;
    }));
  };
  const keep = (form) => {
    const value = (name) => form.elements[name]?.value.trim() ?? "";
    const fresh = [...crypto.getRandomValues(new Uint8Array(10))].map((n) => n.toString(36)).join("");
    write([...read(), {
      reference: value("reference") || `k-${fresh}`, who: form.dataset.sale || value("who"),
      at: new Date().toISOString(), amount: value("amount0"), category: value("category0"),
    }]);
    form.reset();
  };
  for (const form of document.querySelectorAll("form[data-sale], form[data-keep]")) {
    form.addEventListener("submit", (event) => {
      if (navigator.onLine && !("keep" in form.dataset)) return;
      event.preventDefault(); event.stopImmediatePropagation();
      keep(form);
    });
  }
  let busy = false;
  const flush = async () => {
    const token = document.querySelector("input[name=_token]")?.value;
    const waiting = read().filter((sale) => !sale.why).slice(0, MOST);
    if (busy || !token || waiting.length === 0) return;
    busy = true;
    try {
      const body = new URLSearchParams({ _token: token, queue: JSON.stringify(waiting) });
      const answer = await fetch("/caja/replay", { method: "POST", body });
      if (!answer.ok) return;
      const became = new Map((await answer.json()).map((one) => [one.reference, one]));
      const left = read().filter((sale) => became.get(sale.reference)?.state !== "done");
      for (const sale of left) sale.why = became.get(sale.reference)?.why ?? sale.why;
      write(left);
      if (left.some((sale) => !sale.why)) setTimeout(flush, 2000);
    } catch { setTimeout(flush, 5000); } finally { busy = false; }
  };
  addEventListener("online", flush);
  show(); flush();
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
