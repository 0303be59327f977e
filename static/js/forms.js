// Forms that edit: keys, and a warning before typed text is left behind. Nothing typed is stored in the browser.
"use strict";

(() => {
  const form = document.querySelector("form[data-edit]");
  if (!form) return;

  const typed = () => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  const opened = typed();
  const refused = Boolean(form.querySelector("[data-summary]"));
  let leaving = false;
  const unsaved = () => !leaving && (refused || typed() !== opened);

  window.addEventListener("beforeunload", (event) => {
    if (unsaved()) event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) leaving = true;
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
  });

  document.addEventListener("keydown", (event) => {
    const isSave = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s";
    if (isSave) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[type=submit]"));
      return;
    }
    const dialog = document.querySelector("dialog[open], [popover]:popover-open");
    if (event.key === "Escape" && !event.defaultPrevented && !dialog && !event.isComposing) {
      const cancel = form.querySelector("a[data-cancel]");
      if (cancel) window.location.assign(cancel.href);
    }
  });

  // What went wrong is read first.
  form.querySelector("[data-summary]")?.focus();
})();
