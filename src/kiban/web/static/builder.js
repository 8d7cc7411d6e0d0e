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
// Weights are asked for only where outcomes are weighed.
const ways = [...document.querySelectorAll('input[name="way"]')];
const weigh = () => {
  const way = ways.find((each) => each.checked)?.value;
  for (const part of document.querySelectorAll("[data-when]")) part.classList.toggle("not-now", part.dataset.when !== way);
};
for (const each of ways) each.addEventListener("change", weigh);
weigh();
// A table that was chosen is shown at once, and with it what it proposes.
for (const picker of document.querySelectorAll('input[type="file"][data-take]')) {
  picker.addEventListener("change", () => {
    if (!picker.files.length) return;
    const button = document.createElement("button");
    Object.assign(button, { name: "do", value: picker.dataset.take, hidden: true, formNoValidate: true });
    button.setAttribute("formaction", `/campaigns/new#${picker.dataset.take.split(":")[1]}`);
    form.append(button);
    form.requestSubmit(button);
  });
}
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
