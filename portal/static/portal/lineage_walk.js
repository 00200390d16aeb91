// Walking the picture by arrow keys: left to what it came from, right to what was made of it, up and down beside it.
"use strict";
window.lineage = window.lineage || {};
(function (lineage) {
  // The next box from ``id`` for a key, or null: tied boxes first, then the nearest that stands that way.
  lineage.next = function (shape, id, key) {
    const here = shape.boxes.find((b) => b.id === id) || shape.boxes.find((b) => b.is_start) || shape.boxes[0];
    if (!here || here.id !== id) return here || null;
    const tied = new Set(shape.lines.flatMap((l) => (key === "ArrowLeft" && l.target === id ? [l.source] : key === "ArrowRight" && l.source === id ? [l.target] : [])));
    const near = (b) => Math.abs(b.y - here.y) + Math.abs(b.x - here.x) / 4;
    const beside = {
      ArrowLeft: (b) => b.x < here.x - 40, ArrowRight: (b) => b.x > here.x + 40,
      ArrowUp: (b) => Math.abs(b.x - here.x) < 120 && b.y < here.y, ArrowDown: (b) => Math.abs(b.x - here.x) < 120 && b.y > here.y,
    }[key];
    const wanted = shape.boxes.filter((b) => b.id !== id && (tied.size ? tied.has(b.id) : beside(b)));
    wanted.sort((a, b) => near(a) - near(b));
    return wanted[0] || null;
  };

  // What a box says aloud.
  lineage.spoken = function (box) {
    const parts = [box.title || box.name, box.zone_title];
    if (box.kind === "fold") parts.push("已折叠 " + box.count + " 个数据集，回车展开");
    if (box.hit) parts.push("受影响");
    if (box.more_up) parts.push("另有 " + box.more_up + " 个来源未列出");
    if (box.more_down) parts.push("另有 " + box.more_down + " 个去向未列出");
    return parts.filter(Boolean).join("，");
  };
})(window.lineage);
