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
const keeping = document.getElementById("keeping");
keeping?.closest("form").addEventListener("submit", (event) => {
  if (event.submitter?.value !== "keep") return;
  const form = event.target;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const ticket = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "ticket", value: ticket });
  form.append(field);
  keeping.hidden = false;
  const [bar, words] = keeping.children;
  words.textContent = keeping.dataset.reading;
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const look = async () => {
    try {
      const answer = await fetch(`/experiments/progress?ticket=${ticket}`, { cache: "no-store" });
      const found = await answer.json();
      const sentence = found.phase && keeping.dataset[found.phase];
      if (sentence) {
        words.textContent = sentence
          .replace("{done}", numbers.format(found.done))
          .replace("{total}", numbers.format(found.total));
        if (found.phase === "writing") bar.value = found.done / Math.max(1, found.total);
        else bar.removeAttribute("value");
      }
    } catch {
      // The next look will tell.
    }
    setTimeout(look, LOOK_EVERY_MS);
  };
  setTimeout(look, LOOK_EVERY_MS);
});
