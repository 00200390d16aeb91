// Draws each <div class="chart" data-chart="ID"> with ECharts from the JSON in the element ID.
// The table beside each chart says the same for readers without a picture; without the script only the table is there.
"use strict";
(function () {
  if (!window.echarts) return;
  const symbols = ["circle", "rect", "triangle", "diamond", "roundRect"];
  const lines = ["solid", "dashed", "dotted", [8, 3, 2, 3], "solid"];
  const colours = ["#1d4e79", "#7a5200", "#1d6b3a", "#6a3d8a", "#1c2430"];
  for (const box of document.querySelectorAll("div.chart")) {
    const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    box.hidden = false;
    const known = data.series.flatMap((s) => s.values).filter((v) => v !== null);
    const low = Math.max(0, Math.floor(Math.min(...known, 100) - 1));
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    chart.setOption({
      animation: false,
      aria: { enabled: true, label: { description: `${data.title}；下方表格给出同样的内容。` } },
      color: colours,
      grid: { left: 60, right: 24, top: 46, bottom: 30 },
      legend: { top: 6, textStyle: { fontFamily: "Noto Sans CJK SC, sans-serif" } },
      tooltip: { trigger: "axis", confine: true, valueFormatter: (v) => (v === null || v === undefined ? "—" : Number(v).toFixed(2)) },
      textStyle: { fontFamily: "Noto Sans CJK SC, Microsoft YaHei, sans-serif" },
      xAxis: { type: "category", data: data.labels, boundaryGap: data.labels.length < 2 },
      yAxis: { type: "value", min: low, max: 100, name: "得分" },
      series: data.series.map((s, n) => ({
        name: s.name, type: "line", data: s.values, connectNulls: true, symbol: symbols[n % 5], symbolSize: 8,
        lineStyle: { width: n === data.series.length - 1 ? 3 : 2, type: lines[n % 5] },
      })),
    });
    window.addEventListener("resize", () => chart.resize());
  }
})();
