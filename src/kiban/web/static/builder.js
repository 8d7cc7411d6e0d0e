// The builder of campaigns: of each row only the fields that its kind has are shown, and what was typed is not lost.
for (const row of document.querySelectorAll(".switch")) {
  const choice = row.querySelector("select[data-switch]");
  const show = () => {
    const kind = choice.value.replaceAll(" ", "-");
    row.dataset.kind = kind;
    for (const field of row.querySelectorAll("[data-for]")) field.hidden = !field.dataset.for.split(" ").includes(kind);
  };
  choice.addEventListener("change", show);
  show();
}
const form = document.querySelector("form.builder");
let isDirty = form?.dataset.unsaved !== undefined;
form?.addEventListener("input", (event) => {
  isDirty = true;
  // What is put right is not wrong any more; whether it is right is said at the next look.
  event.target.removeAttribute("aria-invalid");
});
form?.addEventListener("submit", () => { isDirty = false; });
window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
(document.querySelector("[aria-invalid]") ?? (location.hash ? null : document.getElementById("look")))?.scrollIntoView({ block: "center" });
document.querySelector("[aria-invalid]")?.focus();
