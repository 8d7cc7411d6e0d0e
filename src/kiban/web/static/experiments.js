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
