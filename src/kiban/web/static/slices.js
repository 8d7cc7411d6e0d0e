// What is expected is worked out when somebody comes near it: it takes the server up to a second.
const place = document.getElementById("slices-part");

async function fill() {
  let status = place.querySelector("[role=status]");
  if (!status) {
    // It is filled already, and something has come to it: what is there stays until the new one is.
    status = document.createElement("p");
    status.setAttribute("role", "status");
    place.prepend(status);
  }
  status.textContent = place.dataset.wait;
  try {
    const answer = await fetch(place.dataset.address, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...part.body.childNodes);
  } catch {
    status.textContent = place.dataset.failed;
  }
}

if (place) {
  const watcher = new IntersectionObserver((seen) => {
    if (seen.some((each) => each.isIntersecting)) {
      watcher.disconnect();
      fill();
    }
  }, { rootMargin: "200px" });
  watcher.observe(place);
  // A run in a laboratory has come to its end: what was worked out before is not of these experiments.
  document.addEventListener("run-ended", () => {
    watcher.disconnect();
    watcher.observe(place);
  });
}
