// The graph page: holds the state, asks the server, draws, and answers mouse and keyboard.
"use strict";
(function () {
  const lineage = window.lineage;
  const page = document.getElementById("lineage");
  const READABLE = 0.75; // smaller than this, words can not be read
  const byId = (id) => document.getElementById(id);
  if (!page || !window.cytoscape) return;
  const { base, node: start, title } = page.dataset;
  const box = byId("graph");
  let state = lineage.read(window.location.search);
  let [picture, shape, focused, asked, drawn, warm] = [null, null, "", 0, 0, false];
  const graph = lineage.canvas(box);
  const controls = lineage.controls(() => state, change);
  const drawer = lineage.drawer(byId("drawer"), (parts) => { Object.assign(state, parts); remember(); });
  const wait = (ms) => new Promise((done) => setTimeout(done, ms, null));
  const find = (id) => shape && shape.boxes.find((b) => b.id === id);
  const isLocal = (parts) => Object.keys(parts).every((name) => name === "view");

  function remember() {
    const address = window.location.pathname + lineage.write(state);
    if (address !== window.location.pathname + window.location.search) window.history.pushState(null, "", address);
  }

  function change(parts, anchor) {
    Object.assign(state, parts);
    remember();
    if (isLocal(parts)) return showView();
    return load(anchor);
  }

  async function load(anchor) {
    const turn = (asked += 1);
    controls.show(null);
    box.setAttribute("aria-busy", "true");
    delete box.dataset.settled;
    try {
      const answer = await fetch(base + start.split("/").map(encodeURIComponent).join("/") + "/graph.json" + lineage.write(state, true), { credentials: "same-origin" });
      const found = await answer.json();
      if (turn !== asked) return;
      if (!answer.ok) throw new Error(found.detail);
      await show(found, anchor, turn);
    } catch (error) {
      if (turn === asked) byId("count").textContent = "血缘图未能载入：" + (error.message || "请稍后再试") + "。";
    } finally {
      if (turn === asked) box.removeAttribute("aria-busy");
    }
  }

  async function show(found, anchor, turn) {
    const hits = new Set(found.impact ? found.impact.list.map((n) => n.id) : []);
    for (const n of found.nodes) n.hit = hits.has(n.id);
    const lines = lineage.linesOf(found);
    const better = lineage.elk(page, found, lines).then((l) => { warm = true; return l; }, () => null);
    const early = await Promise.race([better, wait(warm ? 500 : 0)]);
    if (turn !== asked) return;
    picture = found;
    const whole = draw(lines, early, anchor);
    controls.show(picture);
    lineage.tell(picture, title, (id) => lineage.pageOf(base, id, state));
    showView();
    if (state.detail) open(state.detail);
    Promise.all([whole, early ? null : better.then((layout) => layout && turn === asked && draw(lines, layout, anchor || focused))]).then(() => {
      if (turn === asked) box.dataset.settled = "yes"; // nothing moves any more
    });
  }

  // Draws what the window shows at once; of a large picture the rest follows piece by piece. Resolves when all is there.
  function draw(lines, layout, anchor) {
    const turn = (drawn += 1);
    const old = anchor ? graph.getElementById(anchor) : graph.collection();
    const before = old.nonempty() ? { ...old.renderedPosition() } : null;
    shape = lineage.shape(picture, lines, layout);
    const kept = find(anchor);
    if (before && kept) graph.pan({ x: before.x - kept.x * graph.zoom(), y: before.y - kept.y * graph.zoom() });
    else frame();
    const [first, pieces] = lineage.inPieces(lineage.elements(shape, picture), graph.extent());
    graph.batch(() => { graph.elements().remove(); graph.add(first); });
    if (find(focused)) mark(focused);
    box.dataset.drawn = layout ? "elk" : "preset";
    graph.one("render", () => { if (!performance.getEntriesByName("lineage-painted").length) performance.mark("lineage-painted"); });
    return pieces.reduce((done, piece) => done.then(() => wait(15)).then(() => { if (turn === drawn) graph.batch(() => graph.add(piece)); }), Promise.resolve());
  }

  // The whole picture if it can be read so, else the start in readable size, with no empty margin beside the picture.
  // Reckoned from the shapes: Cytoscape would measure every word first.
  function frame(whole) {
    graph.resize();
    const [room, all] = [{ x: graph.width(), y: graph.height() }, lineage.extent(shape)];
    const fitting = Math.min((room.x - 56) / (all.x2 - all.x1), (room.y - 56) / (all.y2 - all.y1), 1.1);
    const zoom = whole ? Math.max(fitting, 0.03) : Math.max(fitting, READABLE);
    const start = shape.boxes.find((b) => b.is_start) || shape.boxes[0];
    const pan = {};
    for (const way of ["x", "y"]) {
      const [low, high] = [all[way + 1] * zoom, all[way + 2] * zoom];
      if (high - low <= room[way] - 40) pan[way] = (room[way] - low - high) / 2;
      else pan[way] = Math.min(28 - low, Math.max(room[way] - 28 - high, room[way] / 2 - start[way] * zoom));
    }
    graph.viewport({ zoom, pan });
  }

  function showView() {
    const asTable = state.view === "table";
    byId("frame").hidden = asTable;
    byId("legend").hidden = asTable;
    byId("table").hidden = !asTable;
    controls.show(picture);
    if (asTable && picture) lineage.tables(byId("table"), picture, acts());
    else if (!asTable) graph.resize();
    acting();
  }

  function acts() {
    const grow = (side) => (n) => change({ [side]: [...new Set([...state[side], n.id])], ...(n.is_start ? { ["hops_" + side]: state["hops_" + side] + 1 } : {}) }, n.id);
    const single = (n) => n.kind === "dataset";
    return [
      ["详情", single, (n, from) => open(n.id, from)],
      ["展开来源", (n) => single(n) && n.more_up > 0, grow("up")],
      ["展开去向", (n) => single(n) && n.more_down > 0, grow("down")],
      ["收起", (n) => state.up.includes(n.id) || state.down.includes(n.id), (n) => change({ up: state.up.filter((x) => x !== n.id), down: state.down.filter((x) => x !== n.id) }, n.id)],
      ["展开这一组", (n) => n.kind === "fold", (n) => change({ open: [...state.open, n.id] })],
      ["以此为中心", (n) => single(n) && !n.is_start, (n) => { window.location.href = lineage.pageOf(base, n.id, state); }],
    ];
  }

  // The buttons of the box that has the focus.
  function acting() {
    const place = byId("acts");
    const n = find(focused);
    place.hidden = !n || state.view === "table";
    if (place.hidden) return;
    byId("acts-of").textContent = n.title || n.name;
    byId("acts-buttons").replaceChildren(...acts().filter(([, fits]) => fits(n)).map(([text, , run]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.addEventListener("click", () => run(n, button));
      return button;
    }));
  }

  function mark(id) {
    graph.elements(".focused, .lit").removeClass("focused lit");
    const chosen = graph.getElementById(id);
    chosen.addClass("focused");
    chosen.connectedEdges().addClass("lit");
  }

  function focus(id) {
    const n = find(id);
    if (!n) return;
    focused = id;
    mark(id);
    const [at, size] = [graph.getElementById(id).renderedBoundingBox(), [graph.width(), graph.height()]];
    if (at.x1 < 0 || at.y1 < 0 || at.x2 > size[0] || at.y2 > size[1]) graph.center(graph.getElementById(id));
    byId("spoken").textContent = lineage.spoken(n);
    acting();
  }

  function open(id, from) {
    state.detail = id;
    remember();
    drawer.open(base, id, state, from || (state.view === "table" ? null : box)).then(() => { graph.resize(); });
  }

  function close() {
    drawer.close(true);
    graph.resize();
  }

  function act(id) {
    const n = find(id);
    if (!n) return;
    if (n.kind === "fold") change({ open: [...state.open, id] });
    else open(id, box);
  }

  graph.on("tap", "node", (event) => {
    const n = event.target;
    if (n.hasClass("stub")) return acts().find(([text]) => text === (n.data("side") === "up" ? "展开来源" : "展开去向"))[2](find(n.data("node")));
    const id = n.data("node") || n.id();
    focus(id);
    return act(id);
  });
  graph.on("mouseover", "node.box", (event) => { box.title = lineage.spoken(find(event.target.id()) || {}); });
  graph.on("mouseout", "node.box", () => { box.title = ""; });
  box.addEventListener("keydown", (event) => {
    if (!shape) return;
    if (event.key.startsWith("Arrow")) { event.preventDefault(); const to = lineage.next(shape, focused, event.key); if (to) focus(to.id); }
    else if (event.key === "Enter" && focused) { event.preventDefault(); act(focused); }
    else if (event.key === "Home") { event.preventDefault(); focus(start); }
  });
  box.addEventListener("focus", () => { if (!find(focused) && shape) focus(shape.boxes.find((b) => b.is_start).id); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  window.addEventListener("popstate", () => { state = lineage.read(window.location.search); if (!state.detail) drawer.close(false); load(); });
  window.addEventListener("resize", () => graph.resize());

  byId("fit").addEventListener("click", () => frame(true));
  byId("closer").addEventListener("click", () => graph.zoom({ level: graph.zoom() * 1.3, renderedPosition: { x: graph.width() / 2, y: graph.height() / 2 } }));
  byId("farther").addEventListener("click", () => graph.zoom({ level: graph.zoom() / 1.3, renderedPosition: { x: graph.width() / 2, y: graph.height() / 2 } }));
  byId("copy").addEventListener("click", async () => {
    const field = byId("link");
    field.value = window.location.href;
    field.hidden = false;
    field.select();
    let done = false;
    try { await navigator.clipboard.writeText(field.value); done = true; } catch { done = document.execCommand("copy"); }
    byId("spoken").textContent = byId("copied").textContent = done ? "链接已复制。" : "请按 Ctrl+C 复制链接。";
    if (done) field.hidden = true;
  });
  byId("svg").addEventListener("click", () => lineage.save(lineage.svg(shape, title + "　数据血缘图", foot()), title + "血缘图.svg", "image/svg+xml"));
  byId("png").addEventListener("click", async () => {
    while (!box.dataset.settled) await wait(50);
    lineage.save(await lineage.png(graph, title + "　数据血缘图", foot()), title + "血缘图.png");
  });
  const foot = () => [lineage.asOf(picture), byId("count").textContent];

  async function chains() {
    const query = new URLSearchParams();
    for (const name of ["at", "column"]) if (state[name]) query.set(name, state[name]);
    const answer = await fetch(base + start.split("/").map(encodeURIComponent).join("/") + "/chains/?" + query, { credentials: "same-origin" });
    byId("chains").innerHTML = answer.ok ? await answer.text() : ""; // made by the portal, escaped there
  }

  lineage.page = { graph, get state() { return state; }, get picture() { return picture; }, get shape() { return shape; } };
  load().then(chains);
})();
