// Draws the shapes with Cytoscape. What a line says is told by its pattern and by a word, never by colour alone.
"use strict";
window.lineage = window.lineage || {};
(function (lineage) {
  const FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif";
  const AT_ONCE = 400; // elements added in one go
  lineage.ZONES = { delivery: "#7a5200", landing: "#5b6f82", platform: "#1d4e79", authorized: "#6a3d8a", product: "#1d6b3a", foreign: "#8a5a44", mixed: "#55606e" };
  lineage.LINES = {
    masked: { colour: "#6a3d8a", dashes: [9, 5], width: 2 }, plain: { colour: "#44566a", dashes: null, width: 1.6 },
    unknown: { colour: "#8a5200", dashes: [10, 4, 2, 4], width: 1.8 }, indirect: { colour: "#6b7683", dashes: [2, 4], width: 1.8 },
    unrecorded: { colour: "#9aa8b7", dashes: null, width: 1.2 },
  };

  lineage.labelOf = function (box) {
    const first = (box.is_start ? "● " : "") + (box.title || box.name.split(".").pop());
    if (box.kind === "fold") return wrapped(first, 15.2, 2).join("\n") + "\n已折叠 " + box.count + " 个数据集";
    const hit = box.hit ? "◆ 受影响　" : "";
    const rows = box.rows === null || box.rows === undefined ? "" : "　" + box.rows.toLocaleString("zh-CN") + " 条";
    return wrapped(first, 15.2, 2).join("\n") + "\n" + hit + box.zone_title + rows;
  };

  // How many letters of a text fit, counted in widths of a Chinese character.
  function fitting(text, most) {
    let length = 0;
    for (let i = 0; i < text.length; i += 1) {
      length += text.charCodeAt(i) > 255 ? 1 : 0.58;
      if (length > most) return i;
    }
    return text.length;
  }

  // Lines of a text, the last one shortened; Cytoscape would measure every letter to do the same.
  function wrapped(text, most, lines) {
    const fits = fitting(text, most);
    if (fits === text.length) return [text];
    if (lines === 1) return [text.slice(0, fitting(text, most - 1)) + "…"];
    return [text.slice(0, fits), ...wrapped(text.slice(fits), most, lines - 1)];
  }
  lineage.shortened = (text, most) => wrapped(text, most, 1)[0];

  function style() {
    const lines = Object.entries(lineage.LINES).map(([state, l]) => ({
      selector: "edge." + state,
      style: { width: l.width, "line-color": l.colour, "target-arrow-color": l.colour, color: l.colour, "line-style": l.dashes ? "dashed" : "solid", ...(l.dashes ? { "line-dash-pattern": l.dashes } : {}) },
    }));
    return [
      { selector: "node", style: { width: "data(width)", height: "data(height)", shape: "round-rectangle", "corner-radius": 5, "font-family": FONT, "font-size": 13, color: "#1c2430", label: "data(label)", "text-wrap": "wrap", "min-zoomed-font-size": 6, "text-events": "no" } },
      { selector: "node.box", style: { "z-index": 5, "background-fill": "linear-gradient", "background-gradient-direction": "to-right", "background-gradient-stop-colors": (n) => n.data("colour") + " " + n.data("colour") + " #fff #fff", "background-gradient-stop-positions": "0% 2.6% 2.6% 100%", "border-width": 1, "border-color": "#8a97a6", "text-max-width": 2000, "text-valign": "center", "text-halign": "center", "text-margin-x": 3, "line-height": 1.35 } },
      { selector: "node.box.open", style: { "text-valign": "top", "text-margin-y": (n) => (n.data("label").split("\n").length > 2 ? 52 : 45), "font-size": (n) => (n.data("label").split("\n").length > 2 ? 11.5 : 13) } },
      { selector: "node.fold", style: { "border-style": "double", "border-width": 5, "font-weight": 600 } },
      { selector: "node.start", style: { "background-gradient-stop-colors": (n) => n.data("colour") + " " + n.data("colour") + " #e6eff8 #e6eff8", "border-width": 2.5, "border-color": "#1d4e79", "font-weight": 700 } },
      { selector: "node.hit", style: { "border-width": 3, "border-color": "#a3261b", "font-weight": 700 } },
      { selector: "node.row", style: { "z-index": 8, "background-color": "#f3f6f9", "border-width": 0, "font-size": 12, "text-valign": "center", "text-halign": "center", "text-max-width": 2000 } },
      { selector: "node.row.concerned", style: { "background-color": "#fdf1d4", "font-weight": 700, "border-width": 1, "border-color": "#c98a00" } },
      { selector: "node.stub", style: { "z-index": 7, "background-color": "#eef3f8", "border-width": 1, "border-style": "dashed", "border-color": "#1d4e79", color: "#1d4e79", "font-size": 12, "font-weight": 700, "text-valign": "center", "corner-radius": 10 } },
      { selector: "edge", style: { "curve-style": (e) => e.data("curve"), "edge-distances": "endpoints", "source-endpoint": (e) => e.data("start"), "target-endpoint": (e) => e.data("end"), "segment-distances": (e) => e.data("offsets"), "segment-weights": (e) => e.data("along"), "segment-radii": 6, "control-point-distances": (e) => e.data("offsets"), "control-point-weights": (e) => e.data("along"), "target-arrow-shape": "triangle", "arrow-scale": 0.8, "font-family": FONT, "font-size": 11, "source-label": "data(first)", "target-label": "data(last)", "source-text-offset": "data(far)", "target-text-offset": "data(far)", "text-background-color": "#fbfcfe", "text-background-opacity": 0.92, "text-background-padding": 2, "min-zoomed-font-size": 7 } },
      ...lines,
      { selector: ".dim", style: { opacity: 0.28 } },
      { selector: "edge.lit", style: { width: 3.2, "z-index": 9 } },
      { selector: "node.focused", style: { "underlay-color": "#e8a317", "underlay-opacity": 0.75, "underlay-padding": 5 } },
    ];
  }

  // Cytoscape states bends along the straight line between the ends: how far along (0–1), how far aside.
  function relative(points) {
    const a = points[0];
    const b = points[points.length - 1];
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const length = Math.hypot(dx, dy) || 1;
    const inner = points.slice(1, -1);
    return {
      along: inner.map((p) => ((p.x - a.x) * dx + (p.y - a.y) * dy) / (length * length)),
      offsets: inner.map((p) => ((p.y - a.y) * dx - (p.x - a.x) * dy) / length),
    };
  }

  lineage.canvas = function (box) {
    const graph = window.cytoscape({
      container: box, style: style(), minZoom: 0.03, maxZoom: 2, autoungrabify: true,
      boxSelectionEnabled: false, selectionType: "single", pixelRatio: "auto",
    });
    return graph;
  };

  lineage.elements = function (shape, picture) {
    const concerned = picture.impact || shape.boxes.some((b) => b.is_concerned && !b.is_start);
    const bright = new Set(shape.boxes.filter((b) => b.is_concerned || b.is_start).map((b) => b.id));
    const lit = (id) => !concerned || bright.has(id);
    const quiet = shape.lines.length > 40;
    const found = [];
    const at = new Map(shape.boxes.map((b) => [b.id, b]));
    for (const b of shape.boxes) {
      const classes = ["box", b.kind, b.is_start ? "start" : "", b.hit ? "hit" : "", (b.columns || []).length || b.columns_more ? "open" : "", lit(b.id) ? "" : "dim"];
      found.push({ group: "nodes", classes: classes.join(" "), position: { x: b.x, y: b.y }, data: { id: b.id, width: b.width, height: b.height, colour: lineage.ZONES[b.zone] || lineage.ZONES.mixed, label: lineage.labelOf(b) } });
    }
    for (const r of shape.rows) {
      const box = at.get(r.node);
      const column = (box.columns || []).find((c) => c.name === r.column);
      const label = r.column ? r.column + (column && column.title && column.title !== r.column ? "　" + column.title : "") : "其余 " + box.columns_more + " 个数据项";
      found.push({ group: "nodes", classes: "row" + (r.concerned ? " concerned" : "") + (lit(r.node) ? "" : " dim"), position: { x: r.x, y: r.y }, data: { id: r.id, node: r.node, column: r.column, width: r.width, height: r.height, label: lineage.shortened(label, 17) } });
    }
    for (const s of shape.stubs) found.push({ group: "nodes", classes: "stub", position: { x: s.x, y: s.y }, data: { id: s.id, node: s.node, side: s.side, width: s.width, height: s.height, label: s.side === "up" ? "‹ +" + s.count : "+" + s.count + " ›" } });
    for (const l of shape.lines) found.push(line(l, at, lit, quiet));
    return found;
  };

  // What lies in the window, and the rest in pieces: boxes before the lines that end at them.
  lineage.inPieces = function (elements, seen) {
    if (elements.length <= AT_ONCE) return [elements, []];
    const isBox = (e) => e.group === "nodes";
    const inside = (e) => e.position.x > seen.x1 - 240 && e.position.x < seen.x2 + 240 && e.position.y > seen.y1 - 120 && e.position.y < seen.y2 + 120;
    const boxes = elements.filter((e) => isBox(e) && inside(e));
    const there = new Set(boxes.map((e) => e.data.id));
    const first = [...boxes, ...elements.filter((e) => !isBox(e) && there.has(e.data.source) && there.has(e.data.target))];
    const drawn = new Set(first);
    const rest = elements.filter((e) => !drawn.has(e)).sort((a, b) => isBox(b) - isBox(a));
    return [first, Array.from({ length: Math.ceil(rest.length / AT_ONCE) }, (_, i) => rest.slice(i * AT_ONCE, (i + 1) * AT_ONCE))];
  };

  function line(l, at, lit, quiet) {
    const [a, b] = [at.get(l.source), at.get(l.target)];
    const [first, last] = [l.points[0], l.points[l.points.length - 1]];
    const { along, offsets } = relative(l.points);
    const silent = quiet && l.state === "plain";
    const classes = l.state + (lit(l.source) && lit(l.target) ? "" : " dim");
    return {
      group: "edges", classes,
      data: {
        id: l.id, far: l.far, source: l.source, target: l.target, from: l.from, to: l.to, first: silent || !l.atSource ? "" : l.state_title, last: silent || l.atSource ? "" : l.state_title, along, offsets,
        curve: offsets.every((o) => Math.abs(o) < 0.5) ? "straight" : l.isSquare ? "round-segments" : "unbundled-bezier", start: first.x - a.x + "px " + (first.y - a.y) + "px", end: last.x - b.x + "px " + (last.y - b.y) + "px",
      },
    };
  }
})(window.lineage);
