// The palette: Ctrl+K opens it, arrows choose, Enter opens what is chosen. Without script the button is a link to /find.
"use strict";

(() => {
  const palette = document.getElementById("palette");
  const button = document.getElementById("find-anything");
  if (!palette || !button || !palette.showModal) return;
  const words = document.getElementById("palette-words");
  const results = document.getElementById("palette-results");
  const options = () => [...results.querySelectorAll("[role=option]")];
  const chosen = () => results.querySelector('[aria-selected="true"]');

  const choose = (option) => {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (option) {
      words.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      words.removeAttribute("aria-activedescendant");
    }
  };

  const open = () => {
    if (palette.open) return;
    palette.showModal();
    words.focus();
    words.select();
  };

  button.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      if (palette.open) palette.close();
      else open();
    }
  });

  words.addEventListener("keydown", (event) => {
    const all = options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!all.length) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = all.indexOf(chosen());
      choose(all[from < 0 ? (step > 0 ? 0 : all.length - 1) : (from + step + all.length) % all.length]);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      const { href } = chosen();
      palette.close(); // what was found may stand on this very page
      window.location.assign(href);
    }
  });

  words.addEventListener("input", () => choose(null)); // what stands there was found for other words

  results.addEventListener("htmx:afterSwap", () => {
    const all = options();
    words.setAttribute("aria-expanded", String(all.length > 0));
    choose(all[0]);
  });

  palette.addEventListener("click", (event) => {
    const isFollowed = event.target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (event.target === palette || isFollowed) palette.close();
  });
  palette.addEventListener("close", () => button.focus());
})();

// The period picker closes with Escape and by a click beside it.
(() => {
  const picker = document.querySelector("details.picker");
  if (!picker) return;
  document.addEventListener("click", (event) => {
    if (!picker.contains(event.target)) picker.open = false;
  });
  picker.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !picker.open) return;
    picker.open = false;
    picker.querySelector("summary").focus();
  });
})();
