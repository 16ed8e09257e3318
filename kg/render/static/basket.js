/* Keeps the basket in this browser; without scripts the address keeps it. */
"use strict";
const form = document.querySelector("form.basket");
const place = form.dataset.root + "basket";
const name = `kg basket ${form.dataset.root}`;
const most = Number(form.dataset.most);
const shown = [...form.querySelectorAll("input[name=thing]")].map((box) => box.value);
const same = (one, other) => one.length === other.length && one.every((each) => other.includes(each));

function kept() {
  try {
    const values = JSON.parse(localStorage.getItem(name) || "[]");
    return Array.isArray(values) ? values.filter((each) => typeof each === "string").slice(0, most) : [];
  } catch { return []; /* a browser may keep nothing */ }
}
function keep(things) {
  try { localStorage.setItem(name, JSON.stringify(things.slice(0, most))); } catch { /* the address has them */ }
}
function show(things) {
  const query = new URLSearchParams(location.search);
  for (const parameter of ["thing", "add"]) query.delete(parameter);
  for (const each of things) query.append("thing", each);
  location.replace(things.length ? `${place}?${query}` : place);
}

const before = kept();
const query = new URLSearchParams(location.search);
if (query.getAll("add").some((each) => each.trim())) {
  const all = [...new Set([...before, ...shown])].slice(0, most);
  keep(all);
  if (!same(all, shown)) show(all);
} else if (!query.has("thing") && !query.has("style") && before.length) {
  show(before);
} else if (!same(before, shown)) {
  /* Somebody else's basket, or one from a bookmark: it takes the place of one's own only when that is asked for. */
  const offer = form.querySelector("[data-offer]");
  offer.hidden = !shown.length;
  offer.querySelector("button").addEventListener("click", () => { keep(shown); offer.hidden = true; });
}
form.addEventListener("submit", () => {
  keep([...form.querySelectorAll("input[name=thing]:checked")].map((box) => box.value));
});
form.querySelector("select")?.addEventListener("change", () => form.requestSubmit());
