// The plot of a measurement: any variable against any other of the same points, peaks marked, maps as colours.
const place = document.getElementById("plot");
const note = document.getElementById("plot-note");
const form = document.getElementById("plot-controls");
const given = JSON.parse(place.dataset.plot);
const REVERSED = { ir: ["wavenumber"], nmr: ["frequency"] };
const ALWAYS_REVERSED = /^(binding_energy|chemical_shift)/;
// What a field draws, where that is not the first axis and the first signal.
const USUAL = {
  cyclic_voltammetry: { x: ["potential"], y: ["current"] },
  linear_sweep_voltammetry: { x: ["potential"], y: ["current"] },
  galvanostatic_cycling: { x: ["time", "charge"], y: ["potential"] },
  open_circuit_voltage: { x: ["time"], y: ["potential"] },
  crystal_structure: { x: ["fract_x"], y: ["fract_y"] },
  force_spectroscopy: {
    x: ["z_sensor", "raw", "measured_height", "capacitive_sensor_height", "strain_gauge_height", "height"],
    y: ["deflection", "force"],
  },
  nmr: { x: ["chemical_shift"] },
  chromatography: { x: ["retention_time"], y: ["peak_area", "peak_height"] },
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
const STICKS_OVER = new Set(["retention_time"]); // a table of peaks
const MOST_STICKS = 2000; // more are a profile, not a list of peaks
const MOST_LINES = 60; // more spectra than that are a map
const FEW_LINES = 10;
const PEAKS_ARE_HIGH = new Set(["xrd", "raman"]);
let variables = [];

const title = (v) => given.titles[v.name] ?? v.name;
const dimension = (name) => given.titles[name] ?? name.replaceAll("_", " ");
const isReversed = (v) => Boolean(v) && (ALWAYS_REVERSED.test(v.name) || REVERSED[given.technique]?.includes(v.name));
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
  const x = of.find((v) => v === first(wish.x)) ?? mostVaried(wish.swept, of) ?? of.find((v) => v.role === "axis") ?? null;
  return x || !y ? { x, y } : counted(y, of);
}

// A table has no axis; a column that only rises, as a time or a number does, is one to draw the others over.
function counted(y, others) {
  const rises = (by) => (v) => v.values.length > 2 && v.values.every((value, n, all) => value !== null && (!n || by(value, all[n - 1])));
  const columns = [y, ...others];
  const x = columns.find(rises((a, b) => a > b)) ?? columns.find((v) => v.name === "time" && rises((a, b) => a >= b)(v));
  const differs = (v) => v !== x && v.values.some((value) => value !== v.values[0]);
  const over = x === y ? others.find((v) => v.role === y.role && differs(v)) ?? others[0] : y;
  return x && over ? { x, y: over } : { x: null, y };
}

// Powers of ten only where the numbers need them: 20000 counts are read faster than 0.2 times ten to the fifth.
function exponents(values) {
  const largest = values.reduce((most, value) => (value === null ? most : Math.max(most, Math.abs(value))), 0);
  return largest === 0 || (largest >= 0.01 && largest < 1e6) ? "none" : "power";
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
    modebar: { bgcolor: "rgba(0,0,0,0)", color: "#8a939b", activecolor: "#2a6fbb" }, // on a plot without ground it would be black
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
  if (isReversed(x)) drawn.xaxis.autorange = "reversed";
  drawn.xaxis.exponentformat = exponents(xs);
  drawn.yaxis.exponentformat = exponents(ys);
  if (isImpedance) { drawn.yaxis.scaleanchor = "x"; drawn.yaxis.scaleratio = 1; }
  drawn.xaxis.type = form.elements.log_x.checked ? "log" : "linear";
  drawn.yaxis.type = form.elements.log_y.checked ? "log" : "linear";
  const lost = (form.elements.log_x.checked && xs.some((v) => v !== null && v <= 0)) ||
    (form.elements.log_y.checked && ys.some((v) => v !== null && v <= 0));
  note.textContent = lost ? given.words.cannot_log : "";
  const line = {
    ...shape(xs, ys, isImpedance, x), type: "scatter",
    line: { width: 1.5, color: "#2a6fbb" }, marker: { size: 5, color: "#2a6fbb" },
    hovertemplate: `%{x}<br>%{y}<extra></extra>`,
  };
  const marks = x ? peaks(x, y, x === chosen.x && y === chosen.y) : [];
  render([line, ...marks], drawn);
}

function shape(xs, ys, isImpedance, x) {
  if (AS_POINTS.has(given.technique)) return { x: xs, y: ys, mode: "markers" };
  if ((AS_STICKS.has(given.technique) || STICKS_OVER.has(x?.name)) && ys.length <= MOST_STICKS) {
    return { x: xs.flatMap((v) => [v, v, null]), y: ys.flatMap((v) => [0, v, null]), mode: "lines" };
  }
  return { x: xs, y: ys, mode: ys.length <= 60 || isImpedance ? "lines+markers" : "lines" };
}

function drawMap({ z, x, y }) {
  if (form.elements.lines.checked) { drawLines({ z, x, y }); return; }
  const drawn = layout(x ? title(x) : dimension(z.dimensions[1]), y ? title(y) : dimension(z.dimensions[0]));
  for (const [axis, variable] of [[drawn.xaxis, x], [drawn.yaxis, y]]) {
    if (isReversed(variable)) axis.autorange = "reversed";
    if (variable) axis.exponentformat = exponents(variable.values);
  }
  const isLog = form.elements.log_z.checked;
  const values = isLog ? z.values.map((row) => row.map((v) => (v !== null && v > 0 ? Math.log10(v) : null))) : z.values;
  const isNarrow = place.clientWidth < 560;
  const bar = {
    ...(isNarrow ? { orientation: "h", thickness: 14, y: -0.2, yanchor: "top" } : {}),
    title: { text: isLog ? `log₁₀ ${title(z)}` : title(z), side: isNarrow ? "bottom" : "right" },
    exponentformat: isLog ? "none" : exponents(values.flat()),
  };
  render([{ type: "heatmap", x: x?.values, y: y?.values, z: values, colorscale: "Viridis", colorbar: bar }], drawn);
}

// The rows of a map one over the other, from the first in dark to the last in bright.
function drawLines({ z, x, y }) {
  const drawn = layout(x ? title(x) : dimension(z.dimensions[1]), title(z));
  if (isReversed(x)) drawn.xaxis.autorange = "reversed";
  if (x) drawn.xaxis.exponentformat = exponents(x.values);
  drawn.yaxis.exponentformat = exponents(z.values.flat());
  drawn.yaxis.type = form.elements.log_z.checked ? "log" : "linear";
  drawn.showlegend = z.values.length > 1 && z.values.length <= FEW_LINES;
  drawn.legend = { title: { text: y ? title(y) : dimension(z.dimensions[0]) }, orientation: "h", y: 1.02, yanchor: "bottom" };
  const name = (n) => (y && y.values[n] !== null ? String(Number(y.values[n].toPrecision(5))) : String(n + 1));
  const traces = z.values.map((row, n) => ({
    type: "scatter", mode: "lines", x: x?.values, y: row, name: name(n), hovertemplate: "%{x}<br>%{y}",
    line: { width: 1.3, color: `hsl(${Math.round(250 - (210 * n) / Math.max(1, z.values.length - 1))}, 65%, 45%)` },
  }));
  render(traces, drawn);
}

function render(traces, drawn) {
  const options = { responsive: true, scrollZoom: false, modeBarButtonsToRemove: ["lasso2d", "select2d"] };
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
    const [rows, columns] = [flat.z.values.length, flat.z.values[0]?.length ?? 0];
    form.elements.lines.closest("label").hidden = rows > MOST_LINES;
    form.elements.lines.checked = rows <= FEW_LINES && columns >= 20; // of a few spectra a map shows little
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
