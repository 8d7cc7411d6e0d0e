// The form of a result: a file may be dropped, and goes off at once when it is the only thing to be told.
const drop = document.getElementById("drop");
const form = document.getElementById("result-form");
const picker = drop?.querySelector('input[type="file"]');
if (drop && form && picker) {
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    picker.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  // A file dropped beside the place must not replace the page.
  for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
}
document.querySelector("[aria-invalid]")?.focus();
