/* Completions while somebody types; without scripts the form works all the same. */
"use strict";
const field = document.querySelector("input[data-suggest]");
if (field) {
  const list = document.getElementById(field.getAttribute("list"));
  let waiting = 0;
  let asked = "";
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    const text = field.value.trim();
    if (text.length < 2 || text === asked) return;
    waiting = setTimeout(async () => {
      asked = text;
      try {
        const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(text)}`);
        if (!answer.ok || field.value.trim() !== text) return;
        const [, names] = await answer.json();
        list.replaceChildren(...names.map((name) => {
          const option = document.createElement("option");
          option.value = name;
          return option;
        }));
      } catch { /* no completions this time */ }
    }, 150);
  });
}
