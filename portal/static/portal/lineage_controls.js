// The controls around the picture: they show the state and change it; they never draw.
"use strict";
window.lineage = window.lineage || {};
(function (lineage) {
  const byId = (id) => document.getElementById(id);
  const chinese = (text) => { const [, y, m, d, t] = /^(\d+)-(\d+)-(\d+)T(\d+:\d+)/.exec(text); return `${y}年${+m}月${+d}日 ${t}`; };
  lineage.chinese = chinese;

  // ``change(parts)`` merges into the state, writes the address and loads anew.
  lineage.controls = function (state, change) {
    let moments = [];
    const press = (id, on, parts) => byId(id).addEventListener("click", () => change(typeof parts === "function" ? parts() : parts));
    press("as-graph", null, { view: "" });
    press("as-table", null, { view: "table" });
    press("as-datasets", null, { columns: "" });
    press("as-columns", null, { columns: "1" });
    press("impact-mode", null, () => ({ mode: state().mode === "impact" ? "" : "impact" }));
    press("more-up", null, () => ({ hops_up: Math.min(30, state().hops_up + 1) }));
    press("less-up", null, () => ({ hops_up: Math.max(0, state().hops_up - 1), up: [] }));
    press("more-down", null, () => ({ hops_down: Math.min(30, state().hops_down + 1) }));
    press("less-down", null, () => ({ hops_down: Math.max(0, state().hops_down - 1), down: [] }));
    press("now", null, { at: "" });
    press("earlier", null, () => ({ at: chosen(-1) }));
    press("later", null, () => ({ at: chosen(1) }));
    byId("fold").addEventListener("change", (event) => change({ fold: event.target.value, open: [] }));
    byId("column").addEventListener("change", (event) => change({ column: event.target.value }));
    byId("moment").addEventListener("input", () => say(Number(byId("moment").value)));
    byId("moment").addEventListener("change", () => change({ at: (moments[Number(byId("moment").value)] || {}).at || "" }));

    function chosen(way) {
      const to = Math.max(0, Math.min(moments.length, place() + way));
      return to === moments.length ? "" : moments[to].at;
    }

    // Place of the state's moment on the slider: the last change by then; the end is now.
    function place() {
      if (!state().at) return moments.length;
      const at = Date.parse(state().at);
      let found = 0;
      moments.forEach((m, i) => { if (Date.parse(m.at) <= at) found = i; });
      return found;
    }

    function say(to) {
      const m = moments[to];
      const text = m ? chinese(m.at) + "（" + m.datasets + " 个数据集更新）" : "现在";
      byId("moment-text").textContent = text;
      byId("moment").setAttribute("aria-valuetext", text);
    }

    function show(picture) {
      const now = state();
      const on = { "as-graph": now.view !== "table", "as-table": now.view === "table", "as-datasets": !now.columns, "as-columns": Boolean(now.columns), "impact-mode": now.mode === "impact" };
      for (const [id, pressed] of Object.entries(on)) byId(id).setAttribute("aria-pressed", String(pressed));
      for (const id of ["more-up", "less-up", "more-down", "less-down"]) byId(id).disabled = now.mode === "impact";
      byId("less-up").disabled = byId("less-up").disabled || now.hops_up === 0;
      byId("less-down").disabled = byId("less-down").disabled || now.hops_down === 0;
      byId("hops-up").textContent = now.hops_up;
      byId("hops-down").textContent = now.hops_down;
      byId("fold").value = now.fold;
      byId("column").value = now.column;
      if (!picture) return;
      moments = picture.moments;
      const slider = byId("moment");
      slider.max = moments.length;
      slider.value = place();
      slider.disabled = moments.length === 0;
      say(place());
      byId("earlier").disabled = place() === 0;
      byId("later").disabled = byId("now").disabled = !now.at;
    }
    return { show };
  };

  // Says what the picture holds, as of when, whether it is complete, and what is affected.
  lineage.tell = function (picture, start, link) {
    const parts = ["图中 " + picture.datasets + " 个数据集、" + picture.edges.length + " 条关系"];
    if (picture.folded_because) parts.push(picture.folded_because);
    if (picture.not_shown) parts.push("另有 " + picture.not_shown + " 处上下游未展开");
    byId("count").textContent = parts.join("；") + "。";
    const whole = byId("as-of");
    whole.parentElement.className = "message " + (picture.is_complete ? "success" : "warning");
    whole.textContent = lineage.asOf(picture);
    const impact = byId("impact");
    impact.hidden = !picture.impact;
    if (!picture.impact) return;
    byId("impact-count").textContent = `“${start}”影响 ${picture.impact.datasets} 个数据集，其中授权子集 ${picture.impact.subsets} 个、数据产品 ${picture.impact.products} 个。`;
    byId("impact-list").replaceChildren(...picture.impact.list.map((n) => {
      const item = document.createElement("li");
      const a = item.appendChild(document.createElement("a"));
      a.href = link(n.id);
      a.textContent = n.title || n.name;
      const names = n.columns.filter((c) => c !== "*");
      item.append("　" + n.zone_title + "，授权 " + n.grant + (names.length ? "，数据项 " + names.join("、") : n.columns.length ? "，影响哪些记录列入" : ""));
      return item;
    }));
  };

  // ``most``: how many reasons to name; the table names them all.
  lineage.asOf = function (picture, most) {
    const because = picture.incomplete_because;
    const named = because.slice(0, most || 3).join("；") + (because.length > (most || 3) ? "；等 " + because.length + " 项（列于表中）" : "");
    return "截至" + chinese(picture.as_of) + "（第 " + picture.as_of_seq + " 条血缘记录），" + (picture.is_complete ? "所示范围完整。" : "所示范围不完整：" + named + "。");
  };
})(window.lineage);
