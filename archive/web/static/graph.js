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

  /* What is written beside a shape, in pixels of the screen however far the reader has come closer. */
  const LETTERS = 12.5, LINE = 19, GAP = 6, ARROW = 9;
  const pen = document.createElement("canvas").getContext("2d");
  const wide = (text) => {
    pen.font = `600 ${LETTERS}px ${face}`;
    return pen.measureText(text).width;
  };
  const shortened = (text, most) => {
    if (wide(text) <= most) return text;
    let end = text.length;
    while (end > 3 && wide(`${text.slice(0, end).trimEnd()}…`) > most) end -= 1;
    return `${text.slice(0, end).trimEnd()}…`;
  };

  const rows = [...document.querySelectorAll("tr[data-node]")];
  const nodes = rows.map((row) => ({
    data: {
      id: row.dataset.node,
      label: "",
      whole: row.dataset.label,
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
  const layout = rows.some((row) => row.dataset.kind === "center") ? {
    name: "concentric", concentric: (node) => -node.data("steps"), levelWidth: () => 1,
    minNodeSpacing: 26, avoidOverlap: true, animate: false,
  } : { name: "circle", avoidOverlap: true, spacingFactor: 1.2, animate: false };

  place.hidden = false;
  const graph = window.cytoscape({
    container: place,
    elements: { nodes, edges },
    layout,
    minZoom: 0.15,
    maxZoom: 4,
    userZoomingEnabled: false,
    style: [
      {
        selector: "node",
        style: {
          "background-color": colour("--link"), width: "data(size)", height: "data(size)",
          label: "data(label)", color: colour("--ink"), "font-family": face, "line-height": 1.3,
          "text-background-color": colour("--sheet"), "text-background-opacity": 0.8,
        },
      },
      { selector: "node.right", style: { "text-halign": "right", "text-valign": "center" } },
      { selector: "node.left", style: { "text-halign": "left", "text-valign": "center" } },
      { selector: "node.above", style: { "text-halign": "center", "text-valign": "top" } },
      { selector: "node.below", style: { "text-halign": "center", "text-valign": "bottom" } },
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
      { selector: "node.chosen", style: { "border-width": 4, "border-color": colour("--ink"), "font-weight": 600, "z-index": 9 } },
      {
        selector: "node.pointed",
        style: {
          label: "data(whole)", "text-wrap": "wrap", "text-background-opacity": 1, "text-border-width": 1,
          "text-border-opacity": 1, "text-border-color": colour("--line"), "z-index": 20,
        },
      },
    ],
  });

  /* Names stand where they cover no shape, no arrowhead and no other name: the nearer an article, the sooner its
     own. */
  const margin = () => Math.min(nodes.length > 12 ? 170 : 260, 0.26 * place.clientWidth);
  const covers = (one, other) => one.x1 < other.x2 && other.x1 < one.x2 && one.y1 < other.y2 && other.y1 < one.y2;
  const around = (at, far) => ({ x1: at.x - far, x2: at.x + far, y1: at.y - far, y2: at.y + far });
  const arrowhead = (edge) => {
    const from = edge.source().renderedPosition(), to = edge.target().renderedPosition();
    const far = Math.hypot(from.x - to.x, from.y - to.y) || 1;
    const back = (edge.target().renderedWidth() / 2 + ARROW / 2) / far;
    return around({ x: to.x + (from.x - to.x) * back, y: to.y + (from.y - to.y) * back }, ARROW / 2);
  };
  const beside = (at, far, width, side) => {
    const start = side === "right" ? at.x + far : side === "left" ? at.x - far - width : at.x - width / 2;
    const top = side === "below" ? at.y + far : side === "above" ? at.y - far - LINE : at.y - LINE / 2;
    return { x1: start, x2: start + width, y1: top, y2: top + LINE };
  };
  const rank = (node) => (node.hasClass("chosen") ? 0 : node.hasClass("center") ? 1 : node.hasClass("beside") ? 2 : 3);
  const name = () => {
    const zoom = graph.zoom(), whole = graph.nodes().renderedBoundingBox({ includeLabels: false, includeOverlays: false });
    const middle = { x: (whole.x1 + whole.x2) / 2, y: (whole.y1 + whole.y2) / 2 };
    const frame = { x1: 2, y1: 2, x2: graph.width() - 2, y2: graph.height() - 2 };
    const taken = [...graph.nodes().map((node) => around(node.renderedPosition(), node.renderedWidth() / 2)), ...graph.edges().map(arrowhead)];
    const wanted = [...graph.nodes(chosen ? ".chosen, .beside" : "*")].sort((one, other) => rank(one) - rank(other) || one.data("steps") - other.data("steps"));
    graph.batch(() => {
      graph.nodes().removeClass("right left above below").data("label", "").style({
        "font-size": LETTERS / zoom, "text-max-width": 260 / zoom, "text-background-padding": 2 / zoom,
      });
      for (const node of wanted) {
        const at = node.renderedPosition(), far = node.renderedWidth() / 2 + GAP;
        const across = at.x < middle.x ? ["left", "right"] : ["right", "left"];
        const along = at.y < middle.y ? ["above", "below"] : ["below", "above"];
        const level = Math.abs(at.x - middle.x) * 3 > Math.abs(at.y - middle.y);
        const outward = level ? [across[0], along[0]] : [along[0], across[0]];
        const sides = rank(node) < 2 ? [...outward, across[1], along[1]] : outward; /* inward there are lines */
        const text = shortened(node.data("whole"), margin() - GAP - 8), width = wide(text) + 6;
        const side = sides.find((one) => {
          const box = beside(at, far, width, one);
          return box.x1 > frame.x1 && box.x2 < frame.x2 && box.y1 > frame.y1 && box.y2 < frame.y2 && !taken.some((other) => covers(box, other));
        });
        if (!side) continue;
        taken.push(beside(at, far, width, side));
        const away = (GAP - 1) / zoom;
        node.data("label", text).addClass(side).style({
          "text-margin-x": side === "right" ? away : side === "left" ? -away : 0,
          "text-margin-y": side === "below" ? away : side === "above" ? -away : 0,
        });
      }
    });
  };
  let due = 0;
  const nameSoon = () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(name);
  };

  const room = () => ({ width: place.clientWidth - 2 * margin(), height: place.clientHeight - 2 * (LINE + 3 * GAP) });
  const fit = () => {
    const box = graph.nodes().boundingBox({ includeLabels: false }), within = room();
    const zoom = Math.min(1.15, within.width / Math.max(box.w, 1), within.height / Math.max(box.h, 1));
    graph.zoom(zoom);
    graph.pan({ x: place.clientWidth / 2 - zoom * (box.x1 + box.w / 2), y: place.clientHeight / 2 - zoom * (box.y1 + box.h / 2) });
  };
  /* As wide as the place allows, and no wider than so many shapes need. */
  const drawn = graph.nodes().boundingBox({ includeLabels: false }), within = room();
  const wider = Math.max(0.35, Math.min(2.6, (within.width / within.height) * (drawn.h / drawn.w)));
  const most = { width: Math.min(within.width, 150 + 90 * nodes.length), height: Math.min(within.height, 100 + 60 * nodes.length) };
  const spread = Math.max(1, Math.min(most.width / (drawn.w * wider), most.height / drawn.h));
  graph.nodes().positions((node) => ({ x: node.position("x") * wider * spread, y: node.position("y") * spread }));
  let chosen = null;
  fit();

  const told = document.getElementById("graph-told");
  const open = document.getElementById("graph-open");
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
    nameSoon();
  };
  const all = () => {
    chosen = null;
    graph.elements().removeClass("chosen beside faded");
    told.textContent = "";
    open.hidden = true;
    fit();
    nameSoon();
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
  graph.on("mouseover", "node", (event) => event.target.addClass("pointed"));
  graph.on("mouseout", "node", (event) => event.target.removeClass("pointed"));
  graph.on("zoom pan resize dragfree", nameSoon);
  graph.on("tap", "node", (event) => choose(event.target, false));
  graph.on("tap", (event) => { if (event.target === graph) all(); });
  document.getElementById("graph-controls").hidden = false;
  document.getElementById("graph-closer").addEventListener("click", () => zoom(1.3));
  document.getElementById("graph-farther").addEventListener("click", () => zoom(1 / 1.3));
  document.getElementById("graph-all").addEventListener("click", all);
  for (const row of rows) {
    row.querySelector("th a").addEventListener("focus", () => choose(graph.getElementById(row.dataset.node), true));
  }
  name();
  document.fonts.ready.then(name);
  window.luutruGraph = graph; /* for who looks at it by the browser's tools, and for the tests */
})();
