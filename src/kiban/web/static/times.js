// Times in the reader's own zone; the page has them in UTC. The form is the one that times without a zone have.
const format = new Intl.DateTimeFormat("sv-SE", {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
});

for (const time of document.querySelectorAll("time.zoned")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  time.title = time.textContent;
  time.textContent = format.format(at);
}
