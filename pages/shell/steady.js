// What style.css and print.css can't see without looking through the whole page at each change: `:has()` there was most
// of what a page costs. Done before the browser paints what has changed, so that nothing is seen in the wrong place.
(() => {
  "use strict";
  const pieces = document.getElementsByClassName("stHtml"), tables = document.getElementsByClassName("on-paper");
  const found = selector => document.querySelector(selector) !== null;
  const RUNS = "data-test-script-state", LONGEST = 2000;  // milliseconds without a sight of the page

  // What draws the first element of a kind comes late, and all that stands below would move when it does: the page is
  // seen when each kind has come, charts apart, or after two seconds; what stands below the menu, when that is there.
  let drawn = false, menu = false, since = 0;
  const begin = () => {
    const coming = found('[data-testid="stSkeleton"]:not([class*="st-key-plot-"] *)');
    if (!drawn && pieces.length) {
      if (!since) { since = performance.now(); setTimeout(begin, LONGEST); }
      drawn = performance.now() - since >= LONGEST || !(coming || !found(`[${RUNS}="notRunning"]`));
    }
    menu ||= found('[data-testid="stSidebarNavItems"]');
    document.documentElement.toggleAttribute("data-undrawn", !drawn && (coming || pieces.length > 0));
    document.documentElement.toggleAttribute("data-without-menu", !menu);
  };

  // The place of a table for paper and ear is set apart by whether that is unfolded. The framework draws the next page
  // in the same places: one that holds a table no longer is seen again.
  const places = new Set();
  const place = table => {
    const around = table.closest('[data-testid="stElementContainer"]'), state = table.open ? "open" : "folded";
    if (!around) return;
    places.add(around);
    if (around.dataset.onPaper !== state) around.dataset.onPaper = state;
  };
  const leave = around => {
    if (around.isConnected && around.getElementsByClassName("on-paper").length) return;
    delete around.dataset.onPaper;
    places.delete(around);
  };
  addEventListener("toggle", event => { if (event.target.matches?.(".on-paper")) place(event.target); }, {capture: true});

  new MutationObserver(() => {
    if (!drawn || !menu) begin();
    for (const around of places) leave(around);
    for (const table of tables) place(table);
  }).observe(document, {childList: true, subtree: true, attributeFilter: [RUNS]});
})();
