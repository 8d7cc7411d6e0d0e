// Of each column only the fields that its meaning has are shown; and a file may be dropped.
for (const column of document.querySelectorAll(".column")) {
  const role = column.querySelector('select[name$=".role"]');
  const words = column.querySelector('input[name$=".is_text"]');
  const show = () => {
    column.dataset.role = role.value;
    for (const field of column.querySelectorAll("[data-for]")) {
      const fits = field.dataset.for.split(" ").includes(role.value);
      const inWords = field.dataset.numbers !== undefined && role.value === "parameter" && words.checked;
      field.hidden = !fits || inWords;
    }
  };
  role.addEventListener("change", show);
  words.addEventListener("change", show);
  show();
}

const drop = document.getElementById("drop");
const picker = drop?.querySelector('input[type="file"]');
if (drop && picker) {
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) {
      picker.files = event.dataTransfer.files;
      document.getElementById("drop-table").requestSubmit();
    }
  });
}

// A large table takes minutes to be kept: the page says how far it is until the answer takes its place.
const LOOK_EVERY_MS = 700;
// Who listens to the page is told what is being done, and how far it is no more often than so.
const SAY_EVERY_MS = 10_000;
const keeping = document.getElementById("keeping");
const [bar, words] = keeping?.children ?? [];
const said = document.getElementById("keeping-said");
const numbers = new Intl.NumberFormat(document.documentElement.lang);
let told = { phase: null, at: 0 };

function show(phase, sentence) {
  words.textContent = sentence;
  const now = performance.now();
  if (phase === told.phase && now - told.at < SAY_EVERY_MS) return;
  told = { phase, at: now };
  said.textContent = sentence;
}

function look(ticket) {
  return async () => {
    try {
      const answer = await fetch(`/experiments/progress?ticket=${ticket}`, { cache: "no-store" });
      const found = await answer.json();
      const sentence = found.phase && keeping.dataset[found.phase];
      if (sentence) {
        const done = numbers.format(found.done);
        show(found.phase, sentence.replace("{done}", done).replace("{total}", numbers.format(found.total)));
        if (found.phase === "writing") bar.value = found.done / Math.max(1, found.total);
        else bar.removeAttribute("value");
      }
    } catch {
      // The next look will tell.
    }
    if (!keeping.hidden) setTimeout(look(ticket), LOOK_EVERY_MS);
  };
}

keeping?.closest("form").addEventListener("submit", (event) => {
  if (event.submitter?.value !== "keep") return;
  const form = event.target;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const ticket = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  // After a stop of the browser, or on the way back, there is one from the time before.
  form.querySelector('input[name="ticket"]')?.remove();
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "ticket", value: ticket }));
  keeping.hidden = false;
  bar.removeAttribute("value");
  show("reading", keeping.dataset.reading);
  // Once the form is on its way: a button that is off sends nothing, and pressed twice it would begin anew.
  setTimeout(() => { event.submitter.disabled = true; }, 0);
  setTimeout(look(ticket), LOOK_EVERY_MS);
});

// Who comes back from the answer finds the page as it was left.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted || !keeping) return;
  keeping.hidden = true;
  for (const button of document.querySelectorAll('button[value="keep"]')) button.disabled = false;
});
