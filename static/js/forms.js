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

  // Fields that do not count for the chosen kind step aside. They keep what was typed and are sent with the rest.
  const kind = form.elements.namedItem("kind");
  const path = form.elements.namedItem("path");
  const choosing = [...form.querySelectorAll("[data-counts-for]")];
  const kept = document.createElement("p");
  const isFilled = (field) => [...field.querySelectorAll("input")].some((input) => input.value.trim() !== "");
  const counts = (field) => {
    const { countsFor, countsFilled, countsPath } = field.dataset;
    if (countsFilled.split(" ").includes(kind.value) && isFilled(field)) return true;
    return countsFor.split(" ").includes(kind.value) && (!countsPath || countsPath === path.value);
  };
  const showWhatCounts = () => {
    for (const field of choosing) field.hidden = !counts(field) && !field.classList.contains("has-error");
    for (const group of form.querySelectorAll(".field-group")) {
      const fields = [...group.querySelectorAll(".field")];
      group.hidden = fields.length > 0 && fields.every((field) => field.hidden);
    }
    const aside = choosing.filter((field) => field.hidden && isFilled(field));
    const names = aside.map((field) => field.querySelector("label").firstChild.textContent.trim());
    kept.textContent = names.length ? `Kept, but not counted for this kind: ${names.join(", ")}.` : "";
  };
  if (kind && choosing.length) {
    kept.className = "note";
    kept.setAttribute("role", "status");
    kind.closest(".field").append(kept);
    kind.addEventListener("change", showWhatCounts);
    path?.addEventListener("change", showWhatCounts);
    window.addEventListener("pageshow", showWhatCounts);
    showWhatCounts();
  }

  // What went wrong is read first.
  form.querySelector("[data-summary]")?.focus();
})();
