// The address line: a choice made within a page replaces its address, so that "back" leads to the page before.
(() => {
  "use strict";
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const next = url === undefined || url === null ? location : new URL(url, location.href);
    if (next.pathname === location.pathname) history.replaceState(state, title, url);
    else push(state, title, url);
  };
})();
