// Files of the picture: SVG written from the shapes, PNG by Cytoscape; both with title, moment and completeness.
"use strict";
window.lineage = window.lineage || {};
(function (lineage) {
  const FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, sans-serif";
  const HEAD = 84;
  const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c]).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  const at = (p) => p.x.toFixed(1) + " " + p.y.toFixed(1);

  function path(l) {
    const [first, ...rest] = l.points;
    if (l.isSquare) return "M" + at(first) + rest.map((p) => "L" + at(p)).join("");
    const [c, d, end] = rest;
    const middle = { x: (c.x + d.x) / 2, y: (c.y + d.y) / 2 };
    return "M" + at(first) + "Q" + at(c) + " " + at(middle) + "Q" + at(d) + " " + at(end);
  }

  function words(x, y, text, size, extra) {
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="middle" dominant-baseline="central" ${extra || ""}>${escaped(text)}</text>`;
  }

  function box(b) {
    const [x, y] = [b.x - b.width / 2, b.y - b.height / 2];
    const colour = lineage.ZONES[b.zone] || lineage.ZONES.mixed;
    const edge = b.hit ? 'stroke="#a3261b" stroke-width="3"' : b.is_start ? 'stroke="#1d4e79" stroke-width="2.5"' : b.kind === "fold" ? 'stroke="#8a97a6" stroke-width="3"' : 'stroke="#8a97a6"';
    const label = lineage.labelOf(b).split("\n");
    const middle = (b.columns || []).length || b.columns_more ? y + 24 : b.y;
    return `<g><rect x="${x}" y="${y}" width="${b.width}" height="${b.height}" rx="5" fill="${b.is_start ? "#e6eff8" : "#fff"}" ${edge}/><rect x="${x}" y="${y}" width="6" height="${b.height}" fill="${colour}"/>` +
      label.map((text, i) => words(b.x + 3, middle + 18 * (i - (label.length - 1) / 2), text, label.length > 2 ? 11.5 : 13, i < label.length - 1 ? 'font-weight="600"' : 'fill="#44566a"')).join("") + "</g>";
  }

  function rowWords(shape, r) {
    const column = (shape.boxes.find((b) => b.id === r.node).columns || []).find((c) => c.name === r.column);
    return r.column ? r.column + (column && column.title && column.title !== r.column ? "　" + column.title : "") : "其余数据项";
  }

  lineage.svg = function (shape, title, lines) {
    const ends = [...shape.boxes, ...shape.stubs];
    const left = Math.min(...ends.map((b) => b.x - b.width / 2)) - 24;
    const right = Math.max(...ends.map((b) => b.x + b.width / 2)) + 24;
    const top = Math.min(...ends.map((b) => b.y - b.height / 2)) - HEAD;
    const bottom = Math.max(...ends.map((b) => b.y + b.height / 2)) + 24;
    const width = Math.max(right - left, 640);
    const parts = [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${bottom - top}" width="${width}" height="${bottom - top}" font-family="${FONT}" fill="#1c2430">`,
      `<title>${escaped(title)}</title><rect x="${left}" y="${top}" width="${width}" height="${bottom - top}" fill="#fff"/>`,
      `<defs><marker id="end" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path d="M0 0L8 4L0 8z" fill="#44566a"/></marker></defs>`,
      `<text x="${left + 24}" y="${top + 30}" font-size="18" font-weight="700">${escaped(title)}</text>`,
      ...lines.map((text, i) => `<text x="${left + 24}" y="${top + 52 + 18 * i}" font-size="12">${escaped(text)}</text>`),
    ];
    for (const l of shape.lines) {
      const look = lineage.LINES[l.state] || lineage.LINES.unrecorded;
      parts.push(`<path d="${path(l)}" fill="none" stroke="${look.colour}" stroke-width="${look.width}"${look.dashes ? ` stroke-dasharray="${look.dashes.join(" ")}"` : ""} marker-end="url(#end)"/>`);
    }
    for (const b of shape.boxes) parts.push(box(b));
    for (const r of shape.rows) parts.push(`<rect x="${r.x - r.width / 2}" y="${r.y - r.height / 2}" width="${r.width}" height="${r.height}" rx="3" fill="${r.concerned ? "#fdf1d4" : "#f3f6f9"}"/>` + words(r.x, r.y, lineage.shortened(rowWords(shape, r), 17), 11.5));
    for (const s of shape.stubs) parts.push(`<rect x="${s.x - s.width / 2}" y="${s.y - s.height / 2}" width="${s.width}" height="${s.height}" rx="10" fill="#eef3f8" stroke="#1d4e79" stroke-dasharray="3 2"/>` + words(s.x, s.y, s.side === "up" ? "‹ +" + s.count : "+" + s.count + " ›", 12, 'fill="#1d4e79"'));
    for (const l of shape.lines) {
      parts.push(words(l.word.x, l.word.y - 8, l.state_title, 10.5, 'fill="#44566a" stroke="#fff" stroke-width="3" paint-order="stroke"'));
    }
    return parts.join("\n") + "\n</svg>\n";
  };

  // PNG with the same head above the picture.
  lineage.png = async function (graph, title, lines) {
    const blob = await graph.png({ output: "blob-promise", full: true, bg: "#ffffff", scale: 2, maxWidth: 8000, maxHeight: 8000 });
    const image = await createImageBitmap(blob);
    const sheet = document.createElement("canvas");
    sheet.width = Math.max(image.width + 48, 1280);
    sheet.height = image.height + 2 * HEAD + 24;
    const pen = sheet.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.fillStyle = "#1c2430";
    pen.font = "700 36px " + FONT;
    pen.fillText(title, 24, 52);
    pen.font = "24px " + FONT;
    lines.forEach((text, i) => pen.fillText(text, 24, 96 + 36 * i));
    pen.drawImage(image, 24, 2 * HEAD);
    return new Promise((done) => sheet.toBlob(done, "image/png"));
  };

  lineage.save = function (content, name, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
})(window.lineage);
