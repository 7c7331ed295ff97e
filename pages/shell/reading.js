// For those who read by ear or work by keyboard: what the framework's and the page's own elements do not say by themselves.
(() => {
  "use strict";
  const set = (element, name, value) => element.getAttribute(name) === value || element.setAttribute(name, value);

  // The menu is one list with sections in it; to a reader each section is a list, and the one around them none.
  const menu = () => {
    for (const list of document.querySelectorAll('[data-testid="stSidebarNavItems"]')) {
      if (!list.querySelector(":scope > div")) continue;
      set(list, "role", "presentation");
      for (const entry of list.querySelectorAll(":scope > li")) set(entry, "role", "presentation");
      for (const section of list.querySelectorAll(":scope > div")) set(section, "role", "list");
    }
  };

  // A table wider than its place is scrolled with the arrow keys once it can be reached with the tab key.
  const wide = () => {
    for (const place of document.querySelectorAll(".scroll, .stHtml > pre")) {
      if (place.scrollWidth <= place.clientWidth || place.hasAttribute("tabindex")) continue;
      set(place, "tabindex", "0");
      set(place, "role", "region");
      set(place, "aria-label", "表格，用左右方向键滚动");
    }
  };

  let waiting = false;
  const look = () => { waiting = false; menu(); wide(); };
  const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(look); } };
  new MutationObserver(soon).observe(document, {childList: true, subtree: true});
  addEventListener("resize", soon);

  // What is folded on the screen stands open on paper.
  const folded = () => document.querySelectorAll("details.on-paper:not([open])");
  let unfolded = [];
  addEventListener("beforeprint", () => { unfolded = [...folded()]; for (const table of unfolded) table.open = true; });
  addEventListener("afterprint", () => { for (const table of unfolded) table.open = false; });
})();
