// Draws the neighbourhood of a data set with Cytoscape: one column of the picture per step from the start.
// The lists on the page say the same for readers without a mouse or a picture.
"use strict";
(function () {
  const box = document.getElementById("graph");
  if (!box || !window.cytoscape) return;
  const colours = { delivery: "#7a5200", landing: "#5b6f82", platform: "#1d4e79", authorized: "#6a3d8a", product: "#1d6b3a" };
  const reach = { up: 1, down: 1 };
  const graph = cytoscape({
    container: box, wheelSensitivity: 0.2, maxZoom: 1.6,
    style: [
      { selector: "node", style: { shape: "round-rectangle", width: 210, height: 58, "background-color": "#fff", "border-width": 2, "border-color": "data(colour)", label: "data(label)", "text-wrap": "wrap", "text-max-width": 196, "text-overflow-wrap": "anywhere", "text-valign": "center", "text-halign": "center", "font-size": 13, "font-family": "Noto Sans CJK SC, sans-serif", color: "#1c2430" } },
      { selector: "node.start", style: { "background-color": "#eef3f8", "border-width": 4 } },
      { selector: "edge", style: { width: 2, "curve-style": "straight", "target-arrow-shape": "triangle", "line-color": "#9aa8b7", "target-arrow-color": "#9aa8b7" } },
      { selector: "edge.across", style: { "source-endpoint": "105px 0", "target-endpoint": "-105px 0" } },
      { selector: "edge.masked", style: { "line-color": "#6a3d8a", "target-arrow-color": "#6a3d8a", "line-style": "dashed" } },
    ],
  });

  function ranks(nodes, edges, start) {
    const rank = { [start]: 0 };
    let moved = true;
    for (let turn = 0; moved && turn <= nodes.length; turn += 1) {
      moved = false;
      for (const e of edges) {
        if (e.source in rank && !(e.target in rank)) { rank[e.target] = rank[e.source] + 1; moved = true; }
        if (e.target in rank && !(e.source in rank)) { rank[e.source] = rank[e.target] - 1; moved = true; }
      }
    }
    return rank;
  }

  // Column by column away from the start, nodes stand as high as those they are tied to: few lines cross.
  function ordered(nodes, edges, rank) {
    const place = {};
    const columns = {};
    for (const n of nodes) (columns[rank[n.id] || 0] = columns[rank[n.id] || 0] || []).push(n);
    const away = Object.keys(columns).map(Number).sort((a, b) => Math.abs(a) - Math.abs(b));
    const height = (id) => {
      const tied = edges.filter((e) => e.source === id || e.target === id).map((e) => place[e.source === id ? e.target : e.source]).filter((y) => y !== undefined);
      return tied.length ? tied.reduce((a, b) => a + b, 0) / tied.length : Infinity;
    };
    const result = [];
    for (const x of away) {
      const heights = new Map(columns[x].map((n) => [n.id, height(n.id)]));
      columns[x].sort((a, b) => heights.get(a.id) - heights.get(b.id) || a.id.localeCompare(b.id));
      columns[x].forEach((n, i) => { place[n.id] = i - (columns[x].length - 1) / 2; });
      result.push(...columns[x]);
    }
    return result;
  }

  function draw(found) {
    const rank = ranks(found.nodes, found.edges, found.start);
    const filled = {};
    const elements = ordered(found.nodes, found.edges, rank).map((n) => {
      const x = rank[n.id] || 0;
      filled[x] = (filled[x] || 0) + 1;
      const more = (n.more_up ? "　←" + n.more_up : "") + (n.more_down ? "　" + n.more_down + "→" : "");
      return {
        group: "nodes", classes: n.id === found.start ? "start" : "",
        data: { id: n.id, colour: colours[n.zone] || "#55606e", label: (n.title || n.id.split(".").pop()) + "\n" + n.zone_title + more },
        position: { x: x * 300, y: 0 }, scratch: { x: x, order: filled[x] },
      };
    });
    for (const e of elements) e.position.y = (e.scratch.order - (filled[e.scratch.x] + 1) / 2) * 86;
    for (const e of found.edges) {
      const masked = e.columns.length > 0 && e.columns.every((c) => c.masking === true);
      const across = rank[e.source] < rank[e.target] ? "across" : "";
      elements.push({ group: "edges", classes: (masked ? "masked " : "") + across, data: { id: e.source + ">" + e.target, source: e.source, target: e.target } });
    }
    graph.elements().remove();
    graph.add(elements);
    graph.layout({ name: "preset", padding: 24 }).run();
    graph.fit(undefined, 24);
    document.getElementById("count").textContent = "图中 " + found.nodes.length + " 个数据集；虚线表示列值已作脱敏处理";
  }

  function load() {
    fetch(box.dataset.source + "?up=" + reach.up + "&down=" + reach.down, { credentials: "same-origin" })
      .then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
      .then(draw)
      .catch(() => { document.getElementById("count").textContent = "血缘图未能载入，请查看下方列表。"; });
  }

  graph.on("tap", "node", (event) => { window.location.href = box.dataset.page + encodeURIComponent(event.target.id()) + "/"; });
  document.getElementById("up").addEventListener("click", () => { reach.up = Math.min(6, reach.up + 1); load(); });
  document.getElementById("down").addEventListener("click", () => { reach.down = Math.min(6, reach.down + 1); load(); });
  document.getElementById("fit").addEventListener("click", () => graph.fit(undefined, 24));
  load();
})();
