// The state of the graph page and its address: everything a reader set stands in the query string, so that a link,
// the back button and a bookmark lead to the same picture. The names are those of portal/lineage_address.py.
"use strict";
window.lineage = window.lineage || {};
(function (lineage) {
  const NUMBERS = ["hops_up", "hops_down"];
  const LISTS = ["up", "down", "open"];
  const WORDS = ["fold", "at", "column", "columns", "mode"]; // the server reads these
  const OWN = ["view", "detail", "tab"]; // these are the page's own

  lineage.read = function (query) {
    const given = new URLSearchParams(query);
    const state = {};
    for (const name of NUMBERS) state[name] = given.has(name) ? Math.min(30, Math.max(0, parseInt(given.get(name), 10) || 0)) : 1;
    for (const name of LISTS) state[name] = given.getAll(name);
    for (const name of [...WORDS, ...OWN]) state[name] = given.get(name) || "";
    return state;
  };

  lineage.write = function (state, forServer) {
    const query = new URLSearchParams();
    for (const name of NUMBERS) if (state[name] !== 1) query.set(name, state[name]);
    for (const name of LISTS) for (const each of state[name]) query.append(name, each);
    for (const name of forServer ? WORDS : [...WORDS, ...OWN]) if (state[name]) query.set(name, state[name]);
    const text = query.toString();
    return text ? "?" + text : "";
  };

  lineage.pageOf = function (base, node, state) {
    const kept = lineage.read("");
    if (state) for (const name of ["at", "view", "columns"]) kept[name] = state[name];
    return base + node.split("/").map(encodeURIComponent).join("/") + "/" + lineage.write(kept);
  };
})(window.lineage);
