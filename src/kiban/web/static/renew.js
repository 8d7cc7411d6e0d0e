// What a page shows is brought to what the server says now, in place. Whatever is the same stays the very element that it
// was: with its focus, what was typed or unfolded in it, what is selected, and how far it is scrolled.

// Other scripts' own work: what they fill, show or write anew is not taken back.
const OWN = "[data-own], button.copy, noscript";

// Of two things alike, what tells them apart. Elements of different keys are never made into each other: what somebody
// types into the form of one experiment must not be sent as another one's. Forms are told apart by where they lead.
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  const name = node.id || node.dataset.key || node.getAttribute("aria-labelledby") || node.getAttribute("action");
  return name ? `${node.localName} ${name}` : null;
}

function isAlike(old, now) {
  return old.nodeType === now.nodeType && old.nodeName === now.nodeName && keyOf(old) === keyOf(now);
}

function settleAttributes(old, now) {
  for (const { name, value } of now.attributes) {
    // Whether something is unfolded is the reader's.
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && name !== "tabindex" && !now.hasAttribute(name)) old.removeAttribute(name);
  }
}

function settleChildren(old, now) {
  const wanted = new Set([...now.childNodes].map(keyOf).filter(Boolean));
  const known = new Map();
  for (const child of [...old.childNodes]) {
    const key = keyOf(child);
    if (key && !wanted.has(key)) child.remove();
    else if (key) known.set(key, child);
  }
  let at = old.firstChild;
  for (const child of [...now.childNodes]) {
    const key = keyOf(child);
    const same = key ? known.get(key) : at && isAlike(at, child) ? at : null;
    if (!same || !isAlike(same, child)) {
      old.insertBefore(child, at);
      continue;
    }
    // What stands before it and has no key is gone; only where the order itself has changed is anything moved.
    while (at && at !== same && !keyOf(at)) at = passed(at);
    if (at === same) at = at.nextSibling;
    else old.insertBefore(same, at);
    settle(same, child);
  }
  while (at) at = passed(at);
}

function passed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function settle(old, now) {
  if (old.isEqualNode(now)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = now.nodeValue;
  } else if (old.localName === "time") {
    // Times stand in the reader's zone by now: one that is the same is left, another one is written by times.js.
    if (old.dateTime !== now.dateTime) old.replaceWith(now);
  } else if (!old.matches(OWN)) {
    settleAttributes(old, now);
    settleChildren(old, now);
  }
}

// The first lines that the reader sees: they shall stay where they are, whatever comes or goes above them.
const MOST_SEEN = 8;
function firstSeen(place) {
  const seen = [];
  for (const each of place.querySelectorAll("h2, p, li, tr, figure, dt")) {
    const box = each.getBoundingClientRect();
    if (box.height && box.top >= 0 && seen.push({ each, top: box.top }) === MOST_SEEN) break;
  }
  return seen;
}

// Bring an element to what another one says, which is used up by it.
export function renew(old, now) {
  const active = document.activeElement;
  const around = [];
  for (let each = active; each && old.contains(each); each = each.parentElement) around.push(each);
  const seen = firstSeen(old);
  settle(old, now);
  if (around.length && !active.isConnected) {
    // What had the focus is gone. Reading goes on at the heading of the section that it stood in.
    const left = around.find((each) => each.isConnected && each.matches("section"));
    const heading = left?.querySelector("h2");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }
  const anchor = seen.find(({ each }) => each.isConnected);
  // Browsers that keep the place by themselves leave nothing to be done here, or take what is done here as the reader's.
  if (anchor && window.scrollY > 0) {
    window.scrollBy({ top: anchor.each.getBoundingClientRect().top - anchor.top, behavior: "instant" });
  }
  document.dispatchEvent(new Event("renewed"));
}
