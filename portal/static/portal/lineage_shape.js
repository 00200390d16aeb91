// From the server's picture to things to draw: boxes, column rows, "+N" stubs, lines with their bends.
// Small pictures are laid out by ELK in a worker; all others, and whenever ELK is late, stand where the server put them.
"use strict";
window.lineage = window.lineage || {};
(function (lineage) {
  const HEAD = 52;
  const ROW = 24;
  const STUB = { width: 44, height: 20, inset: 30 };
  const SMALL = 150;
    const STAR = "*";
  let elk = null;

  function rowsOf(node) {
    const rows = (node.columns || []).map((c) => c.name);
    if (node.columns_more) rows.push("");
    return rows;
  }

  function heightOfRow(node, column) {
    if (column === STAR) return (node.columns || []).length || node.columns_more ? -node.height / 2 + HEAD / 2 : 0;
    const at = rowsOf(node).indexOf(column);
    return at < 0 ? null : -node.height / 2 + HEAD + ROW * at + ROW / 2 - 4;
  }

  // One line for each column edge in the column view (of a chosen column those on its path), else for each pair of boxes.
  lineage.linesOf = function (picture) {
    const byId = new Map(picture.nodes.map((n) => [n.id, n]));
    const lines = [];
    for (const e of picture.edges) {
      const ends = [byId.get(e.source), byId.get(e.target)];
      const chosen = (n, column) => !picture.column || (n.concerned || []).includes(column);
      const wanted = (e.columns || []).filter((c) => chosen(ends[0], c.from) && chosen(ends[1], c.to));
      const parts = picture.with_columns ? mergedRows(wanted, ends) : [];
      if (!parts.length) lines.push({ ...e, id: e.source + " > " + e.target, from: STAR, to: STAR });
      for (const p of parts) lines.push({ source: e.source, target: e.target, id: [e.source, p.from, e.target, p.to].join(" > "), ...p });
    }
    return lines;
  };

  // One line for each pair of rows; columns without a row of their own end at the head of the box (what decides which
  // rows there are) or at its last row (the rest). A direct line hides an indirect one between the same rows.
  function mergedRows(columns, [source, target]) {
    const row = (node, column) => (heightOfRow(node, column) !== null ? column : heightOfRow(node, "") !== null ? "" : STAR);
    const kept = new Map();
    for (const c of columns) {
      const [from, to] = [row(source, c.from), row(target, c.to)];
      const key = from + ">" + to;
      if (!kept.has(key) || kept.get(key).state === "indirect") kept.set(key, { from, to, state: c.state, state_title: c.state_title });
    }
    return [...kept.values()];
  }

  function elkGraph(picture, lines) {
    const ports = new Map(picture.nodes.map((n) => [n.id, new Map()]));
    const byId = new Map(picture.nodes.map((n) => [n.id, n]));
    // Lines of a box without rows each have a place of their own on its side, so that their words stand apart.
    const port = (id, column, side, line) => {
      const node = byId.get(id);
      if (!rowsOf(node).length) {
        const own = line + "|" + side;
        ports.get(id).set(own, { id: own, width: 0, height: 0, layoutOptions: { "elk.port.side": side } });
        return own;
      }
      const key = id + "|" + column + "|" + side;
      const y = node.height / 2 + (heightOfRow(node, column) || 0);
      ports.get(id).set(key, { id: key, x: side === "EAST" ? node.width : 0, y: y, width: 0, height: 0, layoutOptions: { "elk.port.side": side } });
      return key;
    };
    const edges = lines.filter((l) => l.source !== l.target).map((l) => ({ id: l.id, sources: [port(l.source, l.from, "EAST", l.id)], targets: [port(l.target, l.to, "WEST", l.id)] }));
    const children = picture.nodes.map((n) => ({ id: n.id, width: n.width, height: n.height, ports: [...ports.get(n.id).values()], layoutOptions: { "elk.portConstraints": rowsOf(n).length ? "FIXED_POS" : "FIXED_SIDE" } }));
    return {
      id: "picture", children, edges,
      layoutOptions: {
        "elk.algorithm": "layered", "elk.direction": "RIGHT", "elk.edgeRouting": "ORTHOGONAL", "elk.spacing.nodeNode": "26",
        "elk.layered.spacing.nodeNodeBetweenLayers": "96", "elk.layered.spacing.edgeNodeBetweenLayers": "54", "elk.spacing.edgeEdge": "9",
        "elk.spacing.portPort": "14", "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX", "elk.layered.considerModelOrder.strategy": "NONE",
      },
    };
  }

  // Resolves to places and bends, or rejects when the picture is large or there is no worker.
  lineage.elk = async function (box, picture, lines) {
    if (!window.ELK || picture.fold === "layer" || picture.nodes.length > SMALL || lines.length > 3 * SMALL) throw new Error("placed by the server");
    elk = elk || new window.ELK({ workerUrl: box.dataset.worker });
    const found = await elk.layout(elkGraph(picture, lines));
    const places = new Map(found.children.map((c) => [c.id, { x: c.x + c.width / 2, y: c.y + c.height / 2 }]));
    const bends = new Map(found.edges.map((e) => [e.id, e.sections ? [e.sections[0].startPoint, ...(e.sections[0].bendPoints || []), e.sections[0].endPoint] : null]));
    return { places, bends };
  };

  // Two quarter turns with level ends: A, two control points, B.
  function swung(line, byId, place) {
    const [a, b] = [byId.get(line.source), byId.get(line.target)];
    const [p, q] = [place(a), place(b)];
    const start = { x: p.x + a.width / 2, y: p.y + (heightOfRow(a, line.from) || 0) };
    const end = { x: q.x - b.width / 2, y: q.y + (heightOfRow(b, line.to) || 0) };
    if (end.x > start.x) {
      const middle = (start.x + end.x) / 2;
      return [start, { x: middle, y: start.y }, { x: middle, y: end.y }, end];
    }
    return [start, { x: start.x + 60, y: start.y }, { x: end.x - 60, y: end.y }, end];
  }

  // Everything to draw, in pixels of the picture.
  lineage.shape = function (picture, lines, layout) {
    const byId = new Map(picture.nodes.map((n) => [n.id, n]));
    const place = (n) => (layout && layout.places.get(n.id)) || { x: n.x, y: n.y };
    const boxes = picture.nodes.map((n) => ({ ...n, ...place(n) }));
    const rows = [];
    const stubs = [];
    for (const box of boxes) {
      rowsOf(box).forEach((name, i) => rows.push({ id: box.id + "|" + name, node: box.id, column: name, x: box.x, y: box.y - box.height / 2 + HEAD + ROW * i + ROW / 2 - 4, width: box.width - 12, height: ROW - 4, concerned: (box.concerned || []).includes(name) }));
      for (const [side, count, way] of [["up", box.more_up, -1], ["down", box.more_down, 1]]) {
        if (count) stubs.push({ id: box.id + "|+" + side, node: box.id, side, count, x: box.x + way * (box.width / 2 - STUB.inset), y: box.y - box.height / 2, width: STUB.width, height: STUB.height });
      }
    }
    const busy = (end, row) => lines.reduce((found, l) => found.set(l[end] + "|" + l[row], (found.get(l[end] + "|" + l[row]) || 0) + 1), new Map());
    const [out, into] = [busy("source", "from"), busy("target", "to")];
    const drawn = lines.map((l) => {
      const bends = layout && layout.bends.get(l.id);
      const points = bends || swung(l, byId, place);
      // The word stands at the end that has fewer lines, so that words do not lie on each other.
      const atSource = out.get(l.source + "|" + l.from) <= into.get(l.target + "|" + l.to);
      const far = 10 + (l.state_title.length * 11) / 2 + (atSource ? 0 : 6);
      const word = atSource ? { x: points[0].x + far, y: points[0].y } : { x: points[points.length - 1].x - far, y: points[points.length - 1].y };
      return { ...l, points, isSquare: Boolean(bends), atSource, far, word };
    });
    return { boxes, rows, stubs, lines: drawn };
  };

  // The least rectangle around the boxes, with room for their stubs.
  lineage.extent = function (shape) {
    const ends = (low) => shape.boxes.reduce((e, b) => ({ x: low(e.x, b.x + low(-b.width, b.width) / 2), y: low(e.y, b.y + low(-b.height, b.height) / 2) }), { x: -low(-Infinity, Infinity), y: -low(-Infinity, Infinity) });
    const [first, last] = [ends(Math.min), ends(Math.max)];
    return { x1: first.x, y1: first.y - STUB.height, x2: last.x, y2: last.y };
  };
})(window.lineage);
