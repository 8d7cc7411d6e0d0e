// What is like a record is looked for when somebody comes near it: most visits do not ask.
const place = document.getElementById("similar-part");

async function fill() {
  place.querySelector("[role=status]").textContent = place.dataset.wait;
  try {
    const answer = await fetch(place.dataset.address, { headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...part.body.childNodes);
  } catch {
    place.querySelector("[role=status]").textContent = place.dataset.failed;
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
}
