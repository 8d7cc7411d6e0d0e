// Files are sent one by one, two at a time, each with its progress; what became of it is shown as soon as it is safe.
const form = document.getElementById("deposit");
const words = JSON.parse(form.dataset.words);
const techniques = JSON.parse(form.dataset.techniques);
const drop = document.getElementById("drop");
const picker = document.getElementById("files");
const folder = document.getElementById("folder");
const chooseFolder = document.getElementById("choose-folder");
const results = document.getElementById("results");
const arrivals = document.getElementById("arrivals");
const summary = document.getElementById("summary");
const AT_ONCE = 2;
const MOST_TRIES = 50;

const queue = [];
let sending = 0;
let done = 0;
let all = 0;
const counts = new Map();

function add(file, path) {
  const line = document.createElement("li");
  const name = element("span", "name", path);
  const state = element("span", "line", words.waiting);
  const progress = document.createElement("progress");
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", path);
  line.append(name, state, progress);
  arrivals.prepend(line);
  queue.push({ file, path, line, state, progress, tries: 0 });
  all += 1;
  results.hidden = false;
  tell();
  next();
}

function next() {
  while (sending < AT_ONCE && queue.length) {
    sending += 1;
    send(queue.shift());
  }
}

function send(arrival) {
  const parameters = new URLSearchParams({ name: arrival.path, ...placement() });
  const sample = document.getElementById("sample").value.trim();
  if (sample) parameters.set("sample", sample);
  const request = new XMLHttpRequest();
  request.open("POST", `/api/v1/deposits?${parameters}`);
  request.setRequestHeader("content-type", "application/octet-stream");
  request.responseType = "json";
  arrival.state.textContent = words.sending;
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) arrival.progress.value = event.loaded / event.total;
  };
  request.upload.onload = () => {
    arrival.state.textContent = words.reading;
    arrival.progress.removeAttribute("value");
  };
  request.onload = () => {
    const answer = request.response ?? {};
    const wait_s = Number(request.getResponseHeader("retry-after"));
    if (answer.error === "TooManyRequests" && wait_s > 0 && arrival.tries < MOST_TRIES) {
      // Thousands of files are more than is taken in a minute: this one keeps its place and goes on when there is room.
      arrival.tries += 1;
      arrival.state.textContent = words.waiting;
      arrival.progress.value = 0;
      setTimeout(() => send(arrival), wait_s * 1000);
      return;
    }
    if (request.status === 200) show(arrival, answer);
    else fail(arrival, `${answer.fault ?? request.status} ${answer.mend ?? ""}`);
    finish();
  };
  request.onerror = () => {
    fail(arrival, words.lost);
    finish();
  };
  request.send(arrival.file);
}

// The list of tiers has one line for each agreement, and one for what the project says.
function placement() {
  const [tier, agreement] = document.getElementById("tier").value.split(":");
  const embargo = document.getElementById("embargo").value.trim();
  return {
    ...(tier && tier !== "project" ? { tier } : {}),
    ...(agreement ? { agreement } : {}),
    ...(embargo ? { embargo } : {}),
  };
}

function show(arrival, outcome) {
  count(outcome.status);
  arrival.progress.remove();
  arrival.state.replaceChildren(badge(outcome.status));
  if (outcome.measurement) {
    const link = element("a", "", outcome.measurement);
    link.href = `/records/${outcome.measurement}`;
    arrival.state.append(link, element("span", "", techniques[outcome.technique] ?? ""));
    if (outcome.measurements.length > 1) arrival.state.append(element("span", "", `+${outcome.measurements.length - 1}`));
    describe(arrival.line, link, outcome.measurement);
  }
  if (outcome.already_there) arrival.state.append(element("span", "about", words.already));
  if (outcome.stays) reason(arrival.line, outcome.stays);
  if (!outcome.measurement) reason(arrival.line, outcome.reason, outcome.said);
  if (outcome.members.length) inside(arrival.line, outcome.members);
}

function inside(line, members) {
  const details = document.createElement("details");
  details.append(element("summary", "", words.members.replace("#", String(members.length))));
  const list = element("ul", "plain", "");
  for (const member of members) {
    const item = document.createElement("li");
    item.append(badge(member.status), ` ${member.path.split("!/").pop()} `);
    if (member.measurement) {
      const link = element("a", "", member.measurement);
      link.href = `/records/${member.measurement}`;
      item.append(link);
    }
    list.append(item);
  }
  details.append(list);
  line.append(details);
}

// The title in place of the identifier, and a thumbnail; both are told by the record itself.
async function describe(line, link, identifier) {
  const answer = await fetch(`/api/v1/records/${identifier}`);
  if (!answer.ok) return;
  const record = await answer.json();
  link.textContent = record.title;
  const points = record.document.preview ?? [];
  if (points.length < 2) return;
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "sparkline");
  svg.setAttribute("viewBox", "0 0 100 30");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const curve = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  const across = (x) => (100 * (x - left)) / (right - left || 1);
  const down = (y) => 29 - (28 * (y - low)) / (high - low || 1);
  curve.setAttribute("points", points.map(([x, y]) => `${across(x).toFixed(1)},${down(y).toFixed(1)}`).join(" "));
  curve.setAttribute("vector-effect", "non-scaling-stroke");
  svg.append(curve);
  line.append(svg);
}

function fail(arrival, text) {
  count("failed");
  arrival.progress.remove();
  arrival.state.replaceChildren(badge("failed"));
  reason(arrival.line, text);
}

// What the page's language has no words for is English, and says so.
function reason(line, english, said = "") {
  const told = element("p", "reason", said || english);
  if (!said) told.lang = "en";
  line.append(told);
}

function badge(status) {
  return element("span", `badge status-${status}`, words[status] ?? status);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function finish() {
  sending -= 1;
  done += 1;
  tell();
  next();
}

function count(status) {
  counts.set(status, (counts.get(status) ?? 0) + 1);
}

function tell() {
  const each = [...counts].map(([status, n]) => `${words[status] ?? status} ${n}`).join(", ");
  const soFar = words.summary.replace("##", String(all)).replace("#", String(done));
  summary.textContent = each ? `${soFar} (${each})` : soFar;
}

// Files that have not arrived yet are lost with the page.
window.addEventListener("beforeunload", (event) => {
  if (done < all) event.preventDefault();
});

// A dropped folder gives entries, not files: they are walked through to the end.
async function walk(entry, path) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    add(file, path + entry.name);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A reader gives a hundred at a time and nothing at the end.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const inner of some) await walk(inner, `${path}${entry.name}/`);
  }
}

for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) {
  drop.addEventListener(kind, () => drop.classList.remove("over"));
}
// A file dropped beside the place must not replace the page.
for (const kind of ["dragover", "drop"]) {
  window.addEventListener(kind, (event) => event.preventDefault());
}
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length) entries.forEach((entry) => walk(entry, "").catch((error) => unreadable(entry, error)));
  else [...event.dataTransfer.files].forEach((file) => add(file, file.name));
});

// A folder that may not be read, or a file that went away while it was dragged.
function unreadable(entry, error) {
  const line = document.createElement("li");
  line.append(element("span", "name", entry.name), badge("failed"));
  reason(line, String(error?.message ?? error));
  arrivals.prepend(line);
  all += 1;
  done += 1;
  count("failed");
  results.hidden = false;
  tell();
}

function take(input) {
  for (const file of input.files) add(file, file.webkitRelativePath || file.name);
  input.value = "";
}
picker.addEventListener("change", () => take(picker));
folder.addEventListener("change", () => take(folder));
chooseFolder.hidden = false;
chooseFolder.addEventListener("click", () => folder.click());
// With scripts files go off as soon as they are chosen.
document.getElementById("send").hidden = true;
picker.classList.add("unseen");
form.addEventListener("submit", (event) => event.preventDefault());
