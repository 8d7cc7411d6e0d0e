// The plot of a measurement: any variable against any other of the same points, peaks marked, maps as colours.
const place = document.getElementById("plot");
const note = document.getElementById("plot-note");
const form = document.getElementById("plot-controls");
const given = JSON.parse(place.dataset.plot);
const REVERSED = {
  ir: ["wavenumber"], nmr: ["chemical_shift", "frequency"], xps: ["binding_energy"], photoemission: ["binding_energy"],
};
// What a field draws, where that is not the first axis and the first signal.
const USUAL = {
  cyclic_voltammetry: { x: ["potential"], y: ["current"] },
  linear_sweep_voltammetry: { x: ["potential"], y: ["current"] },
  galvanostatic_cycling: { x: ["time", "charge"], y: ["potential"] },
  open_circuit_voltage: { x: ["time"], y: ["potential"] },
  crystal_structure: { x: ["fract_x"], y: ["fract_y"] },
  force_spectroscopy: { x: ["z_sensor", "raw"], y: ["deflection"] },
  impedance: { x: ["impedance_real"], y: ["impedance_imaginary_negative", "impedance_imaginary"] },
  magnetometry: { swept: ["magnetic_field", "temperature", "frequency"] },
  electrical_transport: { swept: ["magnetic_field", "temperature"] },
  heat_capacity: { x: ["temperature"] },
  thermogravimetry: { x: ["temperature"] },
  differential_scanning_calorimetry: { x: ["temperature"] },
};
// Atoms and fragments are things of their own: a line from one to the next would show what is not there.
const AS_POINTS = new Set(["crystal_structure"]);
const AS_STICKS = new Set(["mass_spectrometry"]);
const MOST_STICKS = 2000; // more are a profile, not a list of peaks
const PEAKS_ARE_HIGH = new Set(["xrd", "raman"]);
let variables = [];

const title = (v) => given.titles[v.name] ?? v.name;
const named = (name) => variables.find((v) => v.name === name);
const isLine = (v) => v.dimensions.length === 1 && v.values.every((x) => x === null || typeof x === "number");
const partners = (x) => variables.filter((v) => v !== x && isLine(v) && v.dimensions[0] === x.dimensions[0]);
const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

function usual() {
  const lines = variables.filter(isLine);
  const wish = USUAL[given.technique] ?? {};
  const first = (names) => (names ?? []).map(named).find((v) => v && isLine(v));
  const signal = lines.find((v) => v.role === "signal" && partners(v).length) ?? lines.find((v) => v.role === "signal");
  const y = first(wish.y) ?? signal ?? lines[1] ?? lines[0];
  const of = y ? partners(y) : [];
  const x = first(wish.x) ?? mostVaried(wish.swept, of) ?? of.find((v) => v.role === "axis") ?? null;
  return { x: x && y && x.dimensions[0] === y.dimensions[0] ? x : null, y };
}

// Loops are drawn over the field, cooling curves over the temperature: over what varied most for its size.
function mostVaried(names, among) {
  let best = null, most = 0.05;
  for (const v of among.filter((one) => names?.includes(one.name))) {
    const known = v.values.filter((value) => value !== null);
    const low = known.reduce((a, b) => Math.min(a, b), Infinity), high = known.reduce((a, b) => Math.max(a, b), -Infinity);
    const variation = (high - low) / Math.max(Math.abs(high), Math.abs(low));
    if (variation > most) { most = variation; best = v; }
  }
  return best;
}

function map() {
  const z = variables.find((v) => v.role === "signal" && v.dimensions.length === 2);
  const along = (d) => variables.find((v) => v.role === "axis" && v.dimensions.length === 1 && v.dimensions[0] === d);
  return z ? { z, x: along(z.dimensions[1]), y: along(z.dimensions[0]) } : null;
}

function layout(x, y) {
  const text = colour("--text") || colour("color") || getComputedStyle(document.body).color;
  const grid = "rgba(128,128,128,0.25)";
  const axis = (label) => ({
    title: { text: label, standoff: 8 }, gridcolor: grid, zerolinecolor: grid, linecolor: grid, automargin: true,
    exponentformat: "power", ticks: "outside", tickcolor: grid,
  });
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: text, family: getComputedStyle(document.body).fontFamily, size: 13 },
    margin: { l: 60, r: 16, t: 16, b: 50 }, showlegend: false, hovermode: "closest", dragmode: "zoom",
    xaxis: axis(x), yaxis: axis(y),
  };
}

function peaks(x, y, isDefault) {
  if (!isDefault || !form.elements.peaks.checked) return [];
  const axis = variables.find((v) => v.role === "axis");
  return given.peaks.flatMap((found) => {
    if (x !== (found.variable ? named(found.variable) : axis) || x.unit !== found.unit) return [];
    if (found.y && found.y_unit !== y.unit) return [];
    const xs = [], ys = [], labels = [];
    found.x.forEach((at, n) => {
      const up = found.y ? found.y[n] : top(x, y, at);
      if (up !== null && up !== undefined) { xs.push(at); ys.push(up); labels.push(found.labels[n]); }
    });
    return [{
      x: xs, y: ys, text: labels, mode: "markers", type: "scatter", name: given.words.peak,
      marker: { symbol: "triangle-down", size: 9, color: "#d1495b", standoff: 4 },
      hovertemplate: `${given.words.peak} %{text}<extra></extra>`,
    }];
  });
}

// The value of the curve where a peak is; of counts, which are noisy, the highest one close by.
function top(x, y, at) {
  const known = x.values.map((value, n) => [value, y.values[n]]).filter(([a, b]) => a !== null && b !== null);
  const span = known.reduce(([low, high], [a]) => [Math.min(low, a), Math.max(high, a)], [Infinity, -Infinity]);
  const near = PEAKS_ARE_HIGH.has(given.technique) ? (span[1] - span[0]) / 300 : 0;
  let best = null, distance = Infinity;
  for (const [a, b] of known) {
    if (Math.abs(a - at) < distance) { distance = Math.abs(a - at); best = b; }
  }
  for (const [a, b] of known) {
    if (Math.abs(a - at) <= near) best = Math.max(best, b);
  }
  return best;
}

function drawLine() {
  const y = named(form.elements.y.value);
  const x = named(form.elements.x.value) ?? null;
  const chosen = usual();
  const isImpedance = given.technique === "impedance" && x === chosen.x && y === chosen.y && x;
  const xs = x ? x.values : y.values.map((_, n) => n + 1);
  // Some instruments write the imaginary part with its sign turned already.
  const turned = isImpedance && y.name === "impedance_imaginary";
  const ys = turned ? y.values.map((v) => (v === null ? null : -v)) : y.values;
  const xTitle = x ? title(x) : given.words.point;
  const drawn = layout(xTitle, turned ? `−${title(y)}` : title(y));
  if (x && REVERSED[given.technique]?.includes(x.name)) drawn.xaxis.autorange = "reversed";
  if (isImpedance) { drawn.yaxis.scaleanchor = "x"; drawn.yaxis.scaleratio = 1; }
  drawn.xaxis.type = form.elements.log_x.checked ? "log" : "linear";
  drawn.yaxis.type = form.elements.log_y.checked ? "log" : "linear";
  const lost = (form.elements.log_x.checked && xs.some((v) => v !== null && v <= 0)) ||
    (form.elements.log_y.checked && ys.some((v) => v !== null && v <= 0));
  note.textContent = lost ? given.words.cannot_log : "";
  const line = {
    ...shape(xs, ys, isImpedance), type: "scatter",
    line: { width: 1.5, color: "#2a6fbb" }, marker: { size: 5, color: "#2a6fbb" },
    hovertemplate: `%{x}<br>%{y}<extra></extra>`,
  };
  const marks = x ? peaks(x, y, x === chosen.x && y === chosen.y) : [];
  render([line, ...marks], drawn);
}

function shape(xs, ys, isImpedance) {
  if (AS_POINTS.has(given.technique)) return { x: xs, y: ys, mode: "markers" };
  if (AS_STICKS.has(given.technique) && ys.length <= MOST_STICKS) {
    return { x: xs.flatMap((v) => [v, v, null]), y: ys.flatMap((v) => [0, v, null]), mode: "lines" };
  }
  return { x: xs, y: ys, mode: ys.length <= 60 || isImpedance ? "lines+markers" : "lines" };
}

function drawMap({ z, x, y }) {
  const drawn = layout(x ? title(x) : z.dimensions[1], y ? title(y) : z.dimensions[0]);
  const isLog = form.elements.log_z.checked;
  const values = isLog ? z.values.map((row) => row.map((v) => (v !== null && v > 0 ? Math.log10(v) : null))) : z.values;
  const bar = { title: { text: isLog ? `log₁₀ ${title(z)}` : title(z), side: "right" } };
  render([{ type: "heatmap", x: x?.values, y: y?.values, z: values, colorscale: "Viridis", colorbar: bar }], drawn);
}

function render(traces, drawn) {
  const options = { responsive: true, displaylogo: false, scrollZoom: false, modeBarButtonsToRemove: ["lasso2d", "select2d"] };
  window.Plotly.react(place, traces, drawn, options);
}

function fill(select, choices, chosen, empty) {
  select.replaceChildren(...(empty ? [new Option(empty, "")] : []), ...choices.map((v) => new Option(title(v), v.name)));
  select.value = chosen?.name ?? "";
}

function start() {
  const flat = map();
  form.hidden = false;
  if (flat) {
    for (const name of ["x", "y", "log_x", "log_y"]) form.elements[name].closest("label").hidden = true;
    form.elements.log_z.closest("label").hidden = false;
    // Counts of a reciprocal-space map reach over five decades; on a linear scale one spot is all there is to see.
    form.elements.log_z.checked = given.technique === "xrd_map";
    form.addEventListener("change", () => drawMap(flat));
    drawMap(flat);
    return;
  }
  const { x, y } = usual();
  if (!y) { form.hidden = true; note.textContent = given.words.nothing; place.hidden = true; return; }
  const lines = variables.filter(isLine);
  fill(form.elements.y, lines, y);
  fill(form.elements.x, partners(y), x, given.words.point);
  form.elements.peaks.closest("label").hidden = !given.peaks.some((found) => found.x.length);
  form.addEventListener("change", (event) => {
    if (event.target === form.elements.y) {
      const now = named(form.elements.y.value), before = named(form.elements.x.value);
      const choices = partners(now);
      fill(form.elements.x, choices, choices.includes(before) ? before : choices.find((v) => v.role === "axis"), given.words.point);
    }
    drawLine();
  });
  drawLine();
}

async function load() {
  try {
    const answer = await fetch(given.address);
    if (!answer.ok) throw new Error(String(answer.status));
    variables = (await answer.json()).variables;
    start();
  } catch (error) {
    console.error(error);
    place.hidden = true;
    note.textContent = given.words.failed;
  }
}

form.addEventListener("submit", (event) => event.preventDefault());
load();
