// Gives each text that is marked for it a button that copies it. Without JavaScript people select the text as ever.
"use strict";
const name = (code) => {
  const row = code.closest("dd");
  const term = row && row.previousElementSibling;
  return term ? term.textContent.trim() : "text";
};
const copy = async (button, code) => {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    document.dispatchEvent(new CustomEvent("keyward:copied", { detail: code }));
  } catch {
    const range = document.createRange();
    range.selectNodeContents(code);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
};
for (const code of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  if (code.dataset.copy !== "block") button.title = `Copy: ${name(code)}`;
  button.addEventListener("click", () => copy(button, code));
  const place = code.closest("pre") || code;
  place.after(button);
}
