// The same picture as two tables: data sets and lines. For keyboard and screen reader, and to be sorted.
"use strict";
window.lineage = window.lineage || {};
(function (lineage) {
  const count = (n) => (n === null || n === undefined ? "" : n.toLocaleString("zh-CN"));
  const moment = (text) => (text ? text.slice(0, 16).replace("T", " ") : "");
  const NODES = [
    ["数据集", (n) => n.title || n.name], ["代码", (n) => n.name || "（已折叠 " + n.count + " 个）"], ["区域", (n) => n.zone_title],
    ["提供部门", (n) => n.provider_title], ["距离", (n) => n.distance, "number"], ["条数", (n) => n.rows, "number"], ["版本", (n) => n.version],
    ["最近更新", (n) => moment(n.changed_at)], ["未列出来源", (n) => n.more_up, "number"], ["未列出去向", (n) => n.more_down, "number"],
    ["受影响", (n) => (n.hit ? "◆ 是" : n.is_concerned ? "是" : "")],
  ];
  const LINES = [
    ["来源", (l, name) => name(l.source)], ["来源数据项", (l) => l.from], ["去向", (l, name) => name(l.target)], ["去向数据项", (l) => l.to],
    ["脱敏情况", (l) => l.state_title], ["方式", (l) => l.subtype || ""], ["直接数据项", (l) => l.direct_count, "number"], ["其中已脱敏", (l) => l.masked_count, "number"],
    ["间接影响", (l) => l.indirect_count, "number"],
  ];

  function tell(tag, text, parent) {
    const made = document.createElement(tag);
    if (text !== undefined && text !== null) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }

  function table(caption, columns, rows, name, act) {
    const made = document.createElement("table");
    tell("caption", caption, made);
    const head = tell("tr", null, tell("thead", null, made));
    const body = tell("tbody", null, made);
    const filled = rows.map((row) => columns.map(([, of]) => { const v = of(row, name); return v === undefined || v === null ? "" : v; }));
    const used = columns.map((_, i) => filled.some((cells) => cells[i] !== ""));
    const order = rows.map((_, i) => i);
    columns.forEach(([title, , kind], i) => {
      if (!used[i]) return;
      const cell = tell("th", null, head);
      cell.scope = "col";
      const button = tell("button", title, cell);
      button.type = "button";
      button.addEventListener("click", () => {
        const down = cell.getAttribute("aria-sort") === "ascending";
        head.querySelectorAll("th").forEach((th) => th.removeAttribute("aria-sort"));
        cell.setAttribute("aria-sort", down ? "descending" : "ascending");
        order.sort((a, b) => (down ? -1 : 1) * (kind ? (filled[a][i] || 0) - (filled[b][i] || 0) : String(filled[a][i]).localeCompare(String(filled[b][i]), "zh-CN")));
        fill();
      });
    });
    if (act) tell("th", "操作", head).scope = "col";
    function fill() {
      body.replaceChildren();
      for (const i of order) {
        const line = tell("tr", null, body);
        columns.forEach(([, , kind], c) => {
          if (!used[c]) return;
          const cell = tell("td", kind && filled[i][c] !== "" ? count(filled[i][c]) : filled[i][c], line);
          if (kind) cell.className = "number";
        });
        if (act) act(rows[i], tell("td", null, line));
      }
    }
    fill();
    return made;
  }

  // Fills the element with both tables; ``acts``: [title, whether shown for a node, what to do].
  lineage.tables = function (place, picture, acts) {
    const names = new Map(picture.nodes.map((n) => [n.id, n.title || n.name]));
    const lines = picture.edges.flatMap((e) => (picture.with_columns && e.columns && e.columns.length ? e.columns.map((c) => ({ ...c, source: e.source, target: e.target })) : [e]));
    place.replaceChildren();
    if (picture.incomplete_because.length) {
      tell("h2", "所示范围不完整的原因", place);
      const list = tell("ul", null, place);
      for (const reason of picture.incomplete_because) tell("li", reason, list);
    }
    const act = (node, cell) => {
      cell.className = "table-acts";
      for (const [title, fits, run] of acts) {
        if (!fits(node)) continue;
        const button = tell("button", title, cell);
        button.type = "button";
        button.setAttribute("aria-label", title + "：" + (node.title || node.name));
        button.addEventListener("click", () => run(node, button));
      }
    };
    for (const made of [table("数据集（" + picture.nodes.length + " 行）", NODES, picture.nodes, null, act), table("关系（" + lines.length + " 行）", LINES, lines, (id) => names.get(id) || id)]) {
      const wide = tell("div", null, place);
      wide.className = "wide";
      wide.tabIndex = 0;
      wide.setAttribute("role", "region");
      wide.setAttribute("aria-label", made.caption.textContent);
      wide.appendChild(made);
    }
  };
})(window.lineage);
