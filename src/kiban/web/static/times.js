// Times in the reader's own zone; the page has them in UTC.
const language = document.documentElement.lang;
const format = new Intl.DateTimeFormat(language === "ja" ? "ja-JP" : "en-GB", {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
});

for (const time of document.querySelectorAll("time.zoned")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  time.title = time.textContent;
  time.textContent = format.format(at);
}
