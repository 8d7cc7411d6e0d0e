// While a laboratory works at a campaign, its page shows by itself what has come of it, until the run has ended.
import { renew } from "./renew.js";

const EVERY_MS = 1500;
const PATIENCE_MS = 15_000;
// The whole page is drawn at most so often, and the server is given as long again as it took, several times over.
const SHOW_EVERY_MS = 3000;
const REST = 5;
// Who listens to the page is told no more often.
const SAY_EVERY_MS = 10_000;
const MOST_MISSES = 3;

const place = document.getElementById("run-part");
const lost = document.getElementById("run-lost");
const said = document.getElementById("run-said");
const article = place?.closest("article");
let misses = 0;
let told = { words: part()?.dataset.said, at: 0 };
let shown = { version: part()?.dataset.version, at: 0, took: 0 };

function part() {
  return place?.querySelector(".run");
}

async function asked(address) {
  // A server that is being stopped may take a question and never answer it.
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(address, { headers: { accept: "text/html" }, cache: "no-store", signal });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function say(words, isEnd) {
  const now = performance.now();
  if (words === told.words || (!isEnd && now - told.at < SAY_EVERY_MS)) return;
  told = { words, at: now };
  said.textContent = words;
}

// Everything that the page says of the campaign: what is best, what comes next, all experiments, history.
async function show() {
  const began = performance.now();
  const now = (await asked(`${location.pathname}${location.search}`)).querySelector("article.campaign");
  if (!now?.querySelector("#run-part .run")) throw new Error("it is another page");
  const version = now.querySelector("#run-part .run").dataset.version;
  renew(article, now);
  const at = performance.now();
  shown = { version, at, took: at - began };
}

async function look() {
  let goes = true;
  try {
    const now = (await asked(place.dataset.address)).querySelector(".run");
    const { version, said: words } = now.dataset;
    goes = now.dataset.goes === "yes";
    const isTime = performance.now() - shown.at > Math.max(SHOW_EVERY_MS, REST * shown.took);
    if (!goes || (version !== shown.version && isTime)) await show();
    else renew(part(), now);
    say(words, !goes);
    misses = 0;
    lost.hidden = true;
  } catch {
    // The server may be starting again, or somebody has logged out: the next look will tell.
    goes = true;
    misses += 1;
    lost.hidden = misses < MOST_MISSES;
  }
  if (goes) next();
  else document.dispatchEvent(new Event("run-ended"));
}

// A page that nobody sees asks nothing; it looks at once when somebody comes back.
function next() {
  if (document.hidden) document.addEventListener("visibilitychange", look, { once: true });
  else setTimeout(look, EVERY_MS);
}

if (part()?.dataset.goes === "yes") next();
