// The session: a page that is open longer than its session gives way to signing in, and comes back afterwards.
(() => {
  "use strict";
  const SECOND = 1000, SELDOM = 60 * SECOND, OFTEN = 4 * SECOND;
  let asked = 0, timer = 0;

  const connected = () =>
    document.querySelector('[data-testid="stApp"]')?.dataset.testConnectionState === "CONNECTED";

  const ask = async () => {
    asked = Date.now();
    let answer;
    try {
      answer = await (await fetch("/sign-state", {cache: "no-store"})).text();
    } catch {
      return;  // the server is away: the framework says so
    }
    if (answer === "demonstration") clearInterval(timer);
    if (answer === "out") location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
  };

  // Asked now and then, at once when somebody comes back to this tab, and more often while there is no connection.
  timer = setInterval(() => {
    if (Date.now() - asked > (connected() ? SELDOM : OFTEN)) ask();
  }, OFTEN);
  addEventListener("visibilitychange", () => document.visibilityState === "visible" && asked && ask());
})();
