// Times in the reader's own zone, with its name; the page has them in UTC. A time that was kept without a zone has none
// beside it, and stays as it is.
const format = new Intl.DateTimeFormat("sv-SE", {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
});
const named = new Intl.DateTimeFormat(document.documentElement.lang, { timeZoneName: "short" });

function zone(at) {
  return named.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";
}

function write() {
  for (const time of document.querySelectorAll("time.zoned:not([title])")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = time.textContent;
    time.textContent = `${format.format(at)} ${zone(at)}`.trim();
  }
}

write();
// Other scripts bring new ones.
document.addEventListener("renewed", write);
