// A page that the browser brings back from its history is not asked for again. Its person may have signed out since,
// here or in another tab: ask, and go to the sign-in form instead of showing what was kept.
"use strict";

(() => {
  const page = document.documentElement;

  async function ask() {
    try {
      const answer = await fetch(location.href, { cache: "no-cache", redirect: "manual" });
      if (answer.type === "opaqueredirect") return location.reload();
    } catch {
      // No network: what was read a moment ago may be read on.
    }
    page.hidden = false;
  }

  addEventListener("pageshow", (event) => {
    const returned = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (!event.persisted && !returned) return;
    page.hidden = true;
    ask();
  });
})();
