// What the workbench says, in the language of the page: the page brings the texts along, by the English ones.
const texts = JSON.parse(document.getElementById("workbench").dataset.words || "{}");

export function say(text, values = {}) {
  return (texts[text] || text).replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? values[name] : whole));
}
