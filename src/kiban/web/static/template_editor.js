// The editor of templates: fields, options and parts are added, moved and removed; undo; what a unit means; a warning.
const WAIT_MS = 250;
const form = document.getElementById("editor");
const words = JSON.parse(form.dataset.words);
const says = document.getElementById("editor-says");
const undoButton = form.querySelector('[data-do="undo"]');
const undone = []; // deeds that take back, newest last
let nextRow = 1_000_000; // numbers only tell rows apart; their order on the page counts
let isDirty = false;

const ROW = "li.tf, li.option";

function changed(back) {
  isDirty = true;
  if (back) undone.push(back);
  undoButton.disabled = undone.length === 0;
}

function wake(part) {
  for (const button of part.querySelectorAll("button[data-do][hidden]")) button.hidden = false;
}

function add(list, blank) {
  const place = document.createElement("ol");
  place.innerHTML = document.getElementById(blank).innerHTML.replaceAll("__row__", `${list.dataset.name}.${nextRow++}`);
  const row = place.firstElementChild;
  wake(row);
  list.append(row);
  changed(() => row.remove());
  row.querySelector("input:not([type=hidden])").focus();
}

function remove(row) {
  const list = row.parentElement;
  const after = row.nextElementSibling;
  const next = after ?? row.previousElementSibling;
  row.remove();
  changed(() => { list.insertBefore(row, after); row.querySelector("input:not([type=hidden])").focus(); });
  (next?.querySelector("input:not([type=hidden])") ?? undoButton).focus();
}

function move(row, isUp, button) {
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  const list = row.parentElement;
  const after = row.nextElementSibling;
  list.insertBefore(row, isUp ? other : other.nextElementSibling);
  changed(() => list.insertBefore(row, after));
  button?.focus();
  says.textContent = `${[...list.children].indexOf(row) + 1} / ${list.children.length}`;
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  const row = button.closest(ROW);
  switch (button.dataset.do) {
    case "add-field": add(form.querySelector('.tf-list[data-level="1"]'), "blank-field-1"); break;
    case "add-part": add(button.parentElement.querySelector(".tf-list"), "blank-field-2"); break;
    case "add-option": add(button.parentElement.querySelector(".options"), "blank-option"); break;
    case "remove": remove(row); break;
    case "up": move(row, true, button); break;
    case "down": move(row, false, button); break;
    case "undo": undone.pop()?.(); changed(); break;
  }
});

form.addEventListener("keydown", (event) => {
  if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key) && event.target.tagName !== "SELECT") {
    const row = event.target.closest(ROW);
    if (row) { event.preventDefault(); move(row, event.key === "ArrowUp", event.target); }
  }
  // In a text box Ctrl+Z is the browser's own; elsewhere it takes back what was done to rows.
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && event.target.tagName === "BUTTON" && undone.length) {
    event.preventDefault();
    undoButton.click();
  }
});

function showFor(row) {
  const kind = row.querySelector('[data-part="kind"]').value;
  row.dataset.kind = kind;
  for (const part of row.querySelectorAll("[data-for]")) {
    if (part.closest("li.tf") === row) part.hidden = !part.dataset.for.split(" ").includes(kind);
  }
}

function keyOf(label) {
  return label.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 64);
}

const waiting = new WeakMap();
async function understand(box) {
  const place = box.parentElement.querySelector(".says");
  const unit = box.value.trim();
  if (!unit) { place.textContent = ""; return; }
  let found;
  try {
    found = await (await fetch(`/api/v1/units?${new URLSearchParams({ unit })}`)).json();
  } catch {
    return;
  }
  if (box.value.trim() !== unit) return;
  place.classList.toggle("problem", !found.dimension);
  place.textContent = found.dimension ?? words.unknown;
}

form.addEventListener("input", (event) => {
  const box = event.target;
  const row = box.closest("li.tf");
  isDirty = true;
  if (box.name === "applies_to") showTechniques();
  if (!row) return;
  const key = row.querySelector('[data-part="key"]');
  if (box.dataset.part === "kind") showFor(row);
  if (box.dataset.part === "key") {
    box.dataset.typed = "yes";
    const was = row.querySelector(".was");
    was.hidden = !was.dataset.was || was.dataset.was === box.value;
  }
  // A new field is called after its English label until somebody says otherwise; one that is kept never by itself.
  if (box.dataset.part === "label" && !key.dataset.typed && !row.querySelector(".was").dataset.was) key.value = keyOf(box.value);
  if (box.dataset.part === "unit") {
    clearTimeout(waiting.get(box));
    waiting.set(box, setTimeout(() => understand(box), WAIT_MS));
  }
});

function showTechniques() {
  const part = form.querySelector("[data-applies]");
  const chosen = form.elements.applies_to;
  if (part && chosen) part.hidden = part.dataset.applies !== chosen.value;
}

wake(form);
showTechniques();
for (const box of form.querySelectorAll('[data-part="unit"]')) if (box.value) understand(box);
for (const key of form.querySelectorAll('[data-part="key"]')) if (key.value) key.dataset.typed = "yes";
form.addEventListener("submit", () => { isDirty = false; });
// Coming back from the look at the changes, what is in the page is not kept yet.
if (form.dataset.unsaved !== undefined) isDirty = true;
window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
form.querySelector(".has-problem input:not([type=hidden])")?.focus();
