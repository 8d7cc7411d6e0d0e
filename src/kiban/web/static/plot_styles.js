// Plotly makes style sheets and style attributes while it draws, and our content security policy allows neither. Both have
// a way that it does allow: sheets that a script constructs, and styles that it sets one by one. This file leads Plotly there.
// It stands before Plotly's script, which makes its first sheets as it loads.
const sheets = new Map();
const appendToHead = document.head.appendChild.bind(document.head);

// Plotly looks for its sheet by name before each of its rules, does not find it in the page, and makes it anew.
document.head.appendChild = (node) => {
  if (!(node instanceof HTMLStyleElement)) return appendToHead(node);
  if (!sheets.has(node.id)) {
    const made = new CSSStyleSheet();
    made.replaceSync(node.textContent);
    document.adoptedStyleSheets.push(made);
    sheets.set(node.id, made);
  }
  Object.defineProperty(node, "sheet", { value: sheets.get(node.id) });
  return node;
};

const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};
