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
