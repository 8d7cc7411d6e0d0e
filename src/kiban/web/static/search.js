// The form of the search page: what is filled in becomes the line that is asked, and a line that is edited fills it in.
// The server writes and reads the line; nothing here knows the language.
const WAIT_MS = 200;
const line = document.querySelector(".search input[name=q]");
const place = document.querySelector(".build");
let asked = 0; // answers that come late are passed over
let waiting = 0;

function form() {
  return document.getElementById("builder");
}

function said(text) {
  const problem = document.getElementById("builder-problem");
  problem.textContent = text;
  problem.hidden = !text;
}

async function writeLine() {
  const mine = ++asked;
  const answer = await fetch(`/search/line?${new URLSearchParams(new FormData(form()))}`);
  if (mine !== asked || !answer.ok) return;
  const found = await answer.json();
  said(found.fault ? `${found.fault} ${found.mend}` : "");
  if (!found.fault) line.value = found.line;
  for (const row of form().querySelectorAll(".property-row")) {
    const units = found.units[row.querySelector("[name=term]").value];
    if (units) offer(row.querySelector("datalist"), units);
  }
}

function offer(list, units) {
  if ([...list.options].map((option) => option.value).join() === units.join()) return;
  list.replaceChildren(...units.map((unit) => new Option(unit, unit)));
}

async function fillForm() {
  const mine = ++asked;
  const answer = await fetch(`/search/builder?${new URLSearchParams({ q: line.value })}`);
  if (mine !== asked || !answer.ok) return;
  const made = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("builder");
  const scrolled = form().querySelector(".periodic-scroll").scrollLeft;
  form().replaceWith(made);
  ready();
  form().querySelector(".periodic-scroll").scrollLeft = scrolled;
}

function soon(deed) {
  clearTimeout(waiting);
  waiting = setTimeout(deed, WAIT_MS);
}

// One element is reached with the tabulator key; the arrow keys go from there to the nearest in their direction.
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function elements() {
  return [...form().querySelectorAll(".periodic input")];
}

function enter(element) {
  for (const other of elements()) other.tabIndex = other === element ? 0 : -1;
}

function neighbour(from, [down, right]) {
  let [row, column] = [Number(from.dataset.row), Number(from.dataset.column)];
  const found = (r, c) => elements().find((each) => Number(each.dataset.row) === r && Number(each.dataset.column) === c);
  for (let step = 0; step < 18; step += 1) {
    row += down;
    column += right;
    const next = found(row, column);
    if (next) return next;
  }
  return null;
}

function ready() {
  enter(elements().find((each) => each.checked) ?? elements()[0]);
  const add = form().querySelector("[data-do=add-property]");
  add.hidden = false;
  add.addEventListener("click", () => {
    const rows = form().querySelector(".property-rows");
    const row = rows.lastElementChild.cloneNode(true);
    const name = `units-${rows.children.length}`;
    for (const box of row.querySelectorAll("input")) box.value = "";
    row.querySelector("datalist").id = name;
    row.querySelector("datalist").replaceChildren();
    row.querySelector("[name=unit]").setAttribute("list", name);
    rows.append(row);
    row.querySelector("input").focus();
  });
  form().addEventListener("input", () => soon(writeLine));
  form().addEventListener("focusin", (event) => {
    if (event.target.matches(".periodic input")) enter(event.target);
  });
  form().querySelector(".periodic").addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    neighbour(event.target, step)?.focus();
  });
  // What is asked is the line that is shown, whichever button is pressed.
  form().addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    await writeLine();
    if (document.getElementById("builder-problem").hidden) line.form.requestSubmit();
  });
}

if (line && place && form()) {
  ready();
  line.addEventListener("input", () => soon(fillForm));
}
