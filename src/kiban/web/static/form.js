// Forms of records: rows that are added and removed, paste from a spreadsheet, and what a typed value is understood as.
const WAIT_MS = 250;
let nextRow = 1_000_000; // numbers only tell rows apart; their order on the page counts
let isDirty = false;

for (const hidden of document.querySelectorAll("[data-do][hidden], [data-file] label[hidden]")) hidden.hidden = false;

function rowsNamed(name) {
  return [...document.querySelectorAll("[data-rows]")].find((list) => list.dataset.rows === name);
}

function addRow(list) {
  const name = list.dataset.rows;
  const blank = [...document.querySelectorAll("template[data-blank]")].find((one) => one.dataset.blank === name);
  const place = document.createElement(list.tagName === "TBODY" ? "tbody" : "div");
  place.innerHTML = blank.innerHTML.replaceAll(blank.dataset.token ?? "__row__", `${name}.${nextRow++}`);
  const row = place.firstElementChild;
  for (const hidden of row.querySelectorAll("[data-do][hidden], [data-file] label[hidden]")) hidden.hidden = false;
  list.append(row);
  isDirty = true;
  return row;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  if (button.dataset.do === "add") {
    addRow(rowsNamed(button.dataset.to)).querySelector("input, select, textarea")?.focus();
  } else if (button.dataset.do === "remove") {
    const row = button.closest(".row");
    const list = row.parentElement;
    row.remove();
    isDirty = true;
    if (!list.children.length) addRow(list);
    list.querySelector("input, select, textarea")?.focus();
  }
});

// A block copied from a spreadsheet fills the cells from here to the right and down.
document.addEventListener("paste", (event) => {
  const cell = event.target.closest(".entry td");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cell || !/[\t\n]/.test(text.trimEnd())) return;
  event.preventDefault();
  const body = cell.closest("tbody");
  const first = [...body.children].indexOf(cell.parentElement);
  const column = [...cell.parentElement.children].indexOf(cell);
  text.replace(/\r/g, "").trimEnd().split("\n").forEach((line, down) => {
    const row = body.children[first + down] ?? addRow(body);
    line.split("\t").forEach((value, across) => {
      const box = row.children[column + across]?.querySelector("input, select, textarea");
      if (box) put(box, value.trim());
    });
  });
});

function put(box, text) {
  if (box instanceof HTMLSelectElement) {
    const found = [...box.options].find((option) => [option.value, option.text].includes(text));
    // What is no answer is shown and told by the server; it is not left out.
    if (!found && text) box.add(new Option(text, text));
    box.value = found ? found.value : text;
  } else box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

const waiting = new WeakMap();
function later(box, deed) {
  clearTimeout(waiting.get(box));
  waiting.set(box, setTimeout(deed, WAIT_MS));
}

async function asked(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function sayings(box) {
  return box.closest("td, .row, .place, [data-file]")?.querySelector(".says");
}

async function understand(box) {
  const says = sayings(box);
  const typed = box.value.trim();
  if (!says) return;
  if (!typed) { says.textContent = ""; return; }
  const found = await asked(`/api/v1/quantities?${new URLSearchParams({ text: typed, unit: box.dataset.unit })}`);
  if (!found || box.value.trim() !== typed) return;
  says.classList.toggle("problem", found.fault !== null);
  says.textContent = found.fault ?? (found.in_unit ? `= ${found.shown} = ${found.in_unit}` : `= ${found.shown}`);
}

let n_lists = 0;
async function offer(box) {
  const typed = box.value.trim();
  const says = sayings(box);
  if (says) says.textContent = "";
  if (!typed) return;
  const text = typed.replace(/[\\"]/g, "\\$&");
  const kinds = box.dataset.refers.split(" ").filter(Boolean).map((kind) => `kind = "${kind}"`).join(" OR ");
  const q = /^kb:/i.test(typed) ? `id = "${text}"` : `${kinds ? `(${kinds}) AND ` : ""}title CONTAINS "${text}"`;
  const found = await asked(`/api/v1/records?${new URLSearchParams({ q, limit: "12" })}`);
  if (!found || box.value.trim() !== typed) return;
  let list = box.list;
  if (!list) {
    list = document.createElement("datalist");
    list.id = `records-${++n_lists}`;
    box.after(list);
    box.setAttribute("list", list.id);
  }
  list.replaceChildren(...found.hits.map((hit) => new Option(`${hit.title} · ${hit.id}`, hit.id)));
  const chosen = found.hits.find((hit) => hit.id === typed);
  if (chosen && says) says.textContent = chosen.title;
}

document.addEventListener("input", (event) => {
  const box = event.target;
  isDirty = true;
  if (box.hasAttribute("aria-invalid")) {
    box.removeAttribute("aria-invalid");
    box.closest("td, .row, .place")?.querySelector(".problem[role=alert]")?.remove();
  }
  if ("quantity" in box.dataset) later(box, () => understand(box));
  if ("refers" in box.dataset) later(box, () => offer(box));
});

// A file that is chosen is deposited at once; the form keeps its checksum.
document.addEventListener("change", async (event) => {
  const place = event.target.type === "file" ? event.target.closest("[data-file]") : null;
  const file = place && event.target.files[0];
  if (!file) return;
  const says = place.querySelector(".says");
  says.textContent = "…";
  try {
    const answer = await fetch(`/api/v1/deposits?${new URLSearchParams({ name: file.name })}`, {
      method: "POST", body: file, headers: { "content-type": "application/octet-stream" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const [checksum, name] = place.querySelectorAll("input[name]");
    checksum.value = (await answer.json()).sha256;
    name.value = file.name;
    says.textContent = "✓";
    isDirty = true;
  } catch {
    says.textContent = document.querySelector(".record-form").dataset.failed;
  }
});

const form = document.querySelector(".record-form");
if (form) {
  // What came back to be mended is not kept yet.
  isDirty = form.dataset.unsaved !== undefined;
  form.addEventListener("submit", () => { isDirty = false; });
  window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
  // What the server refused has its reason beside it already.
  for (const box of form.querySelectorAll("[data-quantity]:not([aria-invalid])")) if (box.value) understand(box);
  for (const box of form.querySelectorAll("[data-refers]")) if (box.value) offer(box);
  form.querySelector("[aria-invalid]")?.focus();
}
