// The explorer's canvas and the money flow's slider; both pages are complete without this file.
const holder = document.querySelector("[data-graph]");
const source = document.getElementById("graph-data");
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function elements(data) {
  const nodes = data.nodes.map((n, i) => ({
    data: { id: "n" + i, name: n.name, kind: n.kind, level: n.level || "", url: n.url || "", root: n.root ? 1 : 0, chain: n.chain ? 1 : 0 },
    position: { x: n.x, y: n.y },
  }));
  const edges = data.edges.map((e, i) => ({
    data: { id: "e" + i, source: "n" + e.from, target: "n" + e.to, label: e.label || "", directed: e.directed ? 1 : 0, chain: e.chain ? 1 : 0 },
  }));
  return [...nodes, ...edges];
}

function looks(crowded) {
  const ink = css("--ink"), line = css("--line-strong"), accent = css("--accent"), surface = css("--surface");
  const name = crowded ? "" : "data(name)";
  return [
    { selector: "node", style: { label: name, "font-size": 11, "min-zoomed-font-size": 7, color: ink, "text-valign": "bottom", "text-margin-y": 4, width: 26, height: 26, "background-color": surface, "border-width": 1.25, "border-color": line } },
    { selector: "node[kind='company'],node[kind='institution'],node[kind='product']", style: { shape: "round-rectangle" } },
    { selector: "node[kind='account']", style: { shape: "hexagon" } },
    { selector: "node[kind='outside']", style: { "border-style": "dashed", width: 22, height: 22 } },
    ...["red", "orange", "yellow", "blue"].map((l) => ({ selector: `node[level='${l}']`, style: { "background-color": css(`--${l}-fill`) || surface } })),
    { selector: "node[root=1],node[chain=1]", style: { "border-width": 2.5, "border-color": accent, label: "data(name)", "font-weight": 600 } },
    { selector: "node:selected", style: { "border-width": 3, "border-color": css("--focus"), label: "data(name)" } },
    { selector: "edge", style: { width: 1, "line-color": line, "curve-style": crowded ? "haystack" : "bezier", label: crowded ? "" : "data(label)", "font-size": 10, color: css("--ink-2"), "text-background-color": css("--sunken"), "text-background-opacity": 1 } },
    { selector: "edge[directed=1]", style: crowded ? {} : { "target-arrow-shape": "triangle", "target-arrow-color": line, "arrow-scale": 0.7 } },
    { selector: "edge[chain=1]", style: { width: 2.5, "line-color": accent, "target-arrow-color": accent } },
  ];
}

function draw() {
  const data = JSON.parse(source.textContent);
  const crowded = data.nodes.length > 120;
  const still = holder.querySelector("svg");
  const box = document.createElement("div");
  box.className = "x-graph-canvas";
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", still.getAttribute("aria-label"));
  holder.append(box);
  holder.classList.add("is-live");
  const cy = window.cytoscape({ container: box, elements: elements(data), style: looks(crowded), layout: { name: "preset", fit: true, padding: 24 }, minZoom: 0.1, maxZoom: 5,
    textureOnViewport: crowded, hideEdgesOnViewport: data.nodes.length > 800, pixelRatio: crowded ? 1 : "auto" });
  cy.on("tap", "node", (event) => pick(Number(event.target.id().slice(1))));
  cy.on("dbltap", "node", (event) => event.target.data("url") && window.location.assign(event.target.data("url")));
  const zoom = (by) => (by === "fit" ? cy.fit(undefined, 24) : cy.zoom({ level: cy.zoom() * Number(by), renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } }));
  document.querySelectorAll("[data-zoom]").forEach((b) => b.addEventListener("click", () => zoom(b.dataset.zoom)));
  document.querySelector("[data-graph-keys]").hidden = false;
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (step) cy.panBy({ x: step[0], y: step[1] });
    else if (event.key === "+" || event.key === "=") zoom("1.25");
    else if (event.key === "-") zoom("0.8");
    else if (event.key === "0") zoom("fit");
    else return;
    event.preventDefault();
  });
  document.querySelectorAll("tr[data-node]").forEach((row) => row.addEventListener("focusin", () => {
    cy.elements().unselect();
    cy.getElementById("n" + row.dataset.node).select();
  }));
  window.xiezhiGraph = cy;
}

function pick(i) {
  document.querySelectorAll("tr[data-node].is-here").forEach((row) => row.classList.remove("is-here"));
  const row = document.querySelector(`tr[data-node="${i}"]`);
  if (!row) return;
  row.classList.add("is-here");
  row.scrollIntoView({ block: "nearest" });
}

if (holder && source) {
  if (window.cytoscape) draw();
  else window.addEventListener("DOMContentLoaded", () => window.cytoscape && draw());
}

const slider = document.querySelector("[data-slider]");
if (slider) {
  const rows = [...document.querySelectorAll("tr[data-at]")];
  const times = rows.map((row) => row.dataset.at).sort();
  const days = new Map(rows.map((row) => [row.dataset.at, row.dataset.day]));
  const input = slider.querySelector("input"), output = slider.querySelector("output");
  const show = () => {
    const until = times[Math.min(Number(input.value), times.length) - 1];
    rows.forEach((row) => (row.hidden = until === undefined || row.dataset.at > until));
    output.textContent = until ? `${days.get(times[0])} – ${days.get(until)}` : "";
  };
  slider.hidden = false;
  input.addEventListener("input", show);
  show();
}
