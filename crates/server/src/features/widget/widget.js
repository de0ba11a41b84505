// What a basket gives, on a shop's page: one script tag, one request, no cookie of its own, nothing from anywhere else.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || !("customElements" in window)) return;
  const NAME = "loyalty-points";
  const PAUSE_MS = 60;
  const address = new URL("widget/quote", script.src);
  const home = new URL(script.src).origin;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; font: inherit; }
    :host([hidden]) { display: none; }
    div { display: grid; gap: 4px; padding: 12px 16px; border: 1px solid var(--line); background: var(--surface);
      color: var(--ink); border-radius: var(--corner); font-size: 1rem; line-height: 1.4; }
    div:empty { display: none; }
    p { margin: 0; }
    p:first-child { font-weight: 600; }
    p + p { color: var(--muted); }
    a { color: var(--link); display: inline-flex; align-items: center; min-height: 24px; justify-self: start; }
    a:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
  `);

  class LoyaltyPoints extends HTMLElement {
    static observedAttributes = ["basket", "items", "lang", "theme"];
    #box = document.createElement("div");
    #timer = 0;
    #asked = null;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.#box.setAttribute("role", "status");
      root.append(this.#box);
    }

    connectedCallback() {
      this.#soon();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.#soon();
    }

    // Several changes at once are one question.
    #soon() {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
    }

    async #ask() {
      const basket = this.getAttribute("basket") ?? "";
      this.#asked?.abort();
      if (!/^\d{1,9}$/.test(basket)) return this.#box.replaceChildren();
      this.#asked = new AbortController();
      const url = new URL(address);
      url.searchParams.set("basket", basket);
      if (this.getAttribute("items")) url.searchParams.set("items", this.getAttribute("items"));
      const lang = this.closest("[lang]")?.lang;
      if (lang) url.searchParams.set("locale", lang);
      try {
        const answer = await fetch(url, { credentials: "include", signal: this.#asked.signal });
        if (!answer.ok) throw new Error(`${answer.status}`);
        this.#draw(await answer.json());
      } catch (error) {
        // A shop sells on without us.
        if (error.name !== "AbortError") this.#box.replaceChildren();
      }
    }

    #draw(told) {
      const dark = this.getAttribute("theme") === "dark" ||
        (this.getAttribute("theme") === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
      for (const [name, value] of Object.entries(told.colours[dark ? "dark" : "light"])) {
        this.style.setProperty(`--${name}`, value);
      }
      this.style.setProperty("--corner", `${told.corner}px`);
      const lines = told.lines.map((text) => Object.assign(document.createElement("p"), { textContent: text }));
      const link = Object.assign(document.createElement("a"), { textContent: told.link.text, href: home + told.link.href });
      this.#box.replaceChildren(...lines, link);
    }
  }

  if (!customElements.get(NAME)) customElements.define(NAME, LoyaltyPoints);

  // With the basket on the tag itself the widget stands where the tag stands, and follows it.
  if (script.dataset.basket === undefined) return;
  const own = document.createElement(NAME);
  const follow = () => {
    for (const name of ["basket", "items", "theme"]) {
      if (script.dataset[name] !== undefined) own.setAttribute(name, script.dataset[name]);
    }
  };
  follow();
  script.after(own);
  new MutationObserver(follow).observe(script, { attributes: true });
})();
