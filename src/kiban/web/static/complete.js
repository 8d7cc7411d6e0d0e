// What is typed into the question is completed: names and units that may stand at the caret, from the server.
// The box is a combobox (WAI-ARIA): arrow keys choose, Enter or Tab takes, Escape closes. Without a script it is a box.
const WAIT_MS = 150;
const form = document.querySelector("form[data-completes]");
const box = form?.querySelector("input[name=q]");
const list = form?.querySelector("#completions");
let asked = 0; // answers that come late are passed over
let waiting = 0;
let begin = 0;
let shown = [];
let chosen = -1;

function close() {
  list.hidden = true;
  shown = [];
  chosen = -1;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function option(each, place) {
  const item = document.createElement("li");
  item.id = `completion-${place}`;
  item.role = "option";
  item.setAttribute("aria-selected", "false");
  const japanese = form.dataset.completes === "ja";
  const name = (japanese ? each.ja || each.en : each.en || each.ja) || each.insert;
  for (const [kind, text] of [["name", name], ["insert", name === each.insert ? "" : each.insert], ["unit", each.unit], ["what", list.dataset[each.what]]]) {
    if (!text) continue;
    const part = document.createElement(kind === "insert" ? "code" : "span");
    part.className = kind;
    part.textContent = text;
    item.append(part, " ");
  }
  item.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the box keeps the focus
    take(place);
  });
  return item;
}

function choose(place) {
  list.children[chosen]?.setAttribute("aria-selected", "false");
  chosen = place;
  const item = list.children[place];
  item.setAttribute("aria-selected", "true");
  item.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", item.id);
}

function take(place) {
  const before = [...box.value.slice(0, box.selectionStart)].slice(0, begin).join("");
  const insert = shown[place].insert;
  const after = box.value.slice(box.selectionStart);
  box.value = `${before}${insert}${insert.endsWith(".") || after.startsWith(" ") ? "" : " "}${after}`;
  const caret = before.length + insert.length + (insert.endsWith(".") ? 0 : 1);
  box.setSelectionRange(caret, caret);
  close();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

async function offer() {
  const mine = ++asked;
  const typed = box.value.slice(0, box.selectionStart);
  if (!typed.trim()) return close();
  const answer = await fetch(`/api/v1/completions?${new URLSearchParams({ q: typed })}`);
  if (mine !== asked || !answer.ok || document.activeElement !== box) return;
  const found = await answer.json();
  if (mine !== asked) return;
  close();
  if (found.completions.length === 0) return;
  begin = found.begin;
  shown = found.completions;
  list.replaceChildren(...shown.map(option));
  list.hidden = false;
  box.setAttribute("aria-expanded", "true");
}

function press(event) {
  if (event.isComposing || list.hidden) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const from = chosen < 0 && step < 0 ? shown.length : chosen;
    choose((from + step + shown.length) % shown.length);
  } else if ((event.key === "Enter" || event.key === "Tab") && chosen >= 0) {
    event.preventDefault();
    take(chosen);
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
  }
}

if (box && list) {
  box.role = "combobox";
  for (const [name, value] of [["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    box.setAttribute(name, value);
  }
  box.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (event.isTrusted && !event.isComposing) waiting = setTimeout(offer, WAIT_MS);
  });
  box.addEventListener("compositionend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, WAIT_MS);
  });
  box.addEventListener("keydown", press);
  box.addEventListener("blur", () => {
    asked += 1;
    clearTimeout(waiting);
    close();
  });
}
