// Files can be dropped on the form, and pasted into it; without this script they are chosen.
"use strict";

const form = document.querySelector("form[data-drop]");

if (form) {
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector(".chosen-files");
  form.querySelector(".drop-hint").hidden = false;

  const show = () => {
    list.replaceChildren(
      ...[...input.files].map((file) => {
        const item = document.createElement("li");
        item.textContent = file.name;
        return item;
      }),
    );
    list.hidden = input.files.length < 2;
  };

  const add = (files) => {
    const all = new DataTransfer();
    [...input.files, ...files].forEach((file) => all.items.add(file));
    input.files = all.files;
    show();
  };

  const holdsFiles = (event) => [...event.dataTransfer.types].includes("Files");

  ["dragenter", "dragover"].forEach((kind) => {
    form.addEventListener(kind, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      form.classList.add("is-target");
    });
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("is-target");
  });
  form.addEventListener("drop", (event) => {
    form.classList.remove("is-target");
    if (!holdsFiles(event)) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
  input.addEventListener("change", show);
}
