/* Draws the graph that the tables of the page describe: their rows are all that it knows. Without it the tables stay. */
(() => {
  "use strict";
  const place = document.getElementById("graph");
  if (!place || !window.cytoscape) return;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const face = getComputedStyle(document.body).fontFamily;

  /* cytoscape would put a <style> into the page, which the policy forbids; what it says stands in room.css. */
  const known = document.createElement("meta");
  known.id = "__________cytoscape_stylesheet";
  document.head.append(known);

  const shortened = (text) => (text.length > 60 ? `${text.slice(0, 58).trimEnd()}…` : text);
  const rows = [...document.querySelectorAll("tr[data-node]")];
  const nodes = rows.map((row) => ({
    data: {
      id: row.dataset.node,
      label: shortened(row.dataset.label),
      told: row.dataset.told,
      href: row.querySelector("th a").getAttribute("href"),
      steps: Number(row.dataset.steps || 0),
      size: Number(row.dataset.size || 22),
    },
    classes: row.dataset.kind,
  }));
  const edges = [...document.querySelectorAll("tr[data-source]")].map((row) => ({
    data: { source: row.dataset.source, target: row.dataset.target, width: Number(row.dataset.width || 1.4) },
    classes: row.dataset.relation,
  })).filter((edge) => edge.data.source !== edge.data.target);
  const crowded = nodes.length > 24;

  /* The same page draws the same picture; nothing moves by itself, whatever the reader's system allows. */
  const circles = {
    name: "concentric", concentric: (node) => -node.data("steps"), levelWidth: () => 1,
    minNodeSpacing: crowded ? 26 : 30, nodeDimensionsIncludeLabels: !crowded, avoidOverlap: true, animate: false,
  };

  place.hidden = false;
  const graph = window.cytoscape({
    container: place,
    elements: { nodes, edges },
    layout: circles,
    minZoom: 0.15,
    maxZoom: 4,
    userZoomingEnabled: false,
    style: [
      {
        selector: "node",
        style: {
          "background-color": colour("--link"), width: "data(size)", height: "data(size)",
          label: crowded ? "" : "data(label)", color: colour("--ink"), "font-family": face, "font-size": 12,
          "text-wrap": "wrap", "text-max-width": 150, "line-height": 1.3, "text-valign": "bottom", "text-margin-y": 5,
          "text-background-color": colour("--sheet"), "text-background-opacity": 0.85, "text-background-padding": 2,
        },
      },
      { selector: "node.other", style: { shape: "round-rectangle", "background-color": "#8a5a00" } },
      { selector: "node.broadcaster", style: { shape: "round-rectangle", "background-color": "#8a5a00" } },
      {
        selector: "node.center",
        style: { shape: "diamond", "background-color": colour("--seal"), width: 34, height: 34, "font-weight": 700, "z-index": 5 },
      },
      {
        selector: "edge",
        style: {
          width: "data(width)", "line-color": "#a79b88", "target-arrow-color": "#a79b88", "target-arrow-shape": "triangle",
          "arrow-scale": 0.9, "curve-style": crowded ? "straight" : "bezier", opacity: crowded ? 0.55 : 1,
        },
      },
      { selector: "edge.copy", style: { "line-style": "dashed", "line-color": colour("--seal"), "target-arrow-color": colour("--seal") } },
      { selector: "edge.source", style: { "line-color": colour("--ink"), "target-arrow-color": colour("--ink") } },
      { selector: ".faded", style: { opacity: 0.18 } },
      { selector: "node.chosen", style: { label: "data(label)", "border-width": 4, "border-color": colour("--ink"), "z-index": 9 } },
      { selector: "node.beside", style: { label: "data(label)" } },
    ],
  });

  const fit = () => {
    graph.fit(undefined, 30);
    if (graph.zoom() > 1.15) {
      graph.zoom(1.15);
      graph.center();
    }
    graph.nodes().style("font-size", Math.min(26, 12.5 / graph.zoom()));
  };
  if (!graph.nodes(".center").nonempty()) {
    graph.layout({
      name: "cose", randomize: false, animate: false, nodeDimensionsIncludeLabels: true, nodeRepulsion: () => 400000,
      idealEdgeLength: () => 160, componentSpacing: 100, numIter: 1500, gravity: 0.4,
    }).run();
  }
  const wider = Math.max(1, Math.min(2, (0.9 * place.clientWidth) / place.clientHeight));
  graph.nodes().positions((node) => ({ x: node.position("x") * wider, y: node.position("y") }));
  fit();

  const told = document.getElementById("graph-told");
  const open = document.getElementById("graph-open");
  let chosen = null;
  const choose = (node, come) => {
    chosen = node;
    graph.elements().removeClass("chosen beside faded");
    const near = node.closedNeighborhood();
    graph.elements().difference(near).addClass("faded");
    near.nodes().addClass("beside");
    node.removeClass("beside").addClass("chosen");
    if (come) graph.center(node);
    told.textContent = node.data("told");
    open.href = node.data("href");
    open.hidden = false;
  };
  const all = () => {
    chosen = null;
    graph.elements().removeClass("chosen beside faded");
    told.textContent = "";
    open.hidden = true;
    fit();
  };
  const zoom = (by) => graph.zoom({ level: graph.zoom() * by, renderedPosition: { x: graph.width() / 2, y: graph.height() / 2 } });
  const move = (by) => {
    const ids = nodes.map((node) => node.data.id);
    const at = chosen ? ids.indexOf(chosen.id()) + by : by > 0 ? 0 : -1;
    choose(graph.getElementById(ids[(at + ids.length) % ids.length]), true);
  };
  const keys = {
    ArrowRight: () => move(1), ArrowDown: () => move(1), ArrowLeft: () => move(-1), ArrowUp: () => move(-1),
    Home: () => choose(graph.getElementById(nodes[0].data.id), true),
    "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), Escape: all, 0: all,
    Enter: () => chosen && open.click(),
  };
  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  graph.on("tap", "node", (event) => choose(event.target, false));
  graph.on("tap", (event) => { if (event.target === graph) all(); });
  document.getElementById("graph-controls").hidden = false;
  document.getElementById("graph-closer").addEventListener("click", () => zoom(1.3));
  document.getElementById("graph-farther").addEventListener("click", () => zoom(1 / 1.3));
  document.getElementById("graph-all").addEventListener("click", all);
  for (const row of rows) {
    row.querySelector("th a").addEventListener("focus", () => choose(graph.getElementById(row.dataset.node), true));
  }
  window.luutruGraph = graph; /* for who looks at it by the browser's tools, and for the tests */
})();
