/* Enter in a check box sends nothing, as people expect of it; Space ticks it, and the button sends. */
"use strict";
for (const form of document.querySelectorAll("form.pick, form.basket")) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.type === "checkbox") event.preventDefault();
  });
}
