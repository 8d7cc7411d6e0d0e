// Arrays of two dimensions or more: an image, one of a stack, or a map of spectra with the spectrum of a place in it.
const place = document.getElementById("plot");
const line = document.getElementById("plot-line");
const note = document.getElementById("plot-note");
const form = document.getElementById("picture-controls");
const given = JSON.parse(place.dataset.plot);
const MOST = 512;
const places = {};
let array, held, spot, spotText;

const text = (name) => given.titles[name] ?? name.replaceAll("_", " ");
const length = (dimension) => array.shape[array.dimensions.indexOf(dimension)];

// The dimension of red, green, blue and, maybe, opacity. Channels of a microscope are none: each is a picture of its own.
function colours() {
  return given.is_image && array.dimensions.includes("colour") && [3, 4].includes(length("colour")) ? "colour" : null;
}

// Of an image the last two dimensions are the picture; a spectrum runs along the last one, and the picture is before it.
function roles() {
  const dimensions = array.dimensions.filter((d) => d !== colours());
  const isImage = given.is_image || dimensions.length < 3;
  const end = isImage ? dimensions.length : dimensions.length - 1;
  return {
    picture: dimensions.slice(Math.max(0, end - 2), end),
    spectrum: isImage ? null : dimensions.at(-1),
    others: dimensions.filter((d) => !dimensions.slice(Math.max(0, end - 2)).includes(d)),
  };
}

async function section(along, at) {
  const query = new URLSearchParams({ variable: array.name, most: String(along.length === 2 ? MOST : 4096) });
  for (const d of along) query.append("along", d);
  for (const [d, index] of Object.entries(at)) query.append("at", `${d}:${index}`);
  const answer = await fetch(`${given.section_address}?${query}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function layout(x, y) {
  const grid = "rgba(128,128,128,0.25)";
  const axis = (label) => ({
    title: { text: label, standoff: 8 }, gridcolor: grid, zeroline: false, linecolor: grid, automargin: true, ticks: "outside",
    tickcolor: grid, exponentformat: "power",
  });
  const style = getComputedStyle(document.body);
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 60, r: 16, t: 16, b: 50 },
    font: { color: style.color, family: style.fontFamily, size: 13 }, showlegend: false, hovermode: "closest",
    modebar: { bgcolor: "rgba(0,0,0,0)", color: "#8a939b", activecolor: "#2a6fbb" },
    xaxis: axis(x), yaxis: axis(y),
  };
}

const axisTitle = (axis) => text(axis.name ?? axis.dimension);
const numbers = (axis, n) => axis.values ?? Array.from({ length: n }, (_, i) => (i + 0.5) * axis.step - 0.5);
// Squares of a picture are square where both sides are in the same unit, or both are counted in pixels.
const alike = ([a, b]) => a.unit === b.unit;

// A picture with square points takes the room that it fills, so that its colour bar stands close to it.
function fit(rows, columns) {
  const extent = (values) => Math.abs(values.at(-1) - values[0]) * (values.length / Math.max(1, values.length - 1)) || 1;
  const aspect = extent(columns) / extent(rows);
  const [across, down] = isNarrow() ? [80, 140] : [190, 66];
  const [width, height] = [place.parentElement.clientWidth - across, place.clientHeight - down];
  if (width < height * aspect) place.style.height = `${Math.round(width / aspect + down)}px`;
  else place.style.maxWidth = `${Math.round(Math.max(300, height * aspect + across))}px`;
}

const isNarrow = () => place.parentElement.clientWidth < 560;

// Red, green and blue as one picture in colours; 16 bits are more than a screen shows.
async function drawColours(picture) {
  const found = await Promise.all([0, 1, 2].map((colour) => section(picture, { ...held, colour })));
  const [rows, columns] = found[0].axes;
  const largest = Math.max(...found.flatMap((f) => f.values.map((row) => Math.max(...row))));
  const factor = largest > 255 ? 255 / 65535 : largest > 1 ? 1 : 255;
  const z = found[0].values.map((row, i) => row.map((_, j) => found.map((f) => f.values[i][j] * factor)));
  const [x, y] = [numbers(columns, z[0].length), numbers(rows, z.length)];
  place.style.maxWidth = place.style.height = "";
  if (alike(found[0].axes)) fit(y, x);
  const step = (values) => (values.length > 1 ? values[1] - values[0] : 1);
  const trace = {
    type: "image", z, x0: x[0], dx: step(x), y0: y[0], dy: step(y), hovertemplate: "%{x}, %{y}: %{z}<extra></extra>",
  };
  await window.Plotly.react(place, [trace], layout(axisTitle(columns), axisTitle(rows)), { responsive: true });
  const steps = found[0].axes.map((axis) => axis.step);
  note.textContent = Math.max(...steps) > 1 ? given.words.shrunk.replace("{n}", String(Math.max(...steps))) : "";
}

async function drawPicture() {
  const { picture } = roles();
  const hasColours = colours() !== null;
  form.elements.log_z.closest("label").hidden = hasColours;
  if (hasColours) { await drawColours(picture); return; }
  const found = await section(picture, held);
  const [rows, columns] = found.axes;
  const drawn = layout(axisTitle(columns), axisTitle(rows));
  if (given.is_image) drawn.yaxis.autorange = "reversed";
  const [x, y] = [numbers(columns, found.values[0].length), numbers(rows, found.values.length)];
  place.style.maxWidth = place.style.height = "";
  if (alike(found.axes)) {
    drawn.yaxis.scaleanchor = "x"; drawn.xaxis.constrain = drawn.yaxis.constrain = "domain";
    fit(y, x);
  }
  const isLog = form.elements.log_z.checked;
  const z = isLog ? found.values.map((row) => row.map((v) => (v > 0 ? Math.log10(v) : null))) : found.values;
  const label = isLog ? `log₁₀ ${text(array.name)}` : text(array.name);
  const trace = {
    type: "heatmap", z, x, y,
    colorscale: given.is_image ? "Greys" : "Viridis", reversescale: false,
    colorbar: {
      ...(isNarrow() ? { orientation: "h", thickness: 14, y: -50 / Math.max(60, place.clientHeight - 140), yanchor: "top" } : {}),
      title: { text: label, side: isNarrow() ? "bottom" : "right" }, exponentformat: "power",
    }, hovertemplate: "%{x}, %{y}: %{z}<extra></extra>",
  };
  await window.Plotly.react(place, [trace], drawn, { responsive: true });
  const steps = found.axes.map((axis) => axis.step);
  const parts = [];
  if (found.averaged.length) parts.push(given.words.averaged.replace("{names}", found.averaged.map(text).join(", ")));
  if (Math.max(...steps) > 1) parts.push(given.words.shrunk.replace("{n}", String(Math.max(...steps))));
  note.textContent = parts.join(" ");
  place.picture = { picture, steps, titles: [axisTitle(rows), axisTitle(columns)] };
}

async function drawSpectrum() {
  const { spectrum } = roles();
  line.hidden = !spectrum;
  if (!spectrum) return;
  const rest = { ...held, ...spot };
  delete rest[spectrum];
  const found = await section([spectrum], rest);
  const [axis] = found.axes;
  const drawn = layout(axisTitle(axis), text(array.name));
  drawn.title = { text: spot ? spotText : given.words.mean, font: { size: 13 } };
  drawn.margin.t = 36;
  const trace = {
    type: "scatter", mode: "lines", x: numbers(axis, found.values.length), y: found.values,
    line: { width: 1.5, color: "#2a6fbb" }, hovertemplate: "%{x}<br>%{y}<extra></extra>",
  };
  await window.Plotly.react(line, [trace], drawn, { responsive: true });
}

async function draw() {
  try {
    await drawPicture();
    await drawSpectrum();
  } catch (error) {
    console.error(error);
    note.textContent = given.words.failed;
  }
}

// Where on a dimension an index is, as its axis says; without an axis, the how many-th of how many.
function at(dimension, index) {
  const value = places[dimension]?.[index];
  return value === undefined || value === null ? `${index + 1} / ${length(dimension)}` : String(Number(value.toPrecision(6)));
}

async function readPlaces() {
  for (const dimension of roles().others.filter((d) => given.axes.includes(d) && !(d in places))) {
    const query = new URLSearchParams({ variable: dimension, most: "4096", along: dimension });
    const answer = await fetch(`${given.section_address}?${query}`);
    const found = answer.ok ? await answer.json() : null;
    places[dimension] = found?.values.length === length(dimension) ? found.values : [];
  }
}

// One slider for each dimension that is neither a side of the picture nor the spectrum.
function sliders() {
  const { others } = roles();
  const box = document.getElementById("picture-sliders");
  box.replaceChildren(...others.map((dimension) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const shown = document.createElement("output");
    Object.assign(input, { type: "range", min: "0", max: String(length(dimension) - 1), value: String(held[dimension] ?? 0) });
    const say = () => { shown.textContent = ` ${at(dimension, Number(input.value))}`; };
    input.addEventListener("input", say);
    input.addEventListener("change", () => { held[dimension] = Number(input.value); draw(); });
    say();
    label.append(text(dimension), shown, input);
    return label;
  }));
}

async function choose(name) {
  array = given.arrays.find((a) => a.name === name) ?? given.arrays[0];
  const { others } = roles();
  held = Object.fromEntries(others.map((d) => [d, 0])); // of a stack the first is shown
  spot = null;
  await readPlaces();
  sliders();
  await draw();
}

async function start() {
  form.hidden = false;
  const select = form.elements.array;
  select.replaceChildren(...given.arrays.map((a) => new Option(text(a.name), a.name)));
  select.closest("label").hidden = given.arrays.length < 2;
  select.addEventListener("change", () => choose(select.value));
  form.elements.log_z.addEventListener("change", draw);
  await choose(select.value);
  place.on?.("plotly_click", ({ points: [point] }) => {
    if (!roles().spectrum) return;
    const [row, column] = point.pointIndex;
    const { picture, steps, titles } = place.picture;
    spotText = `${titles[1]} = ${Number(point.x.toPrecision(6))}, ${titles[0]} = ${Number(point.y.toPrecision(6))}`;
    spot = { [picture[0]]: row * steps[0], ...(picture[1] ? { [picture[1]]: column * steps[1] } : {}) };
    drawSpectrum();
  });
}

form.addEventListener("submit", (event) => event.preventDefault());
start();
