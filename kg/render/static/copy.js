/* A button behind each citation that copies its text; without scripts it is there to be selected. */
"use strict";
const words = document.currentScript ? document.currentScript.dataset : {};
for (const text of document.querySelectorAll(".copy")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copies";
  button.textContent = words.copy || "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = words.copied || "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(text);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
    }
  });
  text.after(button);
}
