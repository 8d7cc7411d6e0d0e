// The header of a file as a tree that folds, with a filter. It is fetched when it is asked for: some have megabytes.
const place = document.getElementById("header-tree");
const MOST = 400; // of one branch at a time, so that a header of 10^5 lines does not stop the browser

function leaf(name, value) {
  const item = document.createElement("li");
  const key = document.createElement("span");
  key.className = "key";
  key.textContent = name;
  const text = document.createElement("span");
  text.className = "written";
  text.textContent = value === null ? "null" : String(value);
  item.append(key, " ", text);
  return item;
}

function isBranch(value) {
  return value !== null && typeof value === "object";
}

function branch(name, value, open) {
  const item = document.createElement("li");
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const entries = Object.entries(value);
  summary.textContent = `${name} (${entries.length})`;
  details.append(summary);
  const fill = () => { if (!details.querySelector("ul")) details.append(list(entries, open)); };
  details.addEventListener("toggle", () => { if (details.open) fill(); });
  if (open) { fill(); details.open = true; }
  item.append(details);
  return item;
}

function list(entries, open) {
  const ul = document.createElement("ul");
  const add = (from) => {
    for (const [name, value] of entries.slice(from, from + MOST)) {
      ul.append(isBranch(value) ? branch(name, value, open) : leaf(name, value));
    }
    if (entries.length > from + MOST) {
      const more = document.createElement("button");
      more.type = "button";
      more.textContent = `+ ${entries.length - from - MOST}`;
      more.addEventListener("click", () => { item.remove(); add(from + MOST); });
      const item = document.createElement("li");
      item.append(more);
      ul.append(item);
    }
  };
  add(0);
  return ul;
}

// What of a tree has the text, in a key or in a value; `undefined` where nothing has it.
function matching(value, text) {
  if (!isBranch(value)) return String(value).toLowerCase().includes(text) ? value : undefined;
  const kept = {};
  for (const [name, part] of Object.entries(value)) {
    const found = name.toLowerCase().includes(text) ? part : matching(part, text);
    if (found !== undefined) kept[name] = found;
  }
  return Object.keys(kept).length ? kept : undefined;
}

function show(header) {
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = place.dataset.filter;
  filter.setAttribute("aria-label", place.dataset.filter);
  const tree = document.createElement("div");
  tree.className = "tree";
  tree.tabIndex = 0;
  const draw = () => {
    const text = filter.value.trim().toLowerCase();
    const part = text ? matching(header, text) : header;
    const entries = part === undefined ? [] : Object.entries(part);
    if (entries.length) tree.replaceChildren(list(entries, text !== ""));
    else tree.textContent = place.dataset.empty;
  };
  let waiting = 0;
  filter.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(draw, 150); });
  draw();
  place.replaceChildren(filter, tree);
  filter.focus();
}

if (place) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = place.dataset.open;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const answer = await fetch(place.dataset.address);
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
    } catch {
      button.disabled = false;
      button.textContent = place.dataset.failed;
    }
  });
  place.replaceChildren(button);
}
