// The session: a page that is open longer than its session gives way, to signing in or to who has signed in since.
(() => {
  "use strict";
  const SECOND = 1000, SELDOM = 60 * SECOND, OFTEN = 4 * SECOND, STATE = "data-test-connection-state";
  let asked = 0, first = "", timer = 0;

  const connected = () => document.querySelector('[data-testid="stApp"]')?.getAttribute(STATE) === "CONNECTED";

  const ask = async () => {
    asked = Date.now();
    let answer;
    try {
      answer = await (await fetch("/sign-state", {cache: "no-store"})).text();
    } catch {
      return;  // the server is away: the framework says so
    }
    if (answer === "demonstration") {
      clearInterval(timer);
      watching.disconnect();
    } else if (answer === "out") {
      location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
    } else if (first && answer !== first) {
      location.reload();  // another tab has signed in as somebody else: what is drawn here is not for them
    }
    first ||= answer;
  };

  // Asked now and then, when somebody comes back to this tab, and whenever the connection comes or goes.
  const watching = new MutationObserver(() => ask());
  watching.observe(document, {subtree: true, attributeFilter: [STATE]});
  timer = setInterval(() => {
    if (Date.now() - asked > (connected() ? SELDOM : OFTEN)) ask();
  }, OFTEN);
  addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  ask();
})();
