// A button beside a box for a day or a time, which opens the browser's calendar. The box stays one to type in: it takes
// what no calendar has, as 24 months or a time of another zone.
const ready = new WeakSet();

function two(number) {
  return String(number).padStart(2, "0");
}

// A calendar knows no zones: what is picked there is meant as the reader's own.
function withZone(picked) {
  const away = -new Date(picked).getTimezoneOffset();
  return `${picked}${away < 0 ? "-" : "+"}${two(Math.floor(Math.abs(away) / 60))}:${two(Math.abs(away) % 60)}`;
}

// Drawn, because not every machine has a letter for it.
function calendar() {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("width", "16");
  drawing.setAttribute("height", "16");
  drawing.setAttribute("aria-hidden", "true");
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "path");
  lines.setAttribute("d", "M2 3.5h12v10.5h-12z M2 6.5h12 M5 1.5v3 M11 1.5v3");
  lines.setAttribute("fill", "none");
  lines.setAttribute("stroke", "currentColor");
  lines.setAttribute("stroke-width", "1.5");
  drawing.append(lines);
  return drawing;
}

function provide(box) {
  if (ready.has(box) || !HTMLInputElement.prototype.showPicker) return;
  ready.add(box);
  const isTime = box.dataset.day === "time";
  const picker = document.createElement("input");
  picker.type = isTime ? "datetime-local" : "date";
  picker.className = "unseen";
  picker.tabIndex = -1;
  picker.setAttribute("aria-hidden", "true");
  picker.setAttribute("aria-label", box.dataset.pick);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small pick-day";
  button.append(calendar());
  button.title = box.dataset.pick;
  button.setAttribute("aria-label", box.dataset.pick);
  button.addEventListener("click", () => {
    picker.value = box.value.trim().slice(0, isTime ? 16 : 10);
    picker.showPicker();
  });
  picker.addEventListener("change", () => {
    if (!picker.value) return;
    box.value = isTime ? withZone(picker.value) : picker.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
  const together = document.createElement("span");
  together.className = "with-day";
  box.replaceWith(together);
  together.append(box, button, picker);
}

for (const box of document.querySelectorAll("input[data-day]")) provide(box);
// Rows that are added later get theirs when somebody comes to them.
document.addEventListener("focusin", (event) => {
  if (!(event.target instanceof HTMLInputElement) || !event.target.dataset.day || ready.has(event.target)) return;
  provide(event.target);
  event.target.focus();
});
