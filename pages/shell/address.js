// The address line: where the server is, how a link of our own changes the page, and what "back" leads to.
(() => {
  "use strict";
  // Told where the server is, the framework does not seek it beside a deep link's own path.
  const root = location.origin + "/";
  window.__streamlit = {...window.__streamlit, BACKEND_BASE_URL: root, MAIN_PAGE_BASE_URL: root};

  // The demonstration's role outlives a reload of this tab: it is kept here, and given to the server once.
  const kept = sessionStorage.getItem("role"), asked = new URL(location.href);
  if (kept && !asked.searchParams.has("as")) {
    asked.searchParams.set("as", kept);
    history.replaceState(history.state, "", asked);
  }
  addEventListener("pagehide", () => {
    const role = document.querySelector(".version[data-role]")?.dataset.role;
    if (role) sessionStorage.setItem("role", role);
  });

  // A choice made within a page replaces its address, so that "back" leads to the page before.
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const next = url === undefined || url === null ? location : new URL(url, location.href);
    if (next.pathname === location.pathname) history.replaceState(state, title, url);
    else push(state, title, url);
  };

  const follow = address => {
    history.pushState({}, "", address);
    dispatchEvent(new PopStateEvent("popstate", {state: {}}));
  };

  // What a link says beside all that the address says already.
  const within = link => {
    const next = new URL(location.href);
    for (const [name, value] of new URL(link.href).searchParams) next.searchParams.set(name, value);
    return next;
  };

  // A link of our own changes the page as one of the menu does: without loading the application anew.
  document.addEventListener("click", event => {
    const link = event.target.closest?.("a.way");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    follow("within" in link.dataset ? within(link) : link.href);
  }, {capture: true});

  // A choice in a chart or table that is itself a link (`links.go`) is followed once, when it appears.
  const gone = new Set(), ways = document.getElementsByClassName("way-now");
  new MutationObserver(() => {
    for (const way of ways) {
      if (gone.has(way.dataset.once)) continue;
      gone.add(way.dataset.once);
      const link = way.querySelector("a.way");
      if (link) follow(link.href);
    }
  }).observe(document, {childList: true, subtree: true});
})();
