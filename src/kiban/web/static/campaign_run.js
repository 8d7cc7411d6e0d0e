// While a laboratory works at a campaign, its page says how far it has come, and shows everything anew at the end.
const EVERY_MS = 1500;
const PATIENCE_MS = 15_000;
const place = document.getElementById("run-part");

async function look() {
  try {
    // A server that is being stopped may take a question and never answer it.
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(place.dataset.address, { headers: { accept: "text/html" }, cache: "no-store", signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".run");
    if (part.dataset.goes === "no") {
      location.hash = "run";
      location.reload();
      return;
    }
    // What has the focus is not taken away under somebody's finger.
    const before = place.querySelector(".run");
    if (part.innerHTML !== before.innerHTML && !before.contains(document.activeElement)) before.replaceWith(part);
  } catch {
    // The server may be starting again: the next look will tell.
  }
  setTimeout(look, EVERY_MS);
}

if (place?.querySelector(".run")?.dataset.goes === "yes") setTimeout(look, EVERY_MS);
