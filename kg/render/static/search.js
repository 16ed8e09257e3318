/* Names while somebody types, as a combobox with a list (ARIA APG); without scripts the form works all the same. */
"use strict";
{
  const WAIT = 120, REMEMBERED = 50, LONGEST = 100;

  function complete(field) {
    const { suggest, root, label } = field.dataset;
    const list = document.createElement("ul");
    const answers = new Map();
    let waiting = 0, shown = "", at = -1;

    list.id = `${field.id}-names`;
    list.className = "names";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", label);
    field.parentElement.append(list);
    field.type = "text"; // a combobox is no searchbox (ARIA in HTML)
    field.setAttribute("role", "combobox");
    field.setAttribute("enterkeyhint", "search");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");

    const isOpen = () => !list.hidden;

    function choose(place) {
      list.children[at]?.setAttribute("aria-selected", "false");
      at = place;
      const option = list.children[at];
      if (!option) return field.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", option.id);
    }

    function open(is) {
      const opens = is && list.children.length > 0;
      list.hidden = !opens;
      field.setAttribute("aria-expanded", String(opens));
      if (!opens) choose(-1);
    }

    function option([name, about, language, path], place) {
      const made = document.createElement("li");
      made.id = `${list.id}-${place}`;
      made.dataset.path = path;
      made.setAttribute("role", "option");
      made.setAttribute("aria-selected", "false");
      const called = document.createElement("bdi");
      called.textContent = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
      if (language) called.lang = language;
      const said = document.createElement("span");
      said.className = "note";
      said.textContent = about;
      made.append(called, " ", said);
      return made;
    }

    async function names(text) {
      if (!answers.has(text)) {
        const answer = await fetch(`${suggest}?q=${encodeURIComponent(text)}`);
        if (!answer.ok) return [];
        const [, called, about, , { languages, paths }] = await answer.json();
        if (answers.size >= REMEMBERED) answers.clear();
        answers.set(text, called.map((name, place) => [name, about[place], languages[place], paths[place]]));
      }
      return answers.get(text);
    }

    async function ask() {
      const text = field.value.trim();
      if (text === shown && isOpen()) return;
      try {
        const found = text ? await names(text) : [];
        if (field.value.trim() !== text || document.activeElement !== field) return;
        open(false);
        shown = text;
        list.replaceChildren(...found.map(option));
        open(true);
      } catch { /* no names this time */ }
    }

    const go = (chosen) => location.assign(root + chosen.dataset.path);

    function key(event) {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      const last = list.children.length - 1;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!isOpen()) ask();
        else if (event.altKey) open(event.key === "ArrowDown");
        else if (event.key === "ArrowDown") choose(at === last ? -1 : at + 1);
        else choose(at === -1 ? last : at - 1);
      } else if (event.key === "Escape" && isOpen()) {
        event.preventDefault(); // the words stay; a second Escape clears the field
        open(false);
      } else if (event.key === "Enter" && at >= 0) {
        event.preventDefault();
        go(list.children[at]);
      }
    }

    field.addEventListener("input", () => {
      clearTimeout(waiting);
      choose(-1);
      if (field.value.trim()) waiting = setTimeout(ask, WAIT);
      else open(false);
    });
    field.addEventListener("keydown", key);
    field.addEventListener("blur", () => open(false));
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const chosen = event.target.closest("[role=option]");
      if (chosen) go(chosen);
    });
  }

  for (const field of document.querySelectorAll("input[data-suggest]")) complete(field);
}
