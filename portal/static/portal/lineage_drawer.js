// The drawer of one data set: fetched from the server, opened beside the picture, closed by Esc.
"use strict";
window.lineage = window.lineage || {};
(function (lineage) {
  lineage.drawer = function (place, changed) {
    let opener = null;
    let asked = "";

    function choose(tab, focus) {
      for (const button of place.querySelectorAll("[role=tab]")) {
        const chosen = button.dataset.tab === tab;
        button.setAttribute("aria-selected", String(chosen));
        button.tabIndex = chosen ? 0 : -1;
        if (chosen && focus) button.focus();
      }
      for (const panel of place.querySelectorAll("[role=tabpanel]")) panel.hidden = panel.dataset.tab !== tab;
    }

    function step(event) {
      const buttons = [...place.querySelectorAll("[role=tab]")];
      const at = buttons.indexOf(event.target);
      const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (at < 0 || !way) return;
      event.preventDefault();
      const tab = buttons[(at + way + buttons.length) % buttons.length].dataset.tab;
      choose(tab, true);
      changed({ tab });
    }

    // Opens a data set; resolves when its facts are there. ``from``: what gets the focus back.
    async function open(base, node, state, from) {
      opener = from || opener || document.activeElement;
      asked = node;
      const query = new URLSearchParams();
      if (state.at) query.set("at", state.at);
      if (state.tab) query.set("tab", state.tab);
      const answer = await fetch(base + node.split("/").map(encodeURIComponent).join("/") + "/details/?" + query, { credentials: "same-origin" });
      const text = await answer.text();
      if (asked !== node) return;
      place.hidden = false;
      place.parentElement.classList.add("with-drawer");
      if (answer.ok) {
        place.innerHTML = text; // made by the portal, escaped there
      } else {
        place.innerHTML = '<h2 tabindex="-1"></h2><button type="button" class="close">关闭</button>';
        place.firstChild.textContent = "未能载入该数据集的详情，请稍后再试。";
      }
      place.querySelector(".close").addEventListener("click", () => close(true));
      for (const button of place.querySelectorAll("[role=tab]")) button.addEventListener("click", () => { choose(button.dataset.tab, true); changed({ tab: button.dataset.tab }); });
      place.querySelector("h2").focus({ preventScroll: true });
    }

    function close(told) {
      asked = "";
      if (place.hidden) return;
      place.hidden = true;
      place.parentElement.classList.remove("with-drawer");
      if (opener && opener.isConnected) opener.focus({ preventScroll: true });
      opener = null;
      if (told) changed({ detail: "", tab: "" });
    }

    place.addEventListener("keydown", step);
    return { open, close };
  };
})(window.lineage);
