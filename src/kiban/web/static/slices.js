// What is expected is worked out when somebody comes near it: it takes the server up to a second.
const place = document.getElementById("slices-part");

async function fill() {
  const status = place.querySelector("[role=status]");
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
}
