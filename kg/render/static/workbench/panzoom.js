// Moving about in a drawing: buttons, arrow keys, dragging; the wheel with Ctrl, so that the page still scrolls.
import { html } from "./dom.js";
import { say } from "./words.js";

export function movable(drawing, box, changed = () => {}) {
  const home = { ...box };
  let held = null;
  const apply = () => {
    drawing.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`);
    changed(box.width / home.width);
  };
  const zoom = (by, x = 0.5, y = 0.5) => {
    const width = Math.min(Math.max(box.width * by, home.width / 60), home.width * 2);
    const height = width * (home.height / home.width);
    box.x += (box.width - width) * x;
    box.y += (box.height - height) * y;
    Object.assign(box, { width, height });
    apply();
  };
  const move = (x, y) => {
    box.x += x * box.width;
    box.y += y * box.height;
    apply();
  };
  drawing.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("a, .node")) held = [event.clientX, event.clientY];
  });
  drawing.addEventListener("pointermove", (event) => {
    if (!held) return;
    const size = drawing.getBoundingClientRect();
    move((held[0] - event.clientX) / size.width, (held[1] - event.clientY) / size.height);
    held = [event.clientX, event.clientY];
  });
  for (const name of ["pointerup", "pointerleave"]) drawing.addEventListener(name, () => (held = null));
  drawing.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const size = drawing.getBoundingClientRect();
      zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, (event.clientX - size.left) / size.width, (event.clientY - size.top) / size.height);
    },
    { passive: false },
  );
  const arrows = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
  drawing.addEventListener("keydown", (event) => {
    if (arrows[event.key]) {
      event.preventDefault();
      move(...arrows[event.key]);
    } else if (event.key === "+" || event.key === "-") {
      zoom(event.key === "+" ? 1 / 1.4 : 1.4);
    }
  });
  const reset = () => {
    Object.assign(box, home);
    apply();
  };
  const button = (text, label, action) => html("button", { type: "button", class: "quiet", "aria-label": label, onclick: action }, text);
  apply();
  return html("div", { class: "kg-zoom" }, button("+", say("Zoom in"), () => zoom(1 / 1.5)), button("−", say("Zoom out"), () => zoom(1.5)), button("⟲", say("All"), reset));
}
